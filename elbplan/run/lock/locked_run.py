"""Runs a plan under the lock of its stack: acquires the lock, plans again and compares, runs, closes the record."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ...core.address import Address
from ...core.call import Answer, Call
from ...core.kind import Kinds
from ...core.plan import Plan
from ...errors import ElbplanError, Interrupted, Refused
from ...kinds.elastic_ip import ExternalElasticIp
from ...kinds.instance import ExternalInstance
from ...planner.previous_records import refuse_unkept, refuse_unread
from ..clock import Clock
from ..migration_run import MigrationRun
from ..outcome import Event, Outcome, Tell
from ..slots import Slots
from ..workflow import Cloud, apply
from .lock import Lock
from .manager import LockManager
from .record import RunState
from .step_log import StepLog


@dataclass(frozen=True)
class RunRequest:
    """A request to run a plan.

    shown      the plan that the user saw
    look       reads AWS and plans again
    agreed     True to run the new plan, whatever it is; else it must equal the plan that was shown
    migration  the run of a migration, if it is one
    """

    cloud: Cloud
    shown: Plan
    look: Callable[[], Plan]
    verb: str
    spec: str = ""
    agreed: bool = False
    migration: MigrationRun | None = None


A_MOMENT = 0.7
"""Seconds to record the end of a run after Ctrl-C. After that the process ends, which shows the same."""


class LockedRun:
    """Has the lock of the stack inside a `with` block. Raises Refused if another run has it, or if AWS changed.

    The user saw a plan that was made without the lock, so elbplan plans again under the lock. Sets `stop` when another
    run takes over, which ends every wait.
    """

    def __init__(self, request: RunRequest, manager: LockManager, stop: threading.Event) -> None:
        self.plan = request.shown
        self.cloud = request.cloud
        self._request = request
        self._manager = manager
        self._stop = stop
        self._lock: Lock | None = None
        self._outcome: Outcome | None = None
        self._log = StepLog(request.shown)

    def __enter__(self) -> Self:
        request = self._request
        counts = _without_zeros(request.shown.summary)
        self._lock = self._manager.take(
            request.shown.stack, request.verb, spec=request.spec, counts=counts, migration=request.migration
        )
        try:
            if self._lock:
                self._lock.start_heartbeat(self._stop, self._log.steps)
                self.cloud = GuardedCloud(request.cloud, self._lock)
            self.plan = request.look()
            if not request.agreed:
                refuse_if_changed(request.shown, self.plan)
            _refuse_more_of_others(request.shown, self.plan)
            refuse_unread(self.plan)
            if self._lock is None:
                self._say_unkept()
        except BaseException as error:
            self._end_with_error(error)
            raise
        return self

    def _say_unkept(self) -> None:
        """Says which replaced records nothing keeps. Raises Refused if the spec relies on one of them."""
        refuse_unkept(self.plan)
        for address, text in self.plan.replaced.items():
            self._manager.say(f"{address} replaces {text}; without Parameter Store, elbplan cannot keep that record")

    @property
    def run_id(self) -> str:
        """The id of the run in its record; empty without a lock."""
        return self._lock.record.run if self._lock else ""

    def run(self, kinds: Kinds, tell: Tell, clock: Clock, *, slots: Slots | None = None) -> Outcome:
        """Runs the plan until it ends or is stopped."""

        def logged(event: Event) -> None:
            self._log.take(event)
            tell(event)

        if self._lock:
            self._log.begin(self._manager.wall() - self._lock.record.started)
        self._outcome = apply(self.cloud, self.plan, kinds, logged, clock, stop=self._stop, slots=slots)
        return self._outcome

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None or self._outcome is None:
            self._end_with_error(error)
            return
        outcome = self._outcome
        if self._lock:
            forget = self._request.verb == "destroy" and outcome.complete
            migration = self._request.migration
            state = migration.state if migration and outcome.complete else _state(outcome)
            at = migration.reached(outcome) if migration else None
            replaced = _replaced(self.plan, outcome)
            note = self._log.redacted(_note(outcome))
            self._lock.end(state, _counts(self.plan, outcome), note, forget=forget, at=at, replaced=replaced)
            outcome.lost = self._lock.over

    def _end_with_error(self, error: BaseException | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            ending = threading.Thread(target=self._end_interrupted, name="ending", daemon=True)
            ending.start()
            ending.join(A_MOMENT)
        elif self._lock:
            what = error.what if isinstance(error, ElbplanError) else ""
            state: RunState = "interrupted" if isinstance(error, Interrupted) else "failed"
            self._lock.end(state, {}, self._log.redacted(what) or type(error).__name__)

    def _end_interrupted(self) -> None:
        """Records the end in a thread, because the call may hang and the user has pressed Ctrl-C."""
        if self._lock:
            with contextlib.suppress(Exception):
                self._lock.end("interrupted", {}, KeyboardInterrupt.__name__)


class GuardedCloud:
    """A cloud that sends a write only while this run surely has the lock, and nothing after the lock is lost."""

    def __init__(self, cloud: Cloud, lock: Lock) -> None:
        self.region = cloud.region
        self._send = lock.guard(cloud.send)

    def send(self, call: Call) -> Answer:
        return self._send(call)


def refuse_if_changed(shown: Plan, now: Plan) -> None:
    """Raises Refused if the new plan differs from the plan that the user saw. An empty plan is always accepted."""
    if now.empty or (_writes(shown) == _writes(now) and shown.restored == now.restored):
        return
    raise Refused(
        f"{now.stack}: AWS changed since the plan was shown; nothing was done",
        hint="run the same command again and look at the new plan",
    )


def _refuse_more_of_others(shown: Plan, now: Plan) -> None:
    """Raises Refused if a destroy would end resources of others that it did not show, also if it need not ask."""
    if more := sorted(_of_others(now) - _of_others(shown)):
        raise Refused(
            f"{now.stack}: the spec now also finds {', '.join(map(str, more))}; nothing was done",
            hint="run the same command again and look at the new plan",
        )


def _of_others(plan: Plan) -> set[Address]:
    return {s.address for s in plan.steps if s.writes and isinstance(s.before, ExternalInstance | ExternalElasticIp)}


def _writes(plan: Plan) -> list[tuple[object, ...]]:
    """The steps of a plan that write to AWS. A wait may no longer be needed, so waits are not compared."""
    return [(s.do, s.address, s.before, s.after, dict(s.moves)) for s in plan.steps if s.writes]


def _state(outcome: Outcome) -> RunState:
    if outcome.complete:
        return "done"
    return "interrupted" if outcome.interrupted and not outcome.failed else "failed"


def _counts(plan: Plan, outcome: Outcome) -> Mapping[str, int]:
    ends = {"done": len(outcome.done), "failed": len(outcome.failed), "skipped": len(outcome.skipped)}
    return _without_zeros({**plan.summary, **ends})


def _replaced(plan: Plan, outcome: Outcome) -> dict[str, str]:
    """The DNS records that the run replaced, by the address of the record that replaced them."""
    created = {step.address for step in outcome.done if step.do == "create"}
    return {str(address): text for address, text in plan.replaced.items() if address in created}


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {what: number for what, number in counts.items() if number}


def _note(outcome: Outcome) -> str:
    if not outcome.failed:
        return ""
    first = outcome.failed[0]
    return f"{first.step.id}: {first.text}"
