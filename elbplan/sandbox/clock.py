"""The clock of a sandbox, and the actions that are scheduled by it."""

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

VIRTUAL_START = 1_750_000_000.0
VIRTUAL_STEP = 0.001


class SandboxClock:
    """Real time plus an offset; or virtual time, which moves only by `advance` and a little with every call."""

    def __init__(self, virtual: bool = False) -> None:
        self.virtual = virtual
        self._offset = 0.0
        self._time = VIRTUAL_START

    def now(self) -> float:
        return self._time if self.virtual else time.time() + self._offset

    def advance(self, seconds: float) -> None:
        if self.virtual:
            self._time += seconds
        else:
            self._offset += seconds

    def tick(self) -> None:
        """Moves virtual time a little with every call, so that no two calls happen at the same time."""
        if self.virtual:
            self._time += VIRTUAL_STEP

    def stamp(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)


class Schedule:
    """Actions with a due time. Nothing runs by itself: `run_due` runs what is due, before each call."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, due: float, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (due, next(self._numbers), action))

    def run_due(self, now: float) -> None:
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()

    def clear(self) -> None:
        self._heap.clear()
