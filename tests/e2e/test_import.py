"""A load balancer made by hand: import, adopt by tags alone, then an empty plan; destroy leaves strangers alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.importer.read import read_source
from elbplan.importer.source import ImportSource
from elbplan.importer.write import spec_text
from elbplan.kinds import KINDS
from elbplan.kinds.record import Record
from elbplan.run import workflow

from .console import BALANCERS, Console, course
from .crashing_aws import CrashingAws
from .stage import REGION, ZONE, Stage

TAG_WRITES = {"CreateTags", "AddTags", "AddTagsToCertificate"}
LEDGER = {"PutParameter", "DeleteParameters"}


def imported(stage: Stage, name: str, stack: str | None = None) -> tuple[ImportSource, str]:
    source = read_source(stage.aws.send, REGION, stage.box.account_id, name, stack)
    return source, spec_text(source, stack or "my-web", "specs/my-web.yaml", "2026-11-30")


def refusal_free(stage: Stage, spec: str) -> Plan:
    plan = stage.plan(spec)
    assert plan.refusals == ()
    return plan


def without_tags(resources: dict[str, Any]) -> dict[str, Any]:
    """The snapshot without tags, and without what elbplan itself keeps."""
    kept = {name: fields for name, fields in resources.items() if ":parameter/elbplan/" not in name}
    return {name: {k: v for k, v in fields.items() if k.lower() != "tags"} for name, fields in kept.items()}


def shown(spec: str) -> str:
    """The spec without its comments."""
    return "\n".join(line for line in spec.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("name", BALANCERS)
def test_import_adopt_and_an_empty_plan(stage: Stage, name: str) -> None:
    console = Console(stage)
    BALANCERS[name](console)
    before = stage.box.snapshot()
    _, spec = imported(stage, name)
    assert stage.box.writes() == [], "an import only reads"

    plan = refusal_free(stage, spec)
    assert {change.action for change in plan.changes} == {"adopt"}, [(c.address, c.because) for c in plan.changes]
    assert plan.hazards == ()
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]

    written = {call.action for call in stage.box.writes()}
    assert written - TAG_WRITES <= LEDGER
    assert without_tags(stage.box.snapshot()) == without_tags(before)
    stage.assert_settled(spec)


@pytest.mark.parametrize("name", BALANCERS)
def test_destroy_leaves_strangers_as_they_were(stage: Stage, name: str) -> None:
    console = Console(stage)
    BALANCERS[name](console)
    strangers = stage.box.snapshot(console.strangers)
    records = stage.box.records(stage.zone)
    source, spec = imported(stage, name)
    assert stage.run(stage.plan(spec)).complete

    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    assert {change.action for change in end.changes} == {"delete"}
    assert stage.run(end).complete

    assert stage.box.tagged("my-web") == {}
    assert stage.box.snapshot(console.strangers) == strangers
    assert set(console.addresses) <= set(stage.box.snapshot()), "an Elastic IP is free again, and stays"
    own = {(resource.name, resource.type) for resource in source.resources.values() if isinstance(resource, Record)}
    left = [record for record in records if (record["Name"].rstrip("."), record["Type"]) not in own]
    assert stage.box.records(stage.zone) == left
    assert {id for id in source.ids.values() if id in stage.box.snapshot()} == set()


def test_before_the_adoption_a_destroy_touches_nothing(stage: Stage) -> None:
    course(Console(stage))
    before = stage.box.snapshot()
    _, spec = imported(stage, "server")
    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    assert end.empty
    assert stage.run(end).complete
    assert stage.box.snapshot() == before


@pytest.mark.parametrize("name", BALANCERS)
def test_killed_after_each_write_of_the_adoption(stage: Stage, name: str) -> None:
    BALANCERS[name](Console(stage))
    before = stage.box.snapshot()
    _, spec = imported(stage, name)
    kills = 0
    while not (plan := refusal_free(stage, spec)).empty:
        assert {change.action for change in plan.changes} <= {"adopt", "update"}
        assert plan.hazards == ()
        dying = CrashingAws(stage.aws, 2)  # the inventory, and one tag
        workflow.apply(dying, plan, KINDS, lambda event: None, stage.clock, parallel=1)
        kills += 1
        assert kills < 60, "every run gets further"
    assert kills > 3
    assert without_tags(stage.box.snapshot()) == without_tags(before)
    stage.assert_settled(spec)


def test_the_answer_to_each_write_is_lost(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    stage.box.fault("lost", each_write=True)
    runs = 0
    while not (plan := stage.plan(spec)).empty:
        stage.run(plan)
        runs += 1
        assert runs < 20, "every run gets further"
    stage.box.clear_faults()
    stage.assert_settled(spec)


def test_a_stack_of_elbplan_is_not_imported(stage: Stage) -> None:
    stage.apply(f"name: my-web\nregion: {REGION}\nzones: [a, c]\nservers: {{count: 1}}\ntargets: {{health: /health}}\n")
    with pytest.raises(Refused, match="my-web belongs to stack `my-web`"):
        read_source(stage.aws.send, REGION, stage.box.account_id, "my-web")


def test_what_other_services_attach_is_listed_and_stays(stage: Stage) -> None:
    balancer = course(Console(stage))
    waf, elb, arn = stage.client("wafv2"), stage.client("elbv2"), balancer["LoadBalancerArn"]
    visible = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "shield"}
    acl = waf.create_web_acl(Name="shield", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible)
    waf.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=arn)
    elb.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity={"CapacityUnits": 100})
    source, spec = imported(stage, "server")
    listed = [left.what for left in source.not_imported]
    assert not [what for what in listed if "web ACL" in what]
    assert "web_acl: shield" in spec.splitlines()
    assert "capacity: 100" in spec
    assert stage.run(stage.plan(spec)).complete
    assert waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Name"] == "shield"
    reserved = elb.describe_capacity_reservation(LoadBalancerArn=arn)
    assert reserved["MinimumLoadBalancerCapacity"] == {"CapacityUnits": 100}


def test_what_another_stack_adopted_is_refused(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    assert stage.run(stage.plan(spec)).complete
    other = spec.replace("name: my-web", "name: theirs")
    with pytest.raises(Refused, match=r"load_balancer\.main cannot be adopted: .* belongs to stack `my-web`"):
        stage.plan(other)


def test_what_does_not_exist_is_refused(stage: Stage) -> None:
    balancer = course(Console(stage))
    _, spec = imported(stage, "server")
    gone = balancer["LoadBalancerArn"].rpartition("/")[0] + "/0123456789abcdef"
    with pytest.raises(Refused, match=f"there is no load balancer {gone}") as refused:
        stage.plan(spec.replace(balancer["LoadBalancerArn"], gone))
    assert "without its line in `adopt:`, elbplan makes a new one" in refused.value.hint


def test_a_replacement_is_refused_before_the_adoption(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    with pytest.raises(Refused, match=r"target_group\.web cannot be adopted: elbplan would replace it"):
        stage.plan(spec.replace("targets:\n", "targets:\n  port: 8080\n"))
    assert stage.box.writes() == []


def test_a_further_difference_is_an_update_after_the_adoption(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    plan = refusal_free(stage, spec.replace("path: /health", "path: /up"))
    steps = [(step.do, str(step.address)) for step in plan.steps if step.address.kind == "target_group"]
    assert steps == [("adopt", "target_group.web"), ("update", "target_group.web")]
    assert stage.run(plan).complete
    stage.assert_settled(spec.replace("path: /health", "path: /up"))


def test_after_the_adoption_the_lines_have_no_effect(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    assert stage.run(stage.plan(spec)).complete
    head, _, _ = spec.partition("adopt:\n")
    assert stage.plan(head).empty
    moved = stage.plan(spec.replace("targets:\n", "targets:\n  port: 8080\n"))
    assert [str(change.address) for change in moved.changes if change.action == "replace"] == [
        "target_group.web", "targets.web",
    ]  # fmt: skip


NAMES: dict[str, Callable[[dict[str, Any]], str]] = {
    "its name": lambda raw: "server",
    "its name in capitals": lambda raw: "SERVER",
    "its ARN": lambda raw: str(raw["LoadBalancerArn"]),
    "its DNS name": lambda raw: str(raw["DNSName"]).upper() + ".",
    "the console's DNS name": lambda raw: f"dualstack.{raw['DNSName']}",
    "a record": lambda raw: f"API.{ZONE}.",
    "a record of a record": lambda raw: f"www.{ZONE}",
}


@pytest.mark.parametrize("way", NAMES)
def test_ways_to_name_it(stage: Stage, way: str) -> None:
    console = Console(stage)
    balancer = course(console)
    console.record({"Name": f"www.{ZONE}", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": f"api.{ZONE}"}]})
    source = read_source(stage.aws.send, REGION, stage.box.account_id, NAMES[way](balancer))
    assert source.arn == balancer["LoadBalancerArn"]


def test_the_shortest_spec(stage: Stage) -> None:
    course(Console(stage))
    _, spec = imported(stage, "server")
    before_adopt = shown(spec).partition("adopt:")[0].split()
    ids = [word for word in before_adopt if word.startswith("i-")]
    assert " ".join(before_adopt) == (
        f"name: my-web region: {REGION} zones: [a, c] domain: api.{ZONE} targets: instances: "
        f"- {ids[0]} # {_name(spec, ids[0])} - {ids[1]} # {_name(spec, ids[1])} "
        'health: {path: /health, codes: "200"} '
        "overrides: security_group.lb: {description: created by hand}"
    )


def _name(spec: str, id: str) -> str:
    return next(line for line in spec.splitlines() if id in line).rpartition("# ")[2]


def test_what_stays_a_stranger_is_listed(stage: Stage) -> None:
    console = Console(stage)
    balancer = BALANCERS["Shop-LB"](console)
    policy = {"SetIdentifier": "a b", "Weight": 1, "TTL": 60, "ResourceRecords": [{"Value": balancer["DNSName"]}]}
    console.record({"Name": f"many.{ZONE}", "Type": "CNAME", **policy})
    source, spec = imported(stage, "Shop-LB")
    listed = [str(left) for left in source.not_imported]
    for start, why in {
        "security group default": "it is the default group of its VPC",
        f"certificate img.{ZONE}": "others use it",
        f"record CNAME many.{ZONE}": "its set identifier 'a b' is none that a spec can have",
    }.items():
        (found,) = [text for text in listed if text.startswith(start)]
        assert why in found
        assert start in spec
    assert "not-for-any-file-0815" not in spec
