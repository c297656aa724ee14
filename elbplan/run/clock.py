"""Clocks, so that a test can replace the real one."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """A clock that never goes back, and a sleep that another thread can end."""

    def now(self) -> float:
        """Seconds since a fixed moment."""

    def sleep(self, seconds: float) -> None:
        """Returns after this many seconds, or at once if the clock is stopped."""


class RunClock(Clock, Protocol):
    """The clock of one run. Setting `stop` ends every sleep, and the run."""

    stop: threading.Event


class RealClock:
    """The machine's clock. `stop` ends every sleep."""

    def __init__(self) -> None:
        self.stop = threading.Event()

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.stop.wait(seconds)


class ElapsedTime:
    """Counts every second, also while this machine is suspended or this process is stopped.

    After a host pauses a virtual machine, only the time of day may show the pause. So the clock that advanced more
    counts. That may check the lock once too often, but never once too rarely.
    """

    def __init__(self, suspended: Callable[[], float] | None = None, wall: Callable[[], float] = time.time) -> None:
        self._clocks = (suspended or _since_boot, wall)
        self._last = [clock() for clock in self._clocks]
        self._passed = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        """Seconds since this object was created."""
        with self._lock:
            now = [clock() for clock in self._clocks]
            self._passed += max(0.0, *(after - before for after, before in zip(now, self._last, strict=True)))
            self._last = now
            return self._passed


def _since_boot() -> float:
    """Includes suspended time: CLOCK_BOOTTIME on Linux, CLOCK_MONOTONIC on macOS. There, time.monotonic excludes it."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()
