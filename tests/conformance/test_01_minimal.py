"""ALB minimal.

Two subnets and one security group: one CreateLoadBalancer with the tags, a wait until it is active, and no attributes
but those that are not AWS's default.
"""

from __future__ import annotations

from .kit import NOTHING, Case

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""


def test_one_create_with_the_tags_and_no_attributes(case: Case) -> None:
    sent = case.apply(SPEC)
    assert sorted(sent.actions) == [
        "AuthorizeSecurityGroupIngress",
        "CreateListener",
        "CreateLoadBalancer",
        "CreateSecurityGroup",
        "CreateTargetGroup",
        "RegisterTargets",
    ]
    created = sent.only("CreateLoadBalancer")
    assert (created["Name"], created["Type"], created["Scheme"]) == ("my-web", "application", "internet-facing")
    assert len(created["Subnets"]) == 2
    assert len(created["SecurityGroups"]) == 1
    assert {"Key": "elbplan:address", "Value": "load_balancer.main"} in created["Tags"]
    case.destroy(SPEC)


def test_it_looks_for_the_name_before_it_creates(case: Case) -> None:
    plan = case.plan(SPEC)
    read = [call.action for call in case.box.calls]
    assert "DescribeLoadBalancers" in read
    waits = [(step.address.kind, step.until) for step in plan.steps if step.do == "wait"]
    assert ("load_balancer", "active") in waits


def test_only_attributes_that_are_no_default_are_sent(case: Case) -> None:
    sent = case.apply(SPEC + "attributes: {http2: false, idle_timeout: 60s}\n")
    (attribute,) = sent.only("ModifyLoadBalancerAttributes")["Attributes"]
    assert attribute == {"Key": "routing.http2.enabled", "Value": "false"}


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(NOTHING, SPEC + "attributes: {http2: false}\n")
