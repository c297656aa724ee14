"""Threads for calls that read. The program does not wait for their answers when it ends.

Python's own thread pool waits for its threads at the end of the `with` block and at the end of the process. After
Ctrl-C a person would wait for a call that hangs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = Callable[[], None]


class WorkerThreads:
    """At most `size` threads, started on demand. Only for calls that read: the end of the program interrupts them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._threads = 0

    def submit(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Runs `ask` in a thread, with the context variables of the caller. The future has its result or exception."""
        future: Future[T] = Future()
        context = copy_context()

        def job() -> None:
            try:
                future.set_result(context.run(ask, *args, **kwargs))
            except BaseException as fault:
                future.set_exception(fault)

        self._jobs.put(job)
        if self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._work, name="elbplan-reader", daemon=True).start()
        return future

    def map(self, ask: Callable[[Any], T], items: Any) -> list[T]:
        """All answers, in order. Raises the exception of the first call that fails."""
        return [future.result() for future in [self.submit(ask, item) for item in items]]

    def _work(self) -> None:
        while job := self._jobs.get():
            job()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for _number in range(self._threads):
            self._jobs.put(None)
