"""NLB SG transitions.

Other groups in place; none to some, and some to none, is a replacement. Whether PrivateLink traffic must pass the rules
is set by SetSecurityGroups alone.
"""

from __future__ import annotations

import pytest

from .kit import Case

SPEC = """
name: my-web
region: ap-northeast-2
type: network
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
NONE = SPEC + "network: {security_groups: []}\n"
FLAG = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"


def group(case: Case, name: str) -> str:
    vpc = case.stage.ids["vpc"]
    return str(case.client("ec2").create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"])


def test_some_to_other_groups_in_place(case: Case) -> None:
    first, second = group(case, "one"), group(case, "two")
    case.apply(SPEC + f"network: {{security_groups: [{first}]}}\n")
    wider, narrow = case.apply(SPEC + f"network: {{security_groups: [{second}]}}\n").of("SetSecurityGroups")
    assert set(wider["SecurityGroups"]) == {first, second}
    assert narrow["SecurityGroups"] == [second]
    case.destroy(SPEC)


@pytest.mark.parametrize("type", ["application", "network"])
def test_extra_groups_stand_beside_the_own_one(case: Case, type: str) -> None:
    extra = group(case, "one")
    spec = SPEC.replace("network", type, 1)
    own = case.apply(spec).only("CreateLoadBalancer")["SecurityGroups"]
    sent = case.apply(spec + f"network: {{extra_security_groups: {extra}}}\n")
    assert sent.actions == ["SetSecurityGroups"]
    assert set(sent.only("SetSecurityGroups")["SecurityGroups"]) == {*own, extra}
    assert case.apply(spec).only("SetSecurityGroups")["SecurityGroups"] == own


@pytest.mark.parametrize(("before", "after"), [(SPEC, NONE), (NONE, SPEC)], ids=["some to none", "none to some"])
def test_none_is_fixed_at_creation(case: Case, before: str, after: str) -> None:
    case.apply(before)
    (change,) = [change for change in case.plan(after).changes if change.address.kind == "load_balancer"]
    assert (change.action, change.fields) == ("replace", ("security_groups",))


def test_the_rules_for_private_link_are_set_after_the_creation(case: Case) -> None:
    sent = case.apply(SPEC + "private_link_rules: false\n")
    assert FLAG not in sent.only("CreateLoadBalancer")
    call = sent.only("SetSecurityGroups")
    assert (call[FLAG], call["SecurityGroups"]) == ("off", sent.only("CreateLoadBalancer")["SecurityGroups"])
    assert case.apply(SPEC).only("SetSecurityGroups")[FLAG] == "on"


def test_drift_of_the_rules_for_private_link_is_healed(case: Case) -> None:
    case.apply(SPEC)
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    elb.set_security_groups(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        SecurityGroups=balancer["SecurityGroups"],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off",
    )
    assert case.apply(SPEC).only("SetSecurityGroups")[FLAG] == "on"


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(SPEC, SPEC + "private_link_rules: false\n", allow=["protection-removed"])
