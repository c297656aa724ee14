"""Hosted zones and health checks of Route 53 that a spec makes: created, changed, deleted; never those of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from elbplan.kinds import KINDS
from elbplan.render.name_servers import name_servers
from elbplan.render.outcome import EndScreen, outcome_screen, unchanged_outcome
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from .fork_server import ForkServer
from .killed_runs import NOTHING, kill_again_and_again, lose_every_answer
from .migration_shell import MigrationShell
from .stage import Stage

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {{name: app.own.net, {domain}}}
"""
ZONE = "zone: {name: own.net, create: true}"
REGIONS = "regions: [us-east-1, eu-west-1, sa-east-1]"
CHECK = f"policy: {{weighted: 1}}, health_check: {{path: /health, interval: 10s, failures: 2, {REGIONS}}}"
BEFORE = SPEC.format(domain=f"{ZONE}, {CHECK}")
AFTER = SPEC.format(
    domain=f"{ZONE.replace('true', 'true, comment: ours')}, policy: {{weighted: 1}}, health_check: /ready"
)


def zones(stage: Stage) -> dict[str, Any]:
    listed = stage.client("route53").list_hosted_zones()["HostedZones"]
    return {raw["Name"]: raw for raw in listed if raw["Name"] == "own.net."}


def checks(stage: Stage) -> list[dict[str, Any]]:
    return [raw["HealthCheckConfig"] for raw in stage.client("route53").list_health_checks()["HealthChecks"]]


def end(stage: Stage, text: str) -> Any:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(text), KINDS)
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
    return outcome


def test_a_zone_and_a_check_are_made_changed_and_deleted(stage: Stage) -> None:
    stage.apply(BEFORE)
    (check,) = checks(stage)
    assert (check["ResourcePath"], check["RequestInterval"], check["FailureThreshold"]) == ("/health", 10, 2)
    assert check["FullyQualifiedDomainName"].endswith(".elb.amazonaws.com")
    stage.apply(AFTER)
    (check,) = checks(stage)
    assert (check["ResourcePath"], check["RequestInterval"], check["FailureThreshold"]) == ("/ready", 30, 3)
    assert "Regions" not in check or not check["Regions"]
    assert zones(stage)["own.net."]["Config"]["Comment"] == "ours"
    stage.destroy(AFTER)
    assert zones(stage) == {}
    assert checks(stage) == []


def test_a_check_that_the_spec_drops_goes(stage: Stage) -> None:
    stage.apply(BEFORE)
    stage.apply(SPEC.format(domain=f"{ZONE}, policy: {{weighted: 1}}"))
    assert checks(stage) == []


def test_what_the_spec_no_longer_has_is_deleted_with_the_record_first(stage: Stage) -> None:
    """Only the digest of an address is in a caller reference: the tags tell which zone and check it is."""
    stage.apply(BEFORE)
    after = SPEC.format(domain="").split("domain:")[0]
    deleted = [step.id for step in stage.plan(after).steps if step.do == "delete"]
    assert set(deleted) >= {"delete hosted_zone.own.net", "delete record.app.own.net"}
    assert deleted.index("delete record.app.own.net") < deleted.index("delete hosted_zone.own.net")
    stage.apply(after)
    assert zones(stage) == {}
    assert checks(stage) == []


def test_a_migration_with_a_zone_is_rolled_back_from_each_step(stage: Stage, tmp_path: Path) -> None:
    shell = MigrationShell(stage.box, tmp_path)
    shell.write("web.yaml", BEFORE)
    shell.save("first")
    rehearsed = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    assert rehearsed.code == 0, rehearsed.out + rehearsed.err


def test_a_zone_with_a_record_of_others_stays_and_the_outcome_says_why(stage: Stage) -> None:
    stage.apply(SPEC.format(domain=ZONE))
    raw = {"Name": "mail.own.net.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": raw}]}
    id = zones(stage)["own.net."]["Id"]
    stage.client("route53").change_resource_record_sets(HostedZoneId=id, ChangeBatch=changes)
    outcome = end(stage, SPEC.format(domain=ZONE))
    kept = [facts["kept"] for facts in outcome.facts.values() if facts.get("kept")]
    assert any("own.net" in text and "A mail.own.net" in text for text in kept)
    assert raw in stage.box.records(id)


def test_a_zone_of_that_name_that_others_made_is_never_touched(stage: Stage) -> None:
    made = stage.client("route53").create_hosted_zone(Name="own.net", CallerReference="theirs")["HostedZone"]["Id"]
    stage.apply(SPEC.format(domain=ZONE))
    end(stage, SPEC.format(domain=ZONE))
    assert [raw["Id"] for raw in zones(stage).values()] == [made]


@pytest.mark.parametrize(("before", "after"), [(NOTHING, BEFORE), (BEFORE, AFTER), (BEFORE, NOTHING)])
def test_a_run_that_is_killed_after_any_write_goes_on(box: Box, nursery: ForkServer, before: str, after: str) -> None:
    kill_again_and_again(box, nursery, before, after, ())
    lose_every_answer(box, before, after)


CERTIFIED = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: {name: app.own.net, zone: ZONE}
targets: {ips: [172.31.0.5], port: 80}
"""


@pytest.mark.parametrize("zone", ["{name: own.net, create: true}", "ID"])
def test_a_certificate_finds_its_records_in_the_zone_of_the_spec_beside_another_one(stage: Stage, zone: str) -> None:
    made = [
        stage.client("route53").create_hosted_zone(Name=name, CallerReference=str(number))["HostedZone"]["Id"]
        for number, name in enumerate(("own.net", "own.net"))
    ]
    text = CERTIFIED.replace("ZONE", zone).replace("ID", made[0].rpartition("/")[2])
    stage.apply(text)
    end(stage, text)


def test_a_zone_that_the_spec_dropped_is_found_behind_the_first_page(stage: Stage) -> None:
    both = "[{name: app.zzz.net, zone: {name: zzz.net, create: true}}, {name: shop.example.com}]"
    text = SPEC.replace("domain: {{name: app.own.net, {domain}}}", "domain: {domain}")
    for number in range(3):
        stage.client("route53").create_hosted_zone(Name=f"other-{number}.org", CallerReference=f"other {number}")
    stage.box.quota("page", 2)
    stage.apply(text.format(domain=both))
    pages = stage.client("route53").get_paginator("list_hosted_zones")
    assert "zzz.net." in str(list(pages.paginate()))
    stage.apply(text.format(domain="{name: shop.example.com}"))
    assert "zzz.net." not in str(list(pages.paginate()))


def test_the_name_servers_of_a_new_zone_stand_at_the_end_and_in_the_status(stage: Stage) -> None:
    plan = stage.plan(SPEC.format(domain=ZONE))
    outcome = stage.run(plan)
    style = Style(width=200)
    end = "\n".join(str(line) for line in outcome_screen(plan, outcome, style, EndScreen()))
    assert "name servers   of own.net: ns-1.awsdns-00.com, ns-2.awsdns-00.net" in end
    assert "enter them at the registrar of the domain" in end
    again = stage.plan(SPEC.format(domain=ZONE))
    assert name_servers(again)["own.net"].startswith("ns-1.awsdns-00.com, ")
    assert "name servers" not in str(outcome_screen(again, unchanged_outcome(again), style, EndScreen()))
