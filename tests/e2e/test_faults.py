"""Faults of AWS: throttling, internal errors, lost answers."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import Stage


@pytest.mark.parametrize("seed", [1])
def test_one_call_in_five_throttled_and_one_in_twenty_failing_still_converges(stage: Stage, seed: int) -> None:
    stage.box.fault("throttle", probability=0.2, seed=seed)
    stage.box.fault("5xx", probability=0.05, seed=seed + 100)
    outcome = stage.run(stage.plan(specs.ELASTIC))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    outcome = stage.run(stage.plan(specs.PORT_8080))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    stage.box.clear_faults()
    stage.assert_settled(specs.PORT_8080)
    stage.destroy(specs.PORT_8080)


@pytest.mark.parametrize(
    "action",
    [
        "AllocateAddress",
        "CreateSecurityGroup",
        "RunInstances",
        "RequestCertificate",
        "CreateLoadBalancer",
        "CreateListener",
        "ChangeResourceRecordSets",
    ],
)
def test_a_lost_answer_makes_nothing_twice(stage: Stage, action: str) -> None:
    stage.box.fault("lost", action=action, nth=1, limit=1)
    outcome = stage.run(stage.plan(specs.ELASTIC))
    stage.box.clear_faults()
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    stage.assert_settled(specs.ELASTIC)
    stage.destroy(specs.ELASTIC)


def test_a_lost_answer_to_a_rule_makes_no_second_one(stage: Stage) -> None:
    spec = specs.SERVICES + specs.RULES + specs.A + specs.B
    stage.box.fault("lost", action="CreateRule", nth=1, limit=1)
    assert stage.run(stage.plan(spec)).complete
    stage.box.clear_faults()
    stage.assert_settled(spec)
    stage.destroy(spec)


def test_what_fails_stops_only_what_depends_on_it(stage: Stage) -> None:
    stage.box.fault("error", action="RequestCertificate", code="LimitExceededException", message="too many", status=400)
    outcome = stage.run(stage.plan(specs.COURSE))
    assert [event.step.id for event in outcome.failed] == ["create certificate.main"]
    assert "quota" in outcome.failed[0].hint
    assert {step.id for step in outcome.skipped} >= {"create listener.443", "create record.api.example.com"}
    assert {step.id for step in outcome.done} >= {"create load_balancer.main", "create targets.web"}
    stage.box.clear_faults()
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_a_gate_that_fails_leaves_the_old_side_serving(slow_stage: Stage) -> None:
    stage = slow_stage
    stage.apply(specs.COURSE)
    plan = stage.plan(specs.PORT_8080)
    stage.box.watch([specs.NAMED])
    new = next(step.name for step in plan.steps if step.id == "create target_group.web")
    sick = {"create target_group.web": lambda: stage.box.sick(new, "Target.Timeout")}
    outcome = stage.run(plan, when_made=sick)
    (failed,) = outcome.failed
    assert failed.step.id == "wait targets.web healthy"
    assert "0 of 2 healthy" in failed.text
    assert "security group" in failed.hint
    assert stage.clock.now() < 700, "it gives up early instead of waiting out the deadline"
    assert stage.box.unanswered() == []
    assert stage.box.traffic(*specs.NAMED)["ok"]
    stage.box.well(new)
    stage.apply(specs.PORT_8080, watch=[specs.NAMED])
    stage.destroy(specs.PORT_8080)


def test_a_failed_load_balancer_is_not_waited_for(slow_stage: Stage) -> None:
    stage = slow_stage
    failing = {"create load_balancer.main": lambda: stage.box.fail("my-web", "Internal error")}
    outcome = stage.run(stage.plan(specs.HTTP), when_made=failing)
    assert any(event.text == "AWS could not create it" for event in outcome.failed)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(specs.HTTP), KINDS)
    assert stage.run(plan).complete
    stage.assert_nothing_left("my-web")


@pytest.mark.parametrize("spec", [specs.ELASTIC, specs.SERVICES + specs.RULES + specs.A + specs.B])
def test_what_was_made_a_moment_ago_may_be_unseen_for_some_reads(stage: Stage, spec: str) -> None:
    stage.box.switch("hide_new", 2)
    outcome = stage.run(stage.plan(spec))
    stage.box.switch("hide_new", 0)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    stage.box.advance(60)
    stage.assert_settled(spec)
    stage.destroy(spec)
