"""Target group replaced by port, protocol, VPC or name: new group, attributes, targets, switch, drain, delete."""

from __future__ import annotations

import pytest

from elbplan.live.resolve import NotFound

from ..e2e.stage import REGION, Stage
from .kit import Case

HEAD = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\n"
SPEC = HEAD + "servers: {count: 2}\ntargets: {port: 80, health: /health, drain: 30s}\n"
OTHERS = {
    "port": SPEC.replace("port: 80", "port: 8080"),
    "protocol": SPEC.replace("port: 80", "port: 80, protocol: https"),
    "name": SPEC + "overrides: {target_group.web: {name: other}}\n",
    "control port": SPEC.replace("port: 80", "port: 80, control_port: 9000"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_requests_move_to_a_new_group_and_the_old_one_goes_when_it_has_drained(case: Case, what: str) -> None:
    case.apply(SPEC)
    name = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["DNSName"]
    sent = case.apply(OTHERS[what], watch=[(name, 80, "x", "/")])
    begins = ["CreateTargetGroup", "ModifyTargetGroupAttributes", "RegisterTargets"]
    ends = ["DeregisterTargets", "DeleteTargetGroup"]
    for order in ([*begins, *ends], ["CreateTargetGroup", "ModifyListener", *ends]):
        positions = [sent.position(action) for action in order]
        assert positions == sorted(positions)
    assert sent.only("CreateTargetGroup")["Tags"]
    assert len(sent.only("RegisterTargets")["Targets"]) == 2
    case.destroy(OTHERS[what])


def test_killed_after_each_write_no_request_is_lost(case: Case) -> None:
    case.crash_sweep(SPEC, OTHERS["port"])


def test_a_group_that_is_still_in_use_is_deleted_when_aws_allows_it(case: Case) -> None:
    case.apply(SPEC)
    case.box.fault("error", action="DeleteTargetGroup", code="ResourceInUse", limit=2, status=400)
    sent = case.apply(OTHERS["port"])
    assert sent.actions.count("DeleteTargetGroup") == 3
    case.destroy(OTHERS["port"])


VPC = "vpc-0000000000000bbb0"
DOMAIN = HEAD.replace("zones: [a, c]\n", "domain: www.example.com\n")
PLACED = {
    "vpc": f"network: {{vpc: {VPC}}}\n",
    "subnets": f"network: {{vpc: {VPC}, subnets: [subnet-0bbba, subnet-0bbbc]}}\n",
}


def prepare(stage: Stage) -> None:
    stage.box.create_fixture("vpc", VPC, REGION)
    for zone in "ac":
        stage.box.create_fixture("subnet", f"subnet-0bbb{zone}", REGION, zone=zone, vpc=VPC)
    stage.foreign = stage.box.snapshot(stage.foreign)


@pytest.mark.parametrize("kind", ["application", "network"])
@pytest.mark.parametrize("what", PLACED)
def test_another_vpc_replaces_the_whole_stack_and_the_domain_stays_answered(case: Case, kind: str, what: str) -> None:
    prepare(case.stage)
    before = DOMAIN + SPEC.removeprefix(HEAD) + f"type: {kind}\n"
    after = (before + PLACED[what]).replace("health: /health", "health: /healthz")
    case.apply(before)
    plan = case.plan(after)
    assert "dns-name-changes" in {hazard.name for hazard in plan.hazards}
    (why,) = (step.why for step in plan.steps if step.id == "create load_balancer.main")
    assert f"→ {VPC} cannot change in place" in why
    sent = case.apply(after, watch=[("www.example.com", 443, "www.example.com", "/")])
    assert not {"SetSubnets", "SetSecurityGroups"} & {*sent.actions}
    order = ["CreateLoadBalancer", "CreateListener", "ChangeResourceRecordSets", "DeleteLoadBalancer"]
    assert [sent.position(action) for action in order] == sorted(sent.position(action) for action in order)
    assert {params["VpcId"] for params in sent.of("CreateSecurityGroup", "CreateTargetGroup")} == {VPC}
    case.apply(before, watch=[("www.example.com", 443, "www.example.com", "/")])
    case.destroy(before)


@pytest.mark.parametrize("kind", ["application", "network"])
def test_killed_after_each_write_a_move_to_another_vpc_continues(case: Case, kind: str) -> None:
    """Without a domain: with one, each run would wait a minute for the resolvers, in real time."""
    before = SPEC.replace("zones: [a, c]\n", f"type: {kind}\n")
    case.crash_sweep(before, before + PLACED["vpc"], prepare=prepare)


def test_subnets_of_another_vpc_than_the_stack_are_refused_with_the_line_to_write(case: Case) -> None:
    prepare(case.stage)
    case.apply(DOMAIN + SPEC.removeprefix(HEAD))
    case.box.clear_calls()
    with pytest.raises(
        NotFound, match=f"its subnets are in {VPC}, and security_group.lb is in .*network: {{vpc: {VPC}"
    ):
        case.plan(DOMAIN + SPEC.removeprefix(HEAD) + "network: {subnets: [subnet-0bbba, subnet-0bbbc]}\n")
    own = case.stage.ids["subnets"]["a"]
    with pytest.raises(NotFound, match=f"its subnets are in .*{VPC}.*, and AWS takes subnets of one VPC"):
        case.plan(DOMAIN + SPEC.removeprefix(HEAD) + f"network: {{subnets: [{own}, subnet-0bbbc]}}\n")
    assert case.box.writes() == []
