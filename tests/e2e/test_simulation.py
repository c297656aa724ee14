"""After each step, AWS is in the state that the plan simulated."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

import pytest

from elbplan.core.address import Ref
from elbplan.core.fingerprint import fingerprint, live_in_terms_of
from elbplan.core.plan import Step
from elbplan.core.simulate import State, states_of
from elbplan.kinds import KINDS
from elbplan.kinds.targets import Targets
from elbplan.kinds.traffic import scaled_groups
from elbplan.live.observe import observe
from elbplan.planner.diff import diff
from elbplan.run import workflow
from elbplan.run.outcome import Event

from .stage import Stage
from .test_traffic import CHANGES

SOME = ("http to https", "target group port", "zone removed", "server image", "certificate names", "rules reordered")

AHEAD = {("create certificate.main", "certificate.main")}
"""A new certificate for a validated name shares the old record, so it is valid before its next step."""


def one_by_one(steps: Sequence[Step]) -> list[Step]:
    """The same steps; each waits for the step before it."""
    needs = [(), *((step.id,) for step in steps)]
    return [replace(step, needs=need) for step, need in zip(steps, needs, strict=False)]


def watched(stage: Stage, spec: str) -> None:
    """Applies a spec and compares AWS with the simulation after each step."""
    plan = stage.plan(spec)
    plan = replace(plan, steps=one_by_one(plan.steps))
    (stack,) = stage.stacks(spec)
    foretold = list(states_of({a: live.model for a, live in plan.lives.items()}, plan.steps))
    after = dict(zip((step.id for step in plan.steps), foretold[1:], strict=True))
    scaled = scaled_groups(*foretold)
    wrong: list[tuple[str, ...]] = []

    def tell(event: Event) -> None:
        if event.what == "done" and event.step.writes:
            wrong.extend((event.step.id, *found) for found in differences(after[event.step.id]))

    def differences(told: State) -> list[tuple[str, ...]]:
        observed = observe(stage.aws.send, stage.aws.region, [stack], KINDS)[stack.name]
        lives = diff(observed.desired, observed.live, KINDS).lives
        lives = {address: live for address, live in lives.items() if not _registered_by_aws(live.model, scaled)}
        told = {address: resource for address, resource in told.items() if not _registered_by_aws(resource, scaled)}
        live, expected = fingerprint(live_in_terms_of(lives, told, KINDS), KINDS), fingerprint(told, KINDS)
        return [] if live.text == expected.text else [live.differing(expected)]

    assert differences(foretold[0]) == []
    outcome = workflow.apply(stage.aws, plan, KINDS, tell, stage.clock, parallel=1)
    assert outcome.complete
    assert set(wrong) <= AHEAD
    writes = [fingerprint(after[step.id], KINDS).text for step in plan.steps if step.writes]
    assert len(set(writes)) == len(writes), "no state is passed through twice"


def _registered_by_aws(resource: object, scaled: Container[Ref]) -> bool:
    """True for the targets of a group that an Auto Scaling group fills: no step registers them."""
    return isinstance(resource, Targets) and resource.group in scaled


@pytest.mark.parametrize("change", SOME)
def test_after_each_step_aws_is_as_simulated(stage: Stage, change: str) -> None:
    before, after, _ = CHANGES[change]
    watched(stage, before)
    watched(stage, after)
