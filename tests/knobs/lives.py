"""The life of each knob spec: applied, changed and destroyed step by step, under the policies that elbplan prints.

One life answers several questions: which members its calls send, whether AWS is after each step as simulated, which
permissions its commands need, and whether the migrations that were saved on the way lead to the same again.
"""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from elbplan.core.address import Address
from elbplan.core.fingerprint import Hashes, fingerprint, live_in_terms_of
from elbplan.core.plan import Plan, Step
from elbplan.core.simulate import State, states_of
from elbplan.core.stack import Stack
from elbplan.kinds import KINDS
from elbplan.kinds.targets import Targets
from elbplan.live.client import Aws
from elbplan.live.observe import Observed, observe_each
from elbplan.permissions.policy import Command, combined, policy
from elbplan.planner.diff import diff
from elbplan.run import workflow
from elbplan.run.outcome import Event
from elbplan.sandbox.box import Box

from ..e2e.migration_replay import Replay
from ..e2e.stage import REGION, Stage
from .sent import Recorder, versions
from .surroundings import prepare

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")


@dataclass
class Life:
    """What happened in the life of a knob spec.

    differing   for each step after which AWS is not as simulated: its id, and the resources that differ
    repeated    the changes that pass through one state twice
    denied      the calls that the printed policy does not allow
    used        the IAM actions that each command needed
    """

    differing: list[tuple[str, ...]] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    used: dict[Command, set[str]] = field(default_factory=lambda: defaultdict(set))


class Lives:
    """The lives of all knob specs, each lived once, in one sandbox."""

    def __init__(self, box: Box, files: Path) -> None:
        self.box, self.files = box, files
        self.recorder = Recorder()
        self._lived: dict[str, Life] = {}

    def of(self, name: str) -> Life:
        if name not in self._lived:
            self._lived[name] = self._live(name)
        return self._lived[name]

    def _live(self, name: str) -> Life:
        stage = Stage(self.box)
        stage.aws = Aws(REGION, endpoint=self.box.url, session=self.recorder.session, parallel=8)
        life = Life()
        stacks: list[Stack] = []
        texts = list(versions(name, prepare(stage) | {"FILES": str(self.files)}))
        by_files = Replay(stage, self.files / "migrations" / name, stage.stacks(texts[0])[0].name)
        for text in texts:
            stacks = [*stacks[-1:], *stage.stacks(text)]
            by_files.save(text)
            with _policy(stage, life, "apply", stacks):
                _apply(stage, life, stage.plan(text), stacks[-1])
            with _policy(stage, life, "plan", stacks[-1:]):
                assert stage.plan(text).empty
            stage.assert_settled(text)
            by_files.note()
        with _policy(stage, life, "destroy", stacks[-1:]):
            (end,) = workflow.plan_destroy(stage.aws, stage.stacks(texts[-1]), KINDS)
            _apply(stage, life, end, stacks[-1])
        stage.assert_nothing_left(end.stack, validation="remove_validation: true" not in texts[-1])
        stage.assert_foreign_unchanged()
        by_files.replay()
        stage.destroy(texts[-1])
        return life


@contextlib.contextmanager
def _policy(stage: Stage, life: Life, command: Command, stacks: Sequence[Stack]) -> Iterator[None]:
    """Gives the credentials no more permissions than `elbplan permissions` prints for the command."""
    here = [replace(stack, region=stage.aws.region) for stack in stacks]
    stage.box.policy(combined(policy(stack, command) for stack in here).document)
    stage.box.clear_calls()
    try:
        yield
    finally:
        calls = stage.box.calls
        stage.box.policy(None)
    life.used[command] |= {need["action"] for call in calls for need in call.needs}
    life.denied += [f"{command}: {call.service}:{call.action}" for call in calls if call.outcome in DENIED]


def one_by_one(steps: Sequence[Step]) -> list[Step]:
    """The same steps; each waits for the step before it."""
    needs = [(), *((step.id,) for step in steps)]
    return [replace(step, needs=need) for step, need in zip(steps, needs, strict=False)]


def _compared(steps: Sequence[Step]) -> Iterator[str]:
    """The steps after which AWS is read: of creates, or deletes, of one kind in a row the last; of others each."""
    writing = [step for step in steps if step.writes]
    for step, following in itertools.zip_longest(writing, writing[1:]):
        same = following and (step.do, step.address.kind) == (following.do, following.address.kind)
        if not same or step.do not in ("create", "delete"):
            yield step.id


def _apply(stage: Stage, life: Life, plan: Plan, stack: Stack) -> None:
    """Runs a plan and compares AWS with the simulation after each step that writes."""
    plan = replace(plan, steps=one_by_one(plan.steps))
    start, *states = states_of({address: live.model for address, live in plan.lives.items()}, plan.steps)
    after = dict(zip((step.id for step in plan.steps), states, strict=True))
    described = {address[:2] for address in (*plan.desired, *(step.address for step in plan.steps))}
    view = View(stage, stack, plan.desired, described)
    life.differing += [("start", *found) for found in view.differences(start)]

    compared = set(_compared(plan.steps))

    def tell(event: Event) -> None:
        if event.what == "done" and event.step.id in compared:
            found = view.differences(after[event.step.id])
            life.differing.extend((event.step.id, *addresses) for addresses in found)

    outcome = workflow.apply(stage.aws, plan, KINDS, tell, stage.clock, parallel=1)
    assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
    writes = [fingerprint(after[step.id], KINDS, view.hashes).text for step in plan.steps if step.writes]
    life.repeated += [text for text in writes if writes.count(text) > 1]


@dataclass(frozen=True)
class View:
    """What AWS has of a stack.

    desired     what the plan leads to
    described   the kinds and names of spec and plan; other targets belong to others, such as Auto Scaling groups
    """

    stage: Stage
    stack: Stack
    desired: State
    described: set[tuple[str, str]]
    hashes: Hashes = field(default_factory=dict)

    def differences(self, expected: State) -> list[tuple[str, ...]]:
        """The resources in which AWS differs from a state; none if it does not."""
        aws = self.stage.aws
        stack = replace(self.stack, resources=self.desired) if self.desired else self.stack
        seen = observe_each(aws.send, aws.region, [stack], KINDS, looking_up=bool(self.desired))[stack.name]
        assert isinstance(seen, Observed), seen
        lives = diff(self.desired, seen.live, KINDS).lives
        ours = {address: resource for address, resource in expected.items() if self._is_ours(address)}
        there = {address: live for address, live in lives.items() if self._is_ours(address)}
        live = fingerprint(live_in_terms_of(there, ours, KINDS), KINDS, self.hashes)
        simulated = fingerprint(ours, KINDS, self.hashes)
        return [] if live.text == simulated.text else [live.differing(simulated)]

    def _is_ours(self, address: Address) -> bool:
        return address.kind != Targets.kind or address[:2] in self.described
