"""elbplan never changes a resource without its tags. It names a foreign resource that blocks and does nothing."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.resource import digest
from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import ZONE, Stage

NAME = f"api.{ZONE}"


def refused(stage: Stage, spec: str) -> Refused:
    """Returns the refusal of a plan of this spec, and asserts that nothing was written."""
    stage.box.clear_calls()
    with pytest.raises(Refused) as problem:
        stage.plan(spec)
    assert stage.box.writes() == []
    assert problem.value.hint
    return problem.value


def our_balancer(stage: Stage) -> str:
    balancers = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return str(balancers[0]["LoadBalancerArn"])


def listener(stage: Stage, port: int) -> str:
    listed = stage.client("elbv2").describe_listeners(LoadBalancerArn=our_balancer(stage))["Listeners"]
    return str(next(candidate["ListenerArn"] for candidate in listed if candidate["Port"] == port))


FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]


# Names ------------------------------------------------------------------------------------------------------------


def foreign_balancer(stage: Stage) -> str:
    subnets = [stage.ids["subnets"][zone] for zone in "ac"]
    balancer = stage.client("elbv2").create_load_balancer(Name="my-web", Subnets=subnets)
    return str(balancer["LoadBalancers"][0]["LoadBalancerArn"])


def foreign_group(stage: Stage) -> str:
    group = stage.client("elbv2").create_target_group(
        Name="my-web-web", Protocol="HTTP", Port=80, VpcId=stage.ids["vpc"]
    )
    return str(group["TargetGroups"][0]["TargetGroupArn"])


def foreign_firewall(stage: Stage) -> str:
    group = stage.client("ec2").create_security_group(GroupName="my-web-lb", Description="x", VpcId=stage.ids["vpc"])
    return str(group["GroupId"])


@pytest.mark.parametrize("make", [foreign_balancer, foreign_group, foreign_firewall])
def test_a_stranger_of_the_wanted_name_is_named_and_nothing_is_done(stage: Stage, make: Any) -> None:
    stranger = make(stage)
    before = stage.box.snapshot([stranger])
    problem = refused(stage, specs.HTTP)
    assert stranger in problem.what
    assert "which elbplan did not make" in problem.what
    assert stage.box.snapshot([stranger]) == before


def test_a_stranger_of_a_name_that_only_resembles_ours_is_in_nobodys_way(stage: Stage) -> None:
    stage.client("elbv2").create_target_group(Name="my-web-we", Protocol="HTTP", Port=80, VpcId=stage.ids["vpc"])
    stage.apply(specs.HTTP)
    stage.destroy(specs.HTTP)


def test_a_stranger_with_the_name_a_replacement_wants_is_refused_too(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    name = next(step.name for step in stage.plan(specs.PORT_8080).steps if step.id == "create target_group.web")
    group = stage.client("elbv2").create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=stage.ids["vpc"])
    assert group["TargetGroups"][0]["TargetGroupArn"] in refused(stage, specs.PORT_8080).what
    stage.destroy(specs.COURSE)


# Listeners and rules ----------------------------------------------------------------------------------------------


def test_a_strangers_listener_on_our_port_is_refused(stage: Stage) -> None:
    stage.apply(specs.HTTP)
    created = stage.client("elbv2").create_listener(
        LoadBalancerArn=our_balancer(stage), Protocol="HTTP", Port=8080, DefaultActions=FIXED
    )
    problem = refused(stage, specs.HTTP + "listeners: [{listen: 80/http}, {listen: 8080/http}]\n")
    assert created["Listeners"][0]["ListenerArn"] in problem.what
    assert "port 8080" in problem.what


def test_a_strangers_rule_on_our_priority_is_refused(stage: Stage) -> None:
    spec = specs.HTTP + "listeners: [{listen: 80/http, rules: [{name: shut, priority: 7, path: /x, respond: 403}]}]\n"
    stage.apply(specs.HTTP)
    rule = foreign_rule(stage, 80, 7)
    problem = refused(stage, spec)
    assert rule in problem.what
    assert "priority 7" in problem.what


def foreign_rule(stage: Stage, port: int, priority: int) -> str:
    rule = stage.client("elbv2").create_rule(
        ListenerArn=listener(stage, port),
        Priority=priority,
        Conditions=[{"Field": "path-pattern", "Values": ["/theirs/*"]}],
        Actions=FIXED,
    )
    return str(rule["Rules"][0]["RuleArn"])


def test_a_foreign_rule_on_our_listener_is_no_change_and_survives_every_apply(stage: Stage) -> None:
    before = specs.SERVICES + specs.RULES + specs.A + specs.B
    after = specs.SERVICES + specs.RULES + specs.B + specs.A
    stage.apply(before)
    rule = foreign_rule(stage, 443, 400)
    there = stage.box.snapshot([rule])
    stage.assert_settled(before)
    stage.apply(after)
    stage.apply(after.replace("port: 8080", "port: 8081"))
    assert stage.box.snapshot([rule]) == there
    stage.destroy(after)


# Names in the zone ------------------------------------------------------------------------------------------------

ADDRESS = {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}
ELSEWHERE = {"Name": NAME, "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "old.example.org"}]}
WEIGHTED = {**ADDRESS, "SetIdentifier": "blue", "Weight": 1}
RECORDS = {"address": ADDRESS, "cname": ELSEWHERE, "weighted": WEIGHTED}
SAID = {"address": "A 203.0.113.7", "cname": "CNAME old.example.org", "weighted": "A 203.0.113.7"}


SHOWN = {
    "address": "A 203.0.113.7 (TTL 60)",
    "cname": "CNAME old.example.org (TTL 60)",
    "weighted": "A 203.0.113.7 (TTL 60, identifier blue, weight 1)",
}


def put(stage: Stage, record: Any, action: str = "CREATE") -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch=batch)


@pytest.mark.parametrize("kind", RECORDS)
def test_a_strangers_record_at_our_name_is_refused(stage: Stage, kind: str) -> None:
    put(stage, RECORDS[kind])
    problem = refused(stage, specs.COURSE)
    assert SAID[kind] in problem.what
    assert "take_over: true" in problem.hint
    put(stage, RECORDS[kind], "DELETE")


@pytest.mark.parametrize("kind", RECORDS)
def test_with_take_over_the_record_gives_way_in_one_batch(stage: Stage, kind: str) -> None:
    """The DNS name changes from the instance to the load balancer."""
    put(stage, RECORDS[kind])
    stage.box.clear_calls()
    spec = specs.COURSE + "take_over: true\n"
    plan = stage.plan(spec)
    assert plan.replaced == {Address("record", NAME): SHOWN[kind]}
    outcome = stage.run(plan)
    assert outcome.complete
    batches = [
        [change["Action"] for change in call.params["ChangeBatch"]["Changes"]]
        for call in stage.box.calls
        if call.action == "ChangeResourceRecordSets" and NAME in str(call.params) and "acm-validations" not in str(call)
    ]
    assert batches == [["UPSERT"] if kind == "address" else ["DELETE", "CREATE"]]
    assert stage.box.traffic(NAME, 443, NAME, "/")["ok"]
    stage.assert_settled(spec)
    stage.assert_settled(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_both_address_types_replace_a_cname_in_one_batch(stage: Stage) -> None:
    """An answer without records would stay in resolvers, so no client may see the name with only one of the types."""
    put(stage, RECORDS["cname"])
    stage.box.clear_calls()
    spec = specs.COURSE + "ip: dualstack\ntake_over: true\n"
    outcome = stage.run(stage.plan(spec))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    batches = [
        [(change["Action"], change["ResourceRecordSet"]["Type"]) for change in call.params["ChangeBatch"]["Changes"]]
        for call in stage.box.calls
        if call.action == "ChangeResourceRecordSets" and "DELETE" in str(call.params)
    ]
    assert all(sorted(batch) == [("CREATE", "A"), ("CREATE", "AAAA"), ("DELETE", "CNAME")] for batch in batches)
    assert batches
    stage.assert_settled(spec)
    stage.destroy(spec)


def test_a_record_that_came_between_plan_and_apply_is_not_overwritten(stage: Stage) -> None:
    plan = stage.plan(specs.COURSE)
    outcome = stage.run(plan, when_made={"create load_balancer.main": lambda: put(stage, ADDRESS)})
    assert [event.step.id for event in outcome.failed] == [f"create record.{NAME}"]
    assert any(
        record["Name"].startswith(NAME) and "ResourceRecords" in record for record in stage.box.records(stage.zone)
    )
    put(stage, ADDRESS, "DELETE")
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_a_name_somebody_pointed_elsewhere_is_not_deleted_by_destroy(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    put(stage, ADDRESS, "UPSERT")
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(specs.COURSE), KINDS)
    assert stage.run(plan).complete
    assert [r["ResourceRecords"] for r in stage.box.records(stage.zone) if r["Name"].startswith(NAME)] == [
        ADDRESS["ResourceRecords"]
    ]
    put(stage, ADDRESS, "DELETE")
    stage.assert_nothing_left("my-web")


# Tags -------------------------------------------------------------------------------------------------------------


def test_foreign_tags_on_our_resources_survive_every_update(stage: Stage) -> None:
    stage.apply(specs.COURSE + "tags: {team: web, old: x}\n")
    ours = list(stage.box.tagged("my-web"))
    for id in ours:
        tag_by_hand(stage, id)
    stage.assert_settled(specs.COURSE + "tags: {team: web, old: x}\n")
    for tags in ("tags: {team: api}\n", "", "tags: {late: y}\n"):
        stage.apply(specs.COURSE.replace("/health", "/ready") + tags)
        now = stage.box.tagged("my-web")
        assert {id for id in ours if now.get(id, {}).get("cost-center") != "42"} == set()
        assert not [id for id in ours if "old" in now[id]]
    stage.destroy(specs.COURSE)


def tag_by_hand(stage: Stage, arn: str) -> None:
    tag = [{"Key": "cost-center", "Value": "42"}]
    service = arn.split(":")[2]
    if service == "elasticloadbalancing":
        stage.client("elbv2").add_tags(ResourceArns=[arn], Tags=tag)
    elif service == "acm":
        stage.client("acm").add_tags_to_certificate(CertificateArn=arn, Tags=tag)
    else:
        stage.client("ec2").create_tags(Resources=[arn.rsplit("/", 1)[-1]], Tags=tag)


def test_another_stack_is_a_stranger_as_well(stage: Stage) -> None:
    other = specs.HTTP.replace("my-web", "other")
    stage.apply(other)
    theirs = stage.box.snapshot(lambda name, fields: fields.get("tags", {}).get("elbplan:stack") == "other")
    assert theirs
    stage.apply(specs.HTTP)
    stage.destroy(specs.HTTP)
    assert stage.box.snapshot(list(theirs)) == theirs
    stage.destroy(other)


# Protection -------------------------------------------------------------------------------------------------------


def test_deletion_protection_refuses_a_destroy_before_anything_goes(stage: Stage) -> None:
    stage.apply(specs.COURSE + "protect: true\n")
    stage.box.clear_calls()
    with pytest.raises(Refused) as problem:
        workflow.plan_destroy(stage.aws, stage.stacks(specs.COURSE), KINDS)
    assert "deletion protection" in problem.value.what
    assert "protect: false" in problem.value.hint
    assert stage.box.writes() == []
    refused(stage, specs.INTERNAL + "protect: true\n")
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_a_digest_in_a_name_is_the_one_of_the_resource(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    step = next(step for step in stage.plan(specs.PORT_8080).steps if step.id == "create target_group.web")
    assert step.after is not None
    assert step.name == f"my-web-web-{digest(step.after)}"
    stage.destroy(specs.COURSE)
