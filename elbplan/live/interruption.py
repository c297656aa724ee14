"""Ends the retries of a call after Ctrl-C. botocore repeats a call in a thread that Ctrl-C does not reach."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar


def _never() -> bool:
    return False


_stopped: ContextVar[Callable[[], bool]] = ContextVar("stopped", default=_never)


@contextlib.contextmanager
def no_retries_after(stopped: Callable[[], bool]) -> Iterator[None]:
    """Inside, botocore does not repeat this thread's calls any more when `stopped` returns True."""
    token = _stopped.set(stopped)
    try:
        yield
    finally:
        _stopped.reset(token)


def is_stopped() -> bool:
    """True if the user has pressed Ctrl-C during a program that `no_retries_after` surrounds."""
    return _stopped.get()()


def is_in_program() -> bool:
    """True inside `no_retries_after`: the call belongs to a run that has begun."""
    return _stopped.get() is not _never
