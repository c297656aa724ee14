"""Runs several stacks at the same time: each in its own thread, and after the stacks that must end first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class StackJob(Generic[T]):
    """The work for one stack. `run` raises nothing: its result also says how it failed.

    after   the stacks that must end first, however they end
    """

    stack: str
    run: Callable[[], T]
    after: Collection[str] = ()


class StopSwitch:
    """Stops all stacks gently: it sets the event of each run, also of those that begin later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[threading.Event] = []
        self.pressed = threading.Event()

    def watch(self, event: threading.Event) -> None:
        """Sets this event when the switch is pressed, or now if it is pressed already."""
        with self._lock:
            self._events.append(event)
        if self.pressed.is_set():
            event.set()

    def press(self) -> None:
        """Stops all stacks. A signal handler may call it at any moment."""
        self.pressed.set()
        for event in tuple(self._events):
            event.set()


def run_together(
    jobs: Sequence[StackJob[T]], stop: StopSwitch, started: Callable[[str], None] = lambda stack: None
) -> Mapping[str, T]:
    """Returns the results by stack, when all have ended. A stack that had not begun at the stop has none.

    A job of which no thread could give a result (a defect) has none either. `started` gets each stack that begins.
    """
    return _Together(jobs, stop, started).run()


class _Together(Generic[T]):
    def __init__(self, jobs: Sequence[StackJob[T]], stop: StopSwitch, started: Callable[[str], None]) -> None:
        self._waiting = list(jobs)
        self._left = {job.stack for job in jobs}
        self._results: dict[str, T] = {}
        self._stop, self._started = stop, started
        self._changed = threading.Condition()

    def run(self) -> Mapping[str, T]:
        with self._changed:
            while self._left:
                self._start_ready()
                # A timeout, so that Python can run a signal handler in the main thread on every system.
                self._changed.wait(0.5)
        return self._results

    def _start_ready(self) -> None:
        if self._stop.pressed.is_set():
            self._left -= {job.stack for job in self._waiting}
            self._waiting = []
        for job in [job for job in self._waiting if self._left.isdisjoint(job.after)]:
            self._waiting.remove(job)
            self._started(job.stack)
            # A daemon: after a second Ctrl-C the process ends although a call hangs.
            context = copy_context()
            threading.Thread(target=context.run, args=(self._work, job), name=f"stack {job.stack}", daemon=True).start()

    def _work(self, job: StackJob[T]) -> None:
        try:
            result = job.run()
            with self._changed:
                self._results[job.stack] = result
        finally:
            with self._changed:
                self._left.discard(job.stack)
                self._changed.notify_all()
