"""Two stacks share a name by DNS: runs are killed after any write, and the other record never changes."""

from __future__ import annotations

import pytest

from elbplan.errors import ElbplanError
from elbplan.kinds import KINDS
from elbplan.run import workflow

from .crashing_aws import CrashingAws
from .stage import Stage
from .test_weighted_records import sets, spec

LIVES = {
    "canary": ("policy: {weighted: 90}", "policy: {weighted: 10}", "policy: {weighted: 100}"),
    "failover": ("policy: {failover: primary}", "policy: {failover: secondary}, health_check: /health", ""),
    "latency": ("policy: latency", "policy: {latency: eu-west-1}, health_check: /", ""),
}
"""The domain of blue, that of green, and that of green after blue is gone."""


@pytest.mark.parametrize("name", LIVES)
def test_a_second_balancer_comes_takes_over_and_the_first_one_goes(stage: Stage, name: str) -> None:
    first, second, alone = LIVES[name]
    blue, green = spec("blue", first), spec("green", second)
    stage.apply(blue)
    (record,) = sets(stage)
    stage.apply(green)
    assert len(sets(stage)) == 2
    assert record in sets(stage)
    stage.assert_settled(blue)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(blue), KINDS)
    assert stage.run(plan).complete
    assert {raw["SetIdentifier"] for raw in sets(stage)} == {"green"}
    stage.assert_settled(green)
    stage.apply(spec("green", alone))
    stage.destroy(spec("green", alone))


def test_a_killed_run_of_one_stack_never_touches_the_record_of_the_other(stage: Stage) -> None:
    blue, green = (spec(name, f"policy: {{weighted: {weight}}}") for name, weight in (("blue", 90), ("green", 10)))
    stage.apply(blue)
    (record,) = sets(stage)
    writes = 0
    while True:
        writes += 1
        if _killed_after(stage, writes, green):
            assert record in sets(stage)
            stage.assert_settled(blue)
            stage.apply(green)
            (end,) = workflow.plan_destroy(stage.aws, stage.stacks(green), KINDS)
            _killed_after(stage, writes, "", end)
            assert record in sets(stage)
            (end,) = workflow.plan_destroy(stage.aws, stage.stacks(green), KINDS)
            assert stage.run(end).complete
            assert sets(stage) == [record]
        else:
            break
    assert writes > 5


def _killed_after(stage: Stage, writes: int, text: str, plan: object = None) -> bool:
    """Runs a plan whose process dies after so many writes. True if it died."""
    plan = plan or stage.plan(text)
    crashing = CrashingAws(stage.aws, writes)
    try:
        outcome = workflow.apply(crashing, plan, KINDS, lambda event: None, stage.clock)
    except ElbplanError:
        outcome = None
    stage.box.advance(3600)
    return outcome is None or not outcome.complete
