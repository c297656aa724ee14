"""Somebody who is asked before each attempt of a call, at the last moment at which it can be held back."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

AskPermission = Callable[[], None]
"""Returns if the request may go out. Raises if it may not."""

_permit: ContextVar[AskPermission | None] = ContextVar("permit", default=None)


@contextlib.contextmanager
def asked_before_each_attempt(permit: AskPermission) -> Iterator[None]:
    """Whatever this thread sends inside is asked for: the first attempt, and each that botocore makes by itself."""
    token = _permit.set(permit)
    try:
        yield
    finally:
        _permit.reset(token)


def before_send(request: Any, **_: Any) -> None:
    """botocore's event handler. Raises what the permit raises; botocore then makes no further attempt."""
    permit = _permit.get()
    if permit is None:
        return
    _ask(permit)
    body = request.body.encode() if isinstance(request.body, str) else request.body
    if isinstance(body, bytes) and body:
        request.body = _HeldBack(body, permit)


def _ask(permit: AskPermission) -> None:
    """A permit may have to send calls of its own: those are not asked for."""
    token = _permit.set(None)
    try:
        permit()
    finally:
        _permit.reset(token)


class _HeldBack:
    """The body of a request, which asks as it is handed out.

    Between before_send and the body lie the connection, its encryption, and the head of the request; a machine may
    sleep there. AWS acts on a request only when its whole body has arrived.
    """

    def __init__(self, body: bytes, permit: AskPermission) -> None:
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
