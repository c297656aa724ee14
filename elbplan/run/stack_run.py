"""Runs the plan of one stack from its lock to its result. Whoever calls it gives it a clock, and sees its events."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager

from ..core.call import Answer, Call
from ..core.plan import Plan
from ..errors import Interrupted
from ..kinds import KINDS
from .clock import Clock, RunClock
from .lock.locked_run import LockedRun, RunRequest
from .lock.manager import LockManager
from .outcome import Event, StepTime, Tell
from .result import RunResult
from .slots import Slots
from .workflow import Cloud

Watch = Callable[[Plan], AbstractContextManager[Tell]]
"""Surrounds a run, and returns what gets its events. Its plan is the one that was made under the lock."""


def run_locked(
    request: RunRequest,
    manager: LockManager,
    clock: RunClock,
    slots: Slots,
    *,
    reading: AbstractContextManager[object],
    watch: Watch,
) -> RunResult:
    """The plan as it is under the lock, and what became of it. `clock.stop` stops the run gently.

    `reading` surrounds the time until the lock is taken and the plan is made again. Raises Refused, AwsProblem,
    Interrupted.
    """
    with contextlib.ExitStack() as stack:
        with reading, slots:
            run = stack.enter_context(LockedRun(request, manager, clock.stop))
        with watch(run.plan) as tell:
            timed = TimedTell(tell)
            outcome = run.run(KINDS, timed, clock, slots=slots)
    return RunResult(run.plan, outcome, run.run_id, times=timed.times)


class TimedTell:
    """Passes events on, and keeps the time of each step that ended."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.times: dict[str, StepTime] = {}

    def __call__(self, event: Event) -> None:
        if event.what in ("done", "failed"):
            self.times[event.step.id] = StepTime(event.seconds - event.took, event.took)
        self._tell(event)


class StoppableClock:
    """A clock for holds and checks. Raises Interrupted in `sleep` when `stop` is set."""

    def __init__(self, clock: Clock, stopped: Callable[[], bool]) -> None:
        self._clock, self._stopped = clock, stopped

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)
        if self._stopped():
            raise Interrupted("interrupted", hint="run the same command again")


class StoppableReads:
    """A cloud for reads. After the stop it sends nothing more, so that nobody waits for a plan that is not run."""

    def __init__(self, cloud: Cloud, stopped: Callable[[], bool]) -> None:
        self.region = cloud.region
        self._cloud, self._stopped = cloud, stopped

    def send(self, call: Call) -> Answer:
        if self._stopped():
            raise Interrupted("interrupted before the first step", hint="run the same command again")
        return self._cloud.send(call)
