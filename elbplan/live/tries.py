"""Tells whoever shows the progress which call failed, why, and how often."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """How one try failed, with the cause in a few words."""

    cause: str
    throttled: bool = False
    unreachable: bool = False


@dataclass(frozen=True)
class FailedTry:
    """A request that failed and is sent again.

    cause    the failure in a few words: `500`, `no answer in 10 s`
    number   the number of tries so far
    over     the call has an answer now, or is not sent again
    """

    service: str
    operation: str
    cause: str
    number: int
    over: bool = False

    @property
    def call(self) -> str:
        """`elbv2 DescribeLoadBalancers`"""
        return f"{self.service} {self.operation}"

    @property
    def text(self) -> str:
        """`elbv2 DescribeLoadBalancers: 500, try 4`: what failed, and the number of the next try."""
        return f"{self.call}: {self.cause}, try {self.number + 1}"


Listener = Callable[[FailedTry], None]


def _ignore(failed: FailedTry) -> None:
    pass


_listener: ContextVar[Listener] = ContextVar("listener", default=_ignore)


@contextlib.contextmanager
def failed_tries_to(listener: Listener) -> Iterator[None]:
    """Inside, `listener` gets each failed try of this thread and of its worker threads."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(failed: FailedTry) -> None:
    """Tells the listener of this thread."""
    _listener.get()(failed)
