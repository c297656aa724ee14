"""Route 53 alias + SG + EIP teardown: the half of security groups, Elastic IPs and the end.

The order of a destroy: alias, listeners, load balancer, wait for its network interfaces, Elastic IPs, rules between
security groups, security groups; DeleteSecurityGroup is retried after DependencyViolation. A source of another kind is
authorized before the old one is revoked. A rule beyond AWS's limit leaves the rules that exist.
"""

from __future__ import annotations

from elbplan.live.errors import HINTS
from elbplan.sandbox.box import Box

from ..e2e.fork_server import ForkServer
from .kit import NOTHING, Case

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: shop.example.com
servers: {count: 2, elastic_ip: true}
targets: {port: 80, health: /health}
"""
WITHOUT_ADDRESSES = SPEC.replace(", elastic_ip: true", "")


def test_a_destroy_goes_from_the_name_to_the_security_groups(case: Case) -> None:
    case.apply(SPEC)
    sent = case.destroy(SPEC).actions
    last_of = {action: len(sent) - 1 - sent[::-1].index(action) for action in sent}
    alias = sent.index("ChangeResourceRecordSets")
    assert alias < last_of["DeleteListener"] < sent.index("DeleteLoadBalancer")
    assert sent.index("DeleteLoadBalancer") < last_of["DeleteSecurityGroup"]
    assert sent.index("TerminateInstances") < last_of["DeleteSecurityGroup"]
    assert sent.count("ReleaseAddress") == 2
    assert sent.count("DeleteSecurityGroup") >= 2


def test_a_group_that_is_still_in_use_is_tried_again(nursery: ForkServer) -> None:
    with Box(slow=60) as box:
        case = Case(box, nursery)
        case.apply(WITHOUT_ADDRESSES)
        case.destroy(WITHOUT_ADDRESSES)
        (interfaces,) = {call.action for call in box.calls if call.action == "DescribeNetworkInterfaces"}
    assert interfaces
    assert case.stage.clock.slept, "the destroy waited"


def test_a_delete_that_aws_does_not_allow_yet_is_tried_again(case: Case) -> None:
    case.apply(WITHOUT_ADDRESSES)
    case.box.fault("error", action="DeleteSecurityGroup", code="DependencyViolation", status=400, limit=2)
    plan = case.destroy(WITHOUT_ADDRESSES).actions
    assert plan.count("DeleteSecurityGroup") == 4


def test_a_rule_beyond_the_limit_leaves_every_other_rule(case: Case) -> None:
    case.apply(SPEC + "allow: [10.0.0.0/8]\n")
    code = "RulesPerSecurityGroupLimitExceeded"
    case.box.fault("error", action="AuthorizeSecurityGroupIngress", code=code, status=400)
    case.box.clear_calls()
    outcome = case.stage.run(case.plan(SPEC + "allow: [10.1.0.0/16]\n"))
    case.box.clear_faults()
    assert {event.hint for event in outcome.failed} == {HINTS[code]}
    assert "RevokeSecurityGroupIngress" not in {call.action for call in case.box.writes()}
    case.destroy(SPEC)


def test_an_address_is_released_when_the_spec_no_longer_has_it(case: Case) -> None:
    case.apply(SPEC)
    sent = case.apply(WITHOUT_ADDRESSES)
    assert sent.actions.count("ReleaseAddress") == 2
    assert "TerminateInstances" not in sent.actions
    case.destroy(WITHOUT_ADDRESSES)


def test_a_source_of_another_kind_is_authorized_before_the_old_one_is_revoked(case: Case) -> None:
    ec2 = case.client("ec2")
    clients = ec2.create_security_group(GroupName="clients", Description="c", VpcId=case.stage.ids["vpc"])["GroupId"]
    case.apply(SPEC + "allow: [10.0.0.0/8]\n")
    sent = case.apply(SPEC + f"allow: [{clients}]\n")
    authorized = [rule for params in sent.of("AuthorizeSecurityGroupIngress") for rule in params["IpPermissions"]]
    assert {pair["GroupId"] for rule in authorized for pair in rule["UserIdGroupPairs"]} == {clients}
    assert sent.position("AuthorizeSecurityGroupIngress") < sent.position("RevokeSecurityGroupIngress")
    case.destroy(SPEC)


def test_the_end_can_be_killed_anywhere(case: Case) -> None:
    case.crash_sweep(WITHOUT_ADDRESSES, NOTHING)
