"""Runs the plans of stacks, with the lock of each, and checks afterwards whether they answer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from ..core.plan import Plan
from ..migrations.apply.notices import Notice
from ..run.clock import Clock, RunClock
from ..run.lock.manager import LockManager
from ..run.migration_run import MigrationRun
from ..run.outcome import Event, Tell
from ..run.result import RunResult
from ..run.slots import Slots
from ..run.stack_run import StoppableClock, StoppableReads, run_locked
from ..run.together import StopSwitch
from ..run.workflow import Cloud
from ..verification.check import Verification
from ..verification.network import NoNetwork
from .access import Access
from .events import Listener
from .locks import run_request_of
from .network import network_of
from .planning import Planned
from .session import Session
from .verification import AFTER_APPLY, checked, served_after, starts_soon, until_all_answer


class RunView(Protocol):
    """What the run of one stack needs of whoever watches it: a person at a terminal, or a program.

    slots   the steps that may run at the same time
    clock   the clock for holds and checks
    """

    slots: Slots
    clock: Clock

    def run_clock(self) -> RunClock:
        """Returns the clock of a run. Whoever stops the run sets its `stop`."""

    def reads(self, cloud: Cloud) -> Cloud:
        """Returns the cloud that plans again under the lock."""

    def reading(self, region: str) -> AbstractContextManager[object]:
        """Surrounds a read of AWS."""

    def watch(self, plan: Plan, clock: RunClock) -> AbstractContextManager[Tell]:
        """Surrounds the steps of a run. Returns what gets their events."""

    def checking(self) -> AbstractContextManager[object]:
        """Surrounds the check whether the stack answers."""

    def say(self, *lines: str) -> None:
        """Gets lines about the progress."""


def run_plan(
    planned: Planned,
    verb: str,
    view: RunView,
    manager: LockManager,
    *,
    agreed: bool,
    migration: MigrationRun | None = None,
) -> RunResult:
    """The plan as it is under the lock, and what became of it. Raises Refused, AwsProblem, Interrupted.

    Unless `agreed`, the plan under the lock must be the one that was shown.
    """
    clock = view.run_clock()
    request = run_request_of(planned, verb, agreed, migration, view.reads(planned.cloud))
    reading = view.reading(planned.plan.region)
    return run_locked(request, manager, clock, view.slots, reading=reading, watch=partial(view.watch, clock=clock))


def answers_after(
    access: Access, cloud: Cloud, result: RunResult, view: RunView, retry: str, seconds: float = AFTER_APPLY
) -> Verification | None:
    """Checks the stack as the run left it; None if there is nothing to check.

    `seconds` is how long a new load balancer may take to answer.
    """
    stack = served_after(result, retry)
    if not result.complete or not list(stack.balancers()):
        return None
    if isinstance(network_of(access, stack.region, stack.account), NoNetwork):
        seconds = 0
    with view.checking():
        (found,) = until_all_answer(
            view.clock, lambda: [checked(access, stack, cloud, view.clock)], seconds, may_pass=starts_soon
        )
    return found


@dataclass
class Together:
    """What the stacks of one call share.

    slots   the steps that may run at the same time, of all stacks
    stop    stops all stacks gently
    """

    session: Session
    stop: StopSwitch
    listener: Listener
    slots: Slots = field(init=False)

    def __post_init__(self) -> None:
        self.slots = Slots(self.session.parallel)


class ProgramView:
    """One stack of a program: nobody sees it, and its events go to the listener."""

    def __init__(self, together: Together, stack: str) -> None:
        self._together, self._stack = together, stack
        self.slots = together.slots
        self.clock: Clock = StoppableClock(_Woken(together.session.clock, together.stop), self._stopped)

    def _stopped(self) -> bool:
        return self._together.stop.pressed.is_set()

    def run_clock(self) -> RunClock:
        clock = self._together.session.run_clock()
        self._together.stop.watch(clock.stop)
        return clock

    def reads(self, cloud: Cloud) -> Cloud:
        return StoppableReads(cloud, self._stopped)

    def reading(self, region: str) -> AbstractContextManager[object]:
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def watch(self, plan: Plan, clock: RunClock) -> Iterator[Tell]:
        yield self._tell

    def _tell(self, event: Event) -> None:
        self._together.listener.tell(self._stack, event)

    def checking(self) -> AbstractContextManager[object]:
        return contextlib.nullcontext()

    def say(self, *lines: str) -> None:
        self._together.listener.say(self._stack, *lines)

    def notice(self, notice: Notice) -> None:
        """Gets what the executor of migrations reports."""
        self.say(*notice.lines)


class _Woken:
    """A clock whose sleeps end when all stacks are stopped."""

    def __init__(self, clock: Clock, stop: StopSwitch) -> None:
        self._clock, self._stop = clock, stop

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        end = self._clock.now() + seconds
        while not self._stop.pressed.is_set() and (left := end - self._clock.now()) > 0:
            self._clock.sleep(min(left, 0.5))


@contextlib.contextmanager
def pressed_by(event: threading.Event | None, stop: StopSwitch) -> Iterator[None]:
    """Presses the switch when the program sets its event."""
    if event is None:
        yield
        return
    ended = threading.Event()

    def wait() -> None:
        while not ended.is_set():
            if event.wait(0.1):
                stop.press()
                return

    if event.is_set():
        stop.press()
    threading.Thread(target=wait, name="stop", daemon=True).start()
    try:
        yield
    finally:
        ended.set()
