"""Time as a collaborator: the real clock, or one a test moves by hand."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Seconds that only grow, and a sleep that can be cut short."""

    def now(self) -> float:
        """Seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Come back after this long, or at once when stopped."""


class RealClock:
    """The machine's clock. `stop` wakes every sleeper."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)


class ElapsedTime:
    """Counts every second that passes, also those in which this machine was suspended or this process was stopped.

    A virtual machine that its host had paused may learn of the pause from its time of day only. So of the two clocks
    the one counts that went further: a lock is asked for once too often rather than once too seldom.
    """

    def __init__(self, suspended: Callable[[], float] | None = None, wall: Callable[[], float] = time.time) -> None:
        self._clocks = (suspended or _since_boot, wall)
        self._last = [clock() for clock in self._clocks]
        self._passed = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Seconds since this was made."""
        with self._lock:
            now = [clock() for clock in self._clocks]
            self._passed += max(0.0, *(after - before for after, before in zip(now, self._last, strict=True)))
            self._last = now
            return self._passed


def _since_boot() -> float:
    """Linux has CLOCK_BOOTTIME for this; on macOS CLOCK_MONOTONIC counts while it sleeps, time.monotonic does not."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
