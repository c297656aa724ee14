"""A clock that a test moves by sleeping."""

from __future__ import annotations

import threading


class FakeTime:
    """Time passes only in `sleep`. Threads that sleep at the same time add up."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds


class FakeRunClock(FakeTime):
    """The clock of one run, whose waits take no real time. After `stop`, time stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.stop = threading.Event()

    def sleep(self, seconds: float) -> None:
        if not self.stop.is_set():
            super().sleep(seconds)
