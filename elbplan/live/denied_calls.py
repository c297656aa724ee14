"""Tells a command of every permission that its calls lack, also of those without which elbplan goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from ..errors import Denial

Notice = Callable[[Denial], None]

_notice: ContextVar[Notice | None] = ContextVar("notice", default=None)


@contextlib.contextmanager
def noticed_by(notice: Notice) -> Iterator[None]:
    """Inside, calls of this thread tell `notice` what AWS denies."""
    token = _notice.set(notice)
    try:
        yield
    finally:
        _notice.reset(token)


def tell_denial(denied: Denial) -> None:
    """Tells the command, if one listens."""
    if notice := _notice.get():
        notice(denied)
