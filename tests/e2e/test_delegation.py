"""A hosted zone that the internet does not ask is told before a certificate is requested in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.kinds.delegation import ParentAnswer
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.sandbox.route53.zones import SERVERS
from tests.cli.kit import Shell

from . import specs
from .migration_shell import MigrationShell
from .stage import REGION, Stage

HAZARD = "zone-not-delegated"
OURS = ParentAnswer(tuple(SERVERS))
ELSEWHERE = ParentAnswer(("ns1.registrar.net", "ns2.registrar.net"))
NOBODY = ParentAnswer()
PLAIN = "listeners: [{listen: 80/http, forward: web}]\n"


@dataclass
class FakeDns:
    """Answers for every zone, or for zones by name; remembers who was asked for."""

    answer: ParentAnswer = OURS
    by_name: dict[str, ParentAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def name_servers(self, zone: str) -> ParentAnswer:
        self.asked.append(zone)
        return self.by_name.get(zone, self.answer)


def planned(stage: Stage, spec: str, dns: FakeDns) -> Plan:
    (plan,) = workflow.plan(stage.aws, stage.stacks(spec), KINDS, dns=dns)
    return plan


def hazards(plan: Plan) -> list[tuple[str, str]]:
    return [(hazard.name, str(hazard.address)) for hazard in plan.hazards]


def test_a_delegated_zone_needs_no_word(stage: Stage) -> None:
    plan = planned(stage, specs.COURSE, FakeDns())
    assert (plan.hazards, plan.unchecked) == ((), ())


@pytest.mark.parametrize("answer", [ELSEWHERE, NOBODY])
def test_a_zone_that_is_not_delegated_is_a_hazard_of_the_request(stage: Stage, answer: ParentAnswer) -> None:
    plan = planned(stage, specs.COURSE, FakeDns(answer))
    (hazard,) = plan.hazards
    assert (hazard.name, str(hazard.address)) == (HAZARD, "certificate.main")
    assert plan.steps[hazard.step].id == "create certificate.main"
    wrong = "ns1.registrar.net, ns2.registrar.net" if answer.servers else "is not delegated"
    assert wrong in hazard.text
    assert hazard.remedy == (
        f"enter these name servers at the registrar of example.com, or in its parent zone: {', '.join(SERVERS)}"
    )


def test_one_of_the_name_servers_is_enough(stage: Stage) -> None:
    mixed = ParentAnswer((*ELSEWHERE.servers, SERVERS[0].upper()))
    assert hazards(planned(stage, specs.COURSE, FakeDns(mixed))) == []


def test_name_servers_with_names_of_the_domain_are_known_by_the_zones_own_record(stage: Stage) -> None:
    values = [{"Value": f"{server}."} for server in ELSEWHERE.servers]
    record = {"Name": "example.com.", "Type": "NS", "TTL": 60, "ResourceRecords": values}
    changes = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch=changes)
    assert hazards(planned(stage, specs.COURSE, FakeDns(ELSEWHERE))) == []


def test_what_was_not_checked_is_a_note(stage: Stage) -> None:
    plan = planned(stage, specs.COURSE, FakeDns(ParentAnswer(problem="no DNS server answers here")))
    assert plan.hazards == ()
    assert plan.unchecked == ("whether example.com is delegated to its hosted zone: no DNS server answers here",)
    lines = [line.plain for line in plan_screen(plan, KINDS, Style(120), PlanView())]
    assert f"Not checked {plan.unchecked[0]}" in lines


def test_without_permission_to_read_the_zone_nothing_is_known(stage: Stage) -> None:
    stage.box.fault("error", action="GetHostedZone", code="AccessDenied", status=403)
    plan = planned(stage, specs.COURSE, FakeDns(NOBODY))
    stage.box.clear_faults()
    assert plan.hazards == ()
    assert "route53:GetHostedZone" in plan.unchecked[0]


def test_nobody_is_asked_where_nothing_is_created(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stage.box.clear_calls()
    dns = FakeDns(NOBODY)
    assert planned(stage, specs.COURSE, dns).empty
    assert planned(stage, specs.COURSE + "tags: {team: web}\n", dns).hazards == ()
    assert planned(stage, specs.HTTP.replace("my-web", "plain"), dns).hazards == ()
    assert (dns.asked, stage.box.counts()["GetHostedZone"]) == ([], 0)
    stage.destroy(specs.COURSE)


def test_the_wait_for_the_certificate_names_the_servers_to_enter(slow_stage: Stage) -> None:
    slow_stage.run(planned(slow_stage, specs.COURSE, FakeDns(ELSEWHERE)))
    waits = [event for event in slow_stage.events if event.step.id == "wait certificate.main issued" and event.causes]
    assert waits[0].causes[0].text.startswith("example.com is delegated to ns1.registrar.net")
    assert waits[0].causes[0].fix.endswith(", ".join(SERVERS))
    slow_stage.destroy(specs.COURSE)


def test_a_subdomain_has_a_zone_and_a_parent_of_its_own(stage: Stage) -> None:
    stage.box.create_fixture("hosted_zone", "ZSUB", REGION, name="eu.example.com")
    spec = specs.COURSE.replace("domain: api.example.com", "domain: [api.example.com, api.eu.example.com]")
    assert spec != specs.COURSE
    dns = FakeDns(by_name={"eu.example.com": NOBODY})
    plan = planned(stage, spec, dns)
    assert sorted(dns.asked) == ["eu.example.com", "example.com"]
    assert [hazard.text.split(" ")[0] for hazard in plan.hazards] == ["eu.example.com"]


def test_a_record_alone_is_checked_too(stage: Stage) -> None:
    plan = planned(stage, f"{specs.HTTP}domain: api.example.com\n{PLAIN}", FakeDns(NOBODY))
    assert hazards(plan) == [(HAZARD, "record.api.example.com")]
    assert plan.hazards[0].text.endswith("nobody sees the record there")


def test_a_private_zone_is_never_delegated(stage: Stage) -> None:
    vpc = {"VPCRegion": REGION, "VPCId": stage.ids["vpc"]}
    zone = stage.client("route53").create_hosted_zone(Name="corp.internal", CallerReference="corp", VPC=vpc)
    id = zone["HostedZone"]["Id"].rsplit("/", 1)[-1]
    spec = f"{specs.HTTP}domain: {{name: api.corp.internal, zone: {id}}}\n{PLAIN}"
    dns = FakeDns(NOBODY)
    assert planned(stage, spec, dns).hazards == ()
    assert dns.asked == []


def test_apply_refuses_until_it_is_allowed(stage: Stage, tmp_path: Path) -> None:
    shell = Shell(stage.box, tmp_path)
    shell.dns = FakeDns(ELSEWHERE)
    stage.box.clear_calls()
    refused = shell.run("apply", shell.spec, "--yes")
    assert refused.code == Refused.exit_code
    assert f"{HAZARD}: certificate.main: example.com is delegated to" in refused.err
    assert stage.box.writes() == []
    assert shell.run("apply", shell.spec, "--yes", "--allow", HAZARD).code == 0
    assert shell.run("destroy", shell.spec, "--confirm", "my-web").code == 0


def test_without_a_dns_nothing_is_said(stage: Stage, tmp_path: Path) -> None:
    shell = Shell(stage.box, tmp_path)
    stage.box.clear_calls()
    assert "Not checked" not in shell.run("plan", shell.spec).out
    assert stage.box.counts()["GetHostedZone"] == 0


def test_a_migration_is_refused_at_its_line(stage: Stage, tmp_path: Path) -> None:
    shell = MigrationShell(stage.box, tmp_path)
    shell.dns = FakeDns(NOBODY)
    assert shell.save("first").code == 0
    stage.box.clear_calls()
    refused = shell.apply()
    assert refused.code == Refused.exit_code
    assert re.search(rf"0001_first.yaml:\d+:\d+  .*{HAZARD}", refused.err), refused.err
    assert not [call for call in stage.box.writes() if call.service != "ssm"]
    assert shell.apply("--allow", HAZARD).code == 0
    shell.dns = FakeDns(ParentAnswer(problem="no DNS server answers here"))
    assert "Not checked" not in shell.plan().out
    assert shell.run("destroy", shell.spec, "--confirm", "my-web").code == 0
