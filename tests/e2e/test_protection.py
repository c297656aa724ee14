"""elbplan sets deletion protection last, and a load balancer that never served does not block a rollback."""

from __future__ import annotations

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.hazards import refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from . import specs
from .crashing_aws import CrashingAws
from .stage import Stage

A, B = specs.INTERNAL, specs.COURSE + "protect: true\n"
PROTECTED = "deletion_protection.enabled"


def way_back(stage: Stage) -> Plan:
    (plan,) = workflow.plan_back(stage.aws, stage.stacks(B), KINDS)
    return plan


def end(stage: Stage) -> Plan:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(B), KINDS)
    return plan


def ways_out(stage: Stage) -> list[Plan]:
    """The specs that a user may apply after a dead run."""
    return [stage.plan(A), stage.plan(B), way_back(stage), end(stage)]


def finished(stage: Stage) -> bool:
    """True if the load balancer is protected. Then the change is finished, and the protection is real."""
    elb = stage.client("elbv2")
    for balancer in elb.describe_load_balancers()["LoadBalancers"]:
        attributes = elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
        if {"Key": PROTECTED, "Value": "true"} in attributes:
            return True
    return False


def test_killed_after_any_write_every_way_out_is_open(box: Box) -> None:
    for write in range(1, 100):
        stage = Stage(box)
        stage.apply(A)
        plan = stage.plan(B)
        dying = CrashingAws(stage.aws, write)
        if workflow.apply(dying, plan, KINDS, lambda event: None, stage.clock, parallel=1).complete:
            break
        if finished(stage):
            break
        plans = ways_out(stage)
        for one in plans:
            refuse_unless_allowed(one.hazards, ["route-removed", "public-exposure", "dns-name-changes"])
        assert stage.run(plans[(write % 4)]).complete
    assert write > 10, "the change writes, so it can be killed"
    assert finished(stage)


def test_protection_is_the_last_thing_that_a_change_does(stage: Stage) -> None:
    plan = stage.apply(B)
    assert [step.phase for step in plan.steps if step.address.kind == "load_balancer" and step.writes] == [
        "expand",
        "protect",
    ]
    assert plan.steps[-1].phase == "protect"
    with pytest.raises(Refused, match="deletion protection"):
        end(stage)
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


@pytest.mark.parametrize("way", range(4), ids=["first spec", "second spec", "rollback", "destroy"])
def test_a_protected_balancer_that_never_served_is_in_nobodys_way(slow_stage: Stage, way: int) -> None:
    stage = slow_stage
    stage.apply(A)
    plan = stage.plan(B)
    new = next(step.name for step in plan.steps if step.id == "create target_group.web")
    assert not stage.run(plan, when_made={"create target_group.web": lambda: stage.box.sick(new)}).complete
    stage.box.well(new)
    elb = stage.client("elbv2")
    balancer = next(b for b in elb.describe_load_balancers()["LoadBalancers"] if b["Scheme"] == "internet-facing")
    protect = [{"Key": PROTECTED, "Value": "true"}]
    elb.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=protect)
    spec = ways_out(stage)[way]
    refuse_unless_allowed(spec.hazards, ["route-removed", "public-exposure", "dns-name-changes"])
    outcome = stage.run(spec)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    if way != 1:
        assert not finished(stage)
        stage.destroy(A)


def test_a_balancer_that_served_stays_protected_whatever_stands_beside_it(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(A)
    plan = stage.plan(specs.COURSE)
    workflow.apply(CrashingAws(stage.aws, 8), plan, KINDS, lambda event: None, stage.clock, parallel=1)
    elb = stage.client("elbv2")
    old = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    assert len(stage.plan(A).lives) > len(stage.stacks(A)[0].resources)
    elb.modify_load_balancer_attributes(LoadBalancerArn=old, Attributes=[{"Key": PROTECTED, "Value": "true"}])
    for spec in (specs.COURSE, specs.COURSE + "access: internal\ntype: network\n"):
        with pytest.raises(Refused, match="deletion protection"):
            stage.plan(spec)
    with pytest.raises(Refused, match="deletion protection"):
        end(stage)
    elb.modify_load_balancer_attributes(LoadBalancerArn=old, Attributes=[{"Key": PROTECTED, "Value": "false"}])
