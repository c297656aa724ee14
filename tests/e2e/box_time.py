"""Virtual time for many threads: it moves only while all of them sleep, together with the time of the sandbox."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from elbplan.sandbox.box import Box

WINDOW = 0.04
"""Seconds of real time in which a process that only sleeps uses almost no processor time."""

IDLE_SHARE = 0.25
TOGETHER = 0.4
"""Sleeps that end within so many virtual seconds end together."""


class BoxTime:
    """The time of a sandbox with a virtual clock. Several clocks share it, inside a `with` block."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._ends: dict[object, float] = {}
        self._changed = threading.Condition()
        self._now, self._over = 0.0, False
        self._driver = threading.Thread(target=self._drive, daemon=True)

    def __enter__(self) -> Self:
        self._driver.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        self._driver.join()

    def now(self) -> float:
        return self._now

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Returns after so many virtual seconds, or after the stop."""
        key = object()
        with self._changed:
            self._ends[key] = end = self._now + seconds
            while self._now < end and not stop.is_set():
                self._changed.wait(0.2)
            del self._ends[key]

    def _drive(self) -> None:
        while not self._over:
            if self._is_idle() and self._ends:
                with self._changed:
                    target = min(self._ends.values(), default=self._now) + TOGETHER
                    step, self._now = target - self._now, target
                    self._box.advance(step)
                    self._changed.notify_all()

    @staticmethod
    def _is_idle() -> bool:
        used, began = time.process_time(), time.monotonic()
        time.sleep(WINDOW)
        return time.process_time() - used < IDLE_SHARE * (time.monotonic() - began)


class BoxRunClock:
    """The clock of one run in this time."""

    def __init__(self, time: BoxTime) -> None:
        self.stop = threading.Event()
        self._time = time

    def now(self) -> float:
        return self._time.now()

    def sleep(self, seconds: float) -> None:
        self._time.wait(seconds, self.stop)
