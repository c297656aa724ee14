"""A turn: the lock is taken, AWS is looked at once more, the plan is run, the record is closed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from ...core.call import Answer, Call
from ...core.kind import Kinds
from ...core.plan import Plan
from ...errors import Refused
from ..clock import Clock
from ..migration_run import MigrationRun
from ..outcome import Outcome, Tell
from ..workflow import Cloud, apply
from .lock import Lock
from .manager import LockManager
from .record import RunState


@dataclass(frozen=True)
class RunRequest:
    """What is to be done, and what was agreed to.

    shown    the plan that a person saw
    look     draws it anew, from AWS as it is now
    agreed   to whatever is true now; else to exactly what was shown
    migration      the migration that is run, if it is one
    """

    cloud: Cloud
    shown: Plan
    look: Callable[[], Plan]
    verb: str
    spec: str = ""
    agreed: bool = False
    migration: MigrationRun | None = None


A_MOMENT = 0.7
"""Seconds in which a run that a person left is noted as ended. After them its process is dead, which tells as much."""


class LockedRun:
    """From `with` to its end the stack is ours alone. Raises Refused if somebody else has it, or if AWS changed.

    The plan is drawn again under the lock, since the one that was shown was drawn without. `stop` is set when
    somebody takes over; it ends whatever waits.
    """

    def __init__(self, job: RunRequest, keeper: LockManager, stop: threading.Event) -> None:
        self.plan = job.shown
        self.cloud = job.cloud
        self._job = job
        self._keeper = keeper
        self._stop = stop
        self._held: Lock | None = None
        self._outcome: Outcome | None = None

    def __enter__(self) -> Self:
        job = self._job
        counts = _some(job.shown.summary)
        self._held = self._keeper.take(job.shown.stack, job.verb, spec=job.spec, counts=counts, aim=job.migration)
        try:
            if self._held:
                self._held.keep(self._stop)
                self.cloud = GuardedCloud(job.cloud, self._held)
            self.plan = job.look()
            if not job.agreed:
                _unchanged(job.shown, self.plan)
        except BaseException as error:
            self._end_badly(error)
            raise
        return self

    @property
    def run_id(self) -> str:
        """The id of the run in the ledger; empty where none could be written."""
        return self._held.record.run if self._held else ""

    def run(self, kinds: Kinds, tell: Tell, clock: Clock, *, parallel: int = 8) -> Outcome:
        """Run the plan, to its end or until it is stopped."""
        self._outcome = apply(self.cloud, self.plan, kinds, tell, clock, parallel=parallel, stop=self._stop)
        return self._outcome

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or self._outcome is None:
            self._end_badly(error)
            return
        outcome = self._outcome
        if self._held:
            forget = self._job.verb == "destroy" and outcome.complete
            aim = self._job.migration
            state = aim.state if aim and outcome.complete else _state(outcome)
            at = aim.reached(outcome) if aim else None
            self._held.end(state, _counts(self.plan, outcome), _note(outcome), forget=forget, at=at)
            outcome.lost = self._held.over

    def _end_badly(self, error: BaseException | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            ending = threading.Thread(target=self._end_interrupted, name="ending", daemon=True)
            ending.start()
            ending.join(A_MOMENT)
        elif self._held:
            self._held.end("failed", {}, getattr(error, "what", "") or type(error).__name__)

    def _end_interrupted(self) -> None:
        """The call that notes the end may hang, and the person who pressed Ctrl-C does not wait for it."""
        if self._held:
            with contextlib.suppress(Exception):
                self._held.end("interrupted", {}, KeyboardInterrupt.__name__)


class GuardedCloud:
    """A cloud that takes a write of ours only while the lock is surely ours, and nothing once it is lost."""

    def __init__(self, cloud: Cloud, held: Lock) -> None:
        self.region = cloud.region
        self._send = held.guard(cloud.send)

    def send(self, call: Call) -> Answer:
        return self._send(call)


def _unchanged(shown: Plan, now: Plan) -> None:
    """Raises Refused if other things would be done than a person saw. Nothing left to do surprises nobody."""
    if now.empty or _deeds(shown) == _deeds(now):
        return
    raise Refused(
        f"{now.stack}: AWS changed since the plan was shown; nothing was done",
        hint="run the same command again and look at the new plan",
    )


def _deeds(plan: Plan) -> list[tuple[Any, ...]]:
    """What a plan does to AWS; waits are left out, since what was slow a minute ago may be ready now."""
    return [(s.do, s.address, s.before, s.after, dict(s.moves)) for s in plan.steps if s.writes]


def _state(outcome: Outcome) -> RunState:
    if outcome.complete:
        return "done"
    return "interrupted" if outcome.interrupted and not outcome.failed else "failed"


def _counts(plan: Plan, outcome: Outcome) -> Mapping[str, int]:
    ends = {"done": len(outcome.done), "failed": len(outcome.failed), "skipped": len(outcome.skipped)}
    return _some({**plan.summary, **ends})


def _some(counts: Mapping[str, int]) -> dict[str, int]:
    return {what: number for what, number in counts.items() if number}


def _note(outcome: Outcome) -> str:
    if not outcome.failed:
        return ""
    first = outcome.failed[0]
    return f"{first.step.id}: {first.text}"
