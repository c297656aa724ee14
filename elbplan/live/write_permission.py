"""Checks a permission before each attempt of a call, at the last moment before AWS acts on it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

PermissionCheck = Callable[[], None]
"""Returns if elbplan may send the request. Raises if it may not."""

_permit: ContextVar[PermissionCheck | None] = ContextVar("permit", default=None)


@contextlib.contextmanager
def checked_before_each_attempt(permit: PermissionCheck) -> Iterator[None]:
    """Inside, checks the permission for each attempt of this thread's calls, also for botocore's own retries."""
    token = _permit.set(permit)
    try:
        yield
    finally:
        _permit.reset(token)


def before_send(request: Any, **_: Any) -> None:
    """botocore's event handler. If the permission check raises, botocore makes no further attempt."""
    permit = _permit.get()
    if permit is None:
        return
    _ask(permit)
    body = request.body.encode() if isinstance(request.body, str) else request.body
    if isinstance(body, bytes) and body:
        request.body = _CheckedBody(body, permit)


def _ask(permit: PermissionCheck) -> None:
    """Checks the permission. The check may send calls itself: these need no permission."""
    token = _permit.set(None)
    try:
        permit()
    finally:
        _permit.reset(token)


class _CheckedBody:
    """The body of a request, which checks the permission again when botocore sends the body.

    Between `before_send` and the body, botocore connects, sets up the encryption and sends the headers, and the machine
    may go to sleep. AWS acts on a request only when its complete body has arrived.
    """

    def __init__(self, body: bytes, permit: PermissionCheck) -> None:
        self._body = io.BytesIO(body)
        self._size = len(body)
        self._permit = permit

    def read(self, size: int = -1) -> bytes:
        if self._body.tell() < self._size:
            _ask(self._permit)
        return self._body.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._body.seek(offset, whence)

    def tell(self) -> int:
        return self._body.tell()
