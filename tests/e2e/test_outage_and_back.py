"""The plan shows an outage that AWS forces. A change can be rolled back before traffic moves."""

from __future__ import annotations

import pytest

from elbplan.errors import Refused
from elbplan.hazards import refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import Stage

PINNED = """
name: my-web
region: ap-northeast-2
load_balancer:
  main: {type: network, subnets: [], pins: [{subnet: a, allocation: one}, {subnet: c, allocation: two}]}
elastic_ip: {one: {}, two: {}}
target_group: {web: {protocol: TCP, port: 80, vpc: default, balancer: main}}
listener: {main: {load_balancer: main, port: 80, protocol: TCP, action: {type: forward, groups: [{group: web}]}}}
"""
EXCHANGED = PINNED.replace("allocation: one", "allocation: three").replace("two}]", "one}]").replace("three", "two")
"""The zones exchange their addresses: AWS does that only for another load balancer."""


def test_a_network_balancer_with_fixed_addresses_is_replaced_only_if_the_outage_is_allowed(stage: Stage) -> None:
    stage.apply(PINNED)
    other = EXCHANGED
    plan = stage.plan(other)
    outage, replaced = plan.hazards
    assert (outage.name, outage.address.name, outage.seconds) == ("outage", "main", 300)
    assert (replaced.name, replaced.address.name) == ("dns-name-changes", "main")
    with pytest.raises(Refused, match="nothing answers for about 5 minutes") as refused:
        refuse_unless_allowed(plan.hazards, [])
    assert "--allow dns-name-changes,outage" in refused.value.hint
    refuse_unless_allowed(plan.hazards, ["outage", "dns-name-changes"])
    stage.apply(other)
    stage.destroy(other)


def test_going_back_after_a_gate_that_failed_leaves_things_as_they_were(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(specs.COURSE)
    plan = stage.plan(specs.PORT_8080)
    new = next(step.name for step in plan.steps if step.id == "create target_group.web")
    stage.box.watch([specs.NAMED])
    sick = {"create target_group.web": lambda: stage.box.sick(new, "Target.Timeout")}
    assert not stage.run(plan, when_made=sick).complete
    (back,) = workflow.plan_back(stage.aws, stage.stacks(specs.PORT_8080), KINDS)
    assert stage.run(back).complete
    rest = stage.plan(specs.COURSE)
    assert {change.address.kind for change in rest.changes} == {"security_group"}, "what was opened is closed by it"
    assert stage.box.unanswered() == []
    stage.destroy(specs.COURSE)


def test_going_back_from_new_servers_and_a_new_balancer(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(specs.INTERNAL)
    after = specs.OTHER_IMAGE
    plan = stage.plan(after)
    new = next(step.name for step in plan.steps if step.id == "create target_group.web")
    sick = {"create target_group.web": lambda: stage.box.sick(new, "Target.Timeout")}
    stage.box.watch([specs.NAMED])
    assert not stage.run(plan, when_made=sick).complete
    (back,) = workflow.plan_back(stage.aws, stage.stacks(after), KINDS)
    outcome = stage.run(back)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    again = stage.plan(specs.INTERNAL)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    assert stage.box.unanswered() == []
    stage.destroy(specs.INTERNAL)
