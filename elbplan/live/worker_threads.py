"""Threads that send questions and hold nobody up: who leaves does not wait for the answers that are still out.

Python's own thread pool waits for its threads, at the end of the `with` and once more at the end of the process. A
person who presses Ctrl-C while a call hangs would wait with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = Callable[[], None]


class WorkerThreads:
    """At most `size` threads, begun as they are needed. For questions only: what runs may be left in the middle."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = 0

    def submit(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """The answer to come, or what asking raises."""
        future: Future[T] = Future()

        def job() -> None:
            try:
                future.set_result(ask(*args, **kwargs))
            except BaseException as fault:
                future.set_exception(fault)

        self._jobs.put(job)
        if self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._work, name="crew", daemon=True).start()
        return future

    def map(self, ask: Callable[[Any], T], items: Any) -> list[T]:
        """All answers, in order. Raises what the first one raises that fails."""
        return [future.result() for future in [self.submit(ask, item) for item in items]]

    def _work(self) -> None:
        while job := self._jobs.get():
            job()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _number in range(self._threads):
            self._jobs.put(None)
