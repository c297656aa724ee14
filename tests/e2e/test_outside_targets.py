"""Externally filled target groups: traffic moves to a new group only when it has healthy targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style
from elbplan.run import workflow
from elbplan.run.outcome import Event, Outcome

from . import specs
from .crashing_aws import CrashingAws
from .stage import REGION, Stage

BEFORE = specs.HEAD + specs.DOMAIN + "groups: {web: {port: 80, health: /health}}\n"
AFTER = BEFORE.replace("port: 80", "port: 8080")
INTERNAL = BEFORE + "access: internal\n"
RULE = BEFORE.replace("}}\n", "}, api: {port: 81}}\n") + (
    "listeners:\n  - {listen: 80/http, redirect: 443/https}\n"
    "  - listen: 443/https\n    forward: web\n    rules: [{name: api, path: /api/*, forward: api}]\n"
)
ROUTES = [specs.NAMED, specs.PLAIN]


class AutoScalingGroup:
    """Registers its two servers in its target groups."""

    def __init__(self, stage: Stage) -> None:
        self.elb = stage.client("elbv2")
        ids = [stage.box.create_fixture("instance", region=REGION, zone=zone) for zone in "ac"]
        self.targets = [{"Id": id} for id in ids]
        stage.box.advance(60)

    def group(self, name: str) -> str:
        """Returns the ARN of a group."""
        return str(self.elb.describe_target_groups(Names=[name])["TargetGroups"][0]["TargetGroupArn"])

    def attach(self, arn: str, count: int = 2) -> None:
        self.elb.register_targets(TargetGroupArn=arn, Targets=self.targets[:count])

    def detach(self, arn: str) -> None:
        self.elb.deregister_targets(TargetGroupArn=arn, Targets=self.targets)

    def ours(self) -> list[str]:
        """Returns the target groups of the stack."""
        groups = self.elb.describe_target_groups()["TargetGroups"]
        return [group["TargetGroupArn"] for group in groups if group["TargetGroupName"] != "my-web-webs"]


def run(stage: Stage, plan: Plan, waiting: Callable[[Event], None]) -> Outcome:
    """Applies a plan. Others act at the first read of each wait."""

    def tell(event: Event) -> None:
        stage.events.append(event)
        if event.what == "started" and event.step.do == "wait":
            waiting(event)

    return workflow.apply(stage.aws, plan, KINDS, tell, stage.clock)


@pytest.fixture
def scaling(slow_stage: Stage) -> AutoScalingGroup:
    """Applies a stack that serves with two servers of an Auto Scaling group."""
    group = AutoScalingGroup(slow_stage)
    slow_stage.apply(BEFORE)
    group.attach(group.group("my-web-web"))
    slow_stage.box.advance(600)
    assert all(slow_stage.box.traffic(*route)["ok"] for route in ROUTES)
    slow_stage.box.watch(ROUTES)
    return group


def helpful(stage: Stage, scaling: AutoScalingGroup) -> Callable[[Event], None]:
    """The operator of the Auto Scaling group does what the plan says."""
    old = set(scaling.ours())

    def waiting(event: Event) -> None:
        step = event.step
        if step.address.kind == "target_group" and step.until == "healthy":
            for arn in set(scaling.ours()) - old:
                scaling.attach(arn)
        if step.address.kind == "target_group" and step.until == "empty":
            for arn in scaling.ours():
                using = scaling.elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
                if not using["LoadBalancerArns"]:
                    scaling.detach(arn)

    return waiting


def finish(stage: Stage, spec: str) -> None:
    """Asserts that the plan is empty and no request was dropped, then destroys the stack."""
    stage.assert_settled(spec)
    assert stage.box.unanswered() == []
    stage.destroy(spec)


@pytest.mark.parametrize("after", [AFTER, INTERNAL, RULE], ids=["port", "balancer", "new rule"])
def test_no_request_goes_to_a_group_that_nobody_has_filled(
    slow_stage: Stage, scaling: AutoScalingGroup, after: str
) -> None:
    plan = slow_stage.plan(after)
    assert {hazard.name for hazard in plan.hazards} <= {"dns-name-changes"}
    outcome = run(slow_stage, plan, helpful(slow_stage, scaling))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    assert all(slow_stage.box.traffic(*route)["ok"] for route in ROUTES)
    finish(slow_stage, after)


def test_the_plan_says_who_must_fill_the_group_and_the_wait_how_far_they_are(
    slow_stage: Stage, scaling: AutoScalingGroup
) -> None:
    stage = slow_stage
    plan = stage.plan(AFTER)
    wait = next(step for step in plan.steps if step.id == "wait target_group.web healthy")
    assert wait.timeout >= 3600
    outcome = run(stage, plan, lambda event: None)
    (failed,) = outcome.failed
    assert failed.step.id == wait.id
    assert "0 of 2 healthy" in failed.text
    assert "aws autoscaling attach-traffic-sources" in failed.hint
    assert all(stage.box.traffic(*route)["ok"] for route in ROUTES)
    again = stage.plan(AFTER)
    assert run(stage, again, helpful_after(stage, scaling)).complete
    finish(stage, AFTER)


def helpful_after(stage: Stage, scaling: AutoScalingGroup) -> Callable[[Event], None]:
    """The same for a new group that already exists."""
    waiting = helpful(stage, scaling)

    def do(event: Event) -> None:
        if event.step.until == "healthy" and event.step.address.kind == "target_group":
            for arn in scaling.ours():
                scaling.attach(arn)
        waiting(event)

    return do


def test_fewer_targets_than_the_old_group_serves_with_are_not_enough(
    slow_stage: Stage, scaling: AutoScalingGroup
) -> None:
    stage = slow_stage

    def one_only(event: Event) -> None:
        if event.step.until == "healthy":
            for arn in scaling.ours():
                scaling.attach(arn, count=1)

    outcome = run(stage, stage.plan(AFTER), one_only)
    assert "1 of 2 healthy" in outcome.failed[0].text
    assert run(stage, stage.plan(AFTER), helpful_after(stage, scaling)).complete
    finish(stage, AFTER)


def test_killed_after_each_write_it_goes_on_and_takes_nobodys_target_out(
    slow_stage: Stage, scaling: AutoScalingGroup
) -> None:
    stage = slow_stage
    helper = helpful_after(stage, scaling)

    def tell(event: Event) -> None:
        if event.what == "started" and event.step.do == "wait":
            helper(event)

    runs = 0
    while not (plan := stage.plan(AFTER)).empty:
        assert not [step.id for step in plan.steps if step.address.kind == "targets"]
        workflow.apply(CrashingAws(stage.aws, 1), plan, KINDS, tell, stage.clock, parallel=1)
        runs += 1
        assert runs < 40, "every run gets a write further"
    assert runs > 4
    finish(stage, AFTER)


def test_the_way_back_leaves_the_old_targets_and_waits_until_others_let_go(
    slow_stage: Stage, scaling: AutoScalingGroup
) -> None:
    stage = slow_stage
    old = scaling.group("my-web-web")
    assert not run(stage, stage.plan(AFTER), lambda event: None).complete
    for arn in set(scaling.ours()) - {old}:
        scaling.attach(arn)
    (back,) = workflow.plan_back(stage.aws, stage.stacks(AFTER), KINDS)
    assert not [step.id for step in back.steps if step.address.kind == "targets"]
    outcome = run(stage, back, helpful(stage, scaling))
    assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
    assert scaling.ours() == [old]
    assert len(scaling.elb.describe_target_health(TargetGroupArn=old)["TargetHealthDescriptions"]) == 2
    finish_back(stage)


def finish_back(stage: Stage) -> None:
    rest = stage.plan(BEFORE)
    assert {change.address.kind for change in rest.changes} <= {"security_group"}
    assert stage.run(rest).complete
    finish(stage, BEFORE)


def test_a_group_goes_only_when_others_have_let_it_go(slow_stage: Stage, scaling: AutoScalingGroup) -> None:
    stage = slow_stage
    old = scaling.group("my-web-web")

    def fills_and_stays(event: Event) -> None:
        if event.step.until == "healthy":
            for arn in set(scaling.ours()) - {old}:
                scaling.attach(arn)

    (failed,) = run(stage, stage.plan(AFTER), fills_and_stays).failed
    assert failed.step.until == "empty"
    assert "2 targets" in failed.text
    assert "aws autoscaling detach-traffic-sources" in failed.hint
    assert old in scaling.ours()
    assert all(stage.box.traffic(*route)["ok"] for route in ROUTES)
    scaling.detach(old)
    stage.box.advance(600)
    assert run(stage, stage.plan(AFTER), lambda event: None).complete
    finish(stage, AFTER)


@pytest.mark.parametrize("spec", [BEFORE, RULE])
def test_a_new_stack_waits_for_nobody(slow_stage: Stage, spec: str) -> None:
    plan = slow_stage.plan(spec)
    assert not plan.hazards
    assert not [step.id for step in plan.steps if step.do == "wait" and step.address.kind == "target_group"]
    slow_stage.apply(spec)
    slow_stage.destroy(spec)


def test_where_nobody_is_answered_yet_nobody_is_waited_for(slow_stage: Stage) -> None:
    slow_stage.apply(BEFORE)
    for spec in (AFTER, INTERNAL):
        plan = slow_stage.plan(spec)
        waits: list[Any] = [step.id for step in plan.steps if step.do == "wait" and step.address.kind == "target_group"]
        assert not waits
        assert {hazard.name for hazard in plan.hazards} <= {"dns-name-changes"}
    slow_stage.apply(AFTER)
    slow_stage.destroy(AFTER)


def test_the_screen_of_the_plan_names_what_a_person_must_point_where(
    slow_stage: Stage, scaling: AutoScalingGroup
) -> None:
    plan = slow_stage.plan(AFTER)
    new = next(step.name for step in plan.steps if step.id == "create target_group.web")
    screen = " ".join(" ".join(line.plain for line in plan_screen(plan, KINDS, Style(), PlanView())).split())
    assert "the Auto Scaling group or service has filled it with healthy targets" in screen
    assert f"attach-traffic-sources --auto-scaling-group-name NAME --traffic-sources Identifier=ARN-OF-{new}" in screen
    assert f"Identifier={scaling.group('my-web-web')},Type=elbv2" in screen
