"""Runs that are killed after a write or lose an answer, and the runs after them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.run.lock.run_store import RunStore
from elbplan.sandbox.box import Box

from .fork_server import ForkServer
from .stage import REGION, Stage

NOTHING = ""
"""In place of a spec: no stack."""

ALLOWED = ("route-removed", "public-exposure", "dns-name-changes")
"""The hazards that some changes allow."""


def planned(stage: Stage, before: str, after: str) -> Plan:
    """Returns the plan of a change; of a destroy if `after` is empty."""
    if after:
        return stage.plan(after)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(before), KINDS)
    return plan


def goes_on(stage: Stage, before: str, after: str) -> None:
    """Runs the same change again to its end and asserts the invariants."""
    outcome = stage.run(planned(stage, before, after))
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    again = planned(stage, before, after)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    stage.assert_foreign_unchanged()
    if after:
        (end,) = workflow.plan_destroy(stage.aws, stage.stacks(after), KINDS)
        assert len(end.lives) == len({address[:2] for address in end.lives}), "nothing is there twice"
        assert stage.run(end).complete
    _forget_runs(stage)
    stage.assert_nothing_left("my-web", validation="remove_validation: true" not in (after or before))


def _forget_runs(stage: Stage) -> None:
    """Deletes the record of the killed run. The next command would close it."""
    ledger = RunStore(stage.aws.send, stage.clock)
    ledger.delete("my-web", [record.number for record in ledger.read("my-web")])


def nothing_else(stage: Stage) -> None:
    """The account has only what every stage has."""


def prepared(box: Box, before: str, prepare: Callable[[Stage], object] = nothing_else) -> Stage:
    """Returns an empty stage with the stack before the change. `prepare` creates what the specs need of others."""
    stage = Stage(box)
    prepare(stage)
    if before:
        outcome = stage.run(stage.plan(before))
        assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    stage.box.clear_calls()
    return stage


def kill_again_and_again(
    box: Box,
    nursery: ForkServer,
    before: str,
    after: str,
    allow: Sequence[str] = (),
    prepare: Callable[[Stage], object] = nothing_else,
) -> None:
    """Each run continues the killed run, and is killed after one write."""
    stage = prepared(box, before, prepare)
    kills = 0
    while killed(nursery, stage, before, after, allow, but="ssm", nth=1):
        kills += 1
        assert kills < 60, "every run gets a write further"
    assert kills, "the change writes, so it can be killed"
    goes_on(stage, before, after)


def kill_along(
    box: Box,
    nursery: ForkServer,
    specs: Sequence[str],
    *,
    allow: Sequence[str] = (),
    prepare: Callable[[Stage], object] = nothing_else,
) -> None:
    """From spec to spec, and to nothing: each run is killed after one write, and the next one goes on."""
    stage = prepared(box, specs[0], prepare)
    for before, after in itertools.pairwise((*specs, NOTHING)):
        kills = 0
        while killed(nursery, stage, before, after, allow, but="ssm", nth=1):
            kills += 1
            assert kills < 60, "every run gets a write further"
        assert kills, "the change writes, so it can be killed"
        _ends_whole(stage, before, after)


def lose_along(box: Box, specs: Sequence[str], *, prepare: Callable[[Stage], object] = nothing_else) -> None:
    """From spec to spec, and to nothing: the first answer to every write is lost."""
    stage = prepared(box, specs[0], prepare)
    for before, after in itertools.pairwise((*specs, NOTHING)):
        _change_without_answers(stage, before, after)
        _ends_whole(stage, before, after)


def _ends_whole(stage: Stage, before: str, after: str) -> None:
    """Asserts the invariants after a change: nothing is left to do, nothing is there twice."""
    again = planned(stage, before, after)
    assert again.empty, [(step.id, step.why) for step in again.steps]
    stage.assert_foreign_unchanged()
    if after:
        (end,) = workflow.plan_destroy(stage.aws, stage.stacks(after), KINDS)
        assert len(end.lives) == len({address[:2] for address in end.lives}), "nothing is there twice"
        return
    _forget_runs(stage)
    stage.assert_nothing_left("my-web")


def killed(
    nursery: ForkServer, stage: Stage, before: str, after: str, allow: Sequence[str] = (), **which: object
) -> bool:
    """Runs the change as a process and kills it after this write. Returns False if there was no such write."""
    allowed = ["--allow", ",".join((*ALLOWED, *allow))]
    verb = ["apply", "-", "--yes", *allowed] if after else ["destroy", "-", "--confirm", "my-web"]
    status, output = nursery.run(
        verb,
        stdin=after or before,
        env=_environment(stage),
        started=lambda pid: stage.box.fault("kill", pid=pid, **which),
    )
    stage.box.clear_faults()
    assert status in (0, -9), output
    return status == -9


def lose_every_answer(box: Box, before: str, after: str, prepare: Callable[[Stage], object] = nothing_else) -> None:
    """Loses the first answer to every write. The next run reads what this run cannot know."""
    stage = prepared(box, before, prepare)
    _change_without_answers(stage, before, after)
    goes_on(stage, before, after)


def _change_without_answers(stage: Stage, before: str, after: str) -> None:
    stage.box.clear_calls()
    stage.box.fault("lost", each_write=True)
    runs = 0
    while not (plan := planned(stage, before, after)).empty:
        stage.run(plan)
        runs += 1
        assert runs < 20, "every run gets further"
    lost = [call.action for call in stage.box.calls if call.outcome.endswith("lost")]
    stage.box.clear_faults()
    assert lost, "the change writes, so answers can be lost"


def _environment(stage: Stage) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    own = {"AWS_ENDPOINT_URL": stage.box.url, "AWS_REGION": REGION}
    return {**kept, **own, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
