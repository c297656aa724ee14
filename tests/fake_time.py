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
