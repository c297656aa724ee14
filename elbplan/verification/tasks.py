"""Runs checks at the same time, until a deadline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..live.worker_threads import WorkerThreads
from .check import Check, CheckName, failed, skipped
from .deadline import Deadline

SPARE = 1.0
"""Seconds after the deadline in which a check may still end by itself, with a better text."""

AT_THE_SAME_TIME = 16


@dataclass(frozen=True)
class Task:
    """A check to make; name and subject stand for it if it does not end in time."""

    name: CheckName
    subject: str
    make: Callable[[], Check]


def run(tasks: Sequence[Task], deadline: Deadline) -> list[Check]:
    """The checks in the order of the tasks. One that does not end in time is failed, a question to DNS is skipped."""
    with WorkerThreads(AT_THE_SAME_TIME) as threads:
        futures = [threads.submit(task.make) for task in tasks]
        checks = []
        for task, future in zip(tasks, futures, strict=True):
            try:
                checks.append(future.result(timeout=deadline.left + SPARE))
            except TimeoutError:
                checks.append(_late(task, deadline))
    return checks


def _late(task: Task, deadline: Deadline) -> Check:
    text = f"no answer within {deadline.limits.whole:g} s"
    if task.name in ("delegation", "dns"):
        return skipped(task.name, task.subject, text)
    return failed(task.name, task.subject, text, "see whether the server answers at all")
