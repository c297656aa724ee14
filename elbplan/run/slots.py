"""Limits how many steps call AWS at the same time, over all stacks of a command. A step that waits does not count."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from types import TracebackType

from .clock import Clock


class Slots:
    """As many steps can be inside a `with` block at the same time. Threads of several stacks share it."""

    def __init__(self, number: int) -> None:
        self._free = threading.Semaphore(number)

    def __enter__(self) -> None:
        self._free.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._free.release()

    @contextlib.contextmanager
    def given_back(self) -> Iterator[None]:
        """Gives the slot of this thread to others, and takes one again at the end."""
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


class SleepsWithoutSlot:
    """The clock of steps: who sleeps gives the slot back, so that waiting stacks keep no other stack from starting."""

    def __init__(self, clock: Clock, slots: Slots) -> None:
        self._clock, self._slots = clock, slots

    def now(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        with self._slots.given_back():
            self._clock.sleep(seconds)
