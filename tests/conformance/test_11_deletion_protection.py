"""Deletion protection.

With protection on, a destroy is refused before anything is deleted. When the spec allows it, the protection goes first.
"""

from __future__ import annotations

import pytest

from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.run import workflow

from .kit import Case

PLAIN = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\ntargets: {ips: [172.31.0.9], port: 80}\n"
PROTECTED = PLAIN + "protect: true\n"
KEY = "deletion_protection.enabled"


def protection(case: Case) -> str:
    elb = case.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    return next(str(attribute["Value"]) for attribute in attributes if attribute["Key"] == KEY)


@pytest.mark.parametrize("spec", [PROTECTED, PLAIN], ids=["the spec protects", "the spec no longer protects"])
def test_a_destroy_is_refused_before_anything_is_deleted(case: Case, spec: str) -> None:
    case.apply(PROTECTED)
    case.box.clear_calls()
    with pytest.raises(Refused, match="has deletion protection"):
        workflow.plan_destroy(case.stage.aws, case.stage.stacks(spec), KINDS)
    assert case.box.writes() == []
    assert protection(case) == "true"
    case.apply(PLAIN)
    case.destroy(PLAIN)


def test_the_protection_comes_last_and_goes_before_a_delete(case: Case) -> None:
    sent = case.apply(PROTECTED)
    assert sent.actions[-1] == "ModifyLoadBalancerAttributes"
    last = sent.of("ModifyLoadBalancerAttributes")[-1]["Attributes"]
    assert last == [{"Key": KEY, "Value": "true"}]
    lifted = case.apply(PLAIN)
    assert lifted.actions == ["ModifyLoadBalancerAttributes"]
    assert lifted[0].params["Attributes"] == [{"Key": KEY, "Value": "false"}]
    assert "DeleteLoadBalancer" in case.destroy(PLAIN).actions


def test_a_protected_server_is_refused_likewise(case: Case) -> None:
    plain = "name: my-web\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\ntargets: {port: 80}\n"
    protected = plain.replace("count: 1", "count: 1, termination_protection: true")
    assert case.apply(protected).actions[-1] == "ModifyInstanceAttribute"
    case.box.clear_calls()
    with pytest.raises(Refused, match="has termination protection"):
        workflow.plan_destroy(case.stage.aws, case.stage.stacks(plain), KINDS)
    assert case.box.writes() == []
    (lifted,) = case.apply(plain).of("ModifyInstanceAttribute")
    assert lifted["DisableApiTermination"] == {"Value": False}
    case.destroy(plain)


def test_killed_after_each_write_the_protection_goes_and_then_the_stack(case: Case) -> None:
    case.crash_sweep(PROTECTED, PLAIN, allow=["protection-removed"])
