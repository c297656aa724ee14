"""Requests of this process to a sandbox in this process, without a socket.

A request over a socket takes twice the time: two threads wait for each other, and both read and write HTTP. While a
fault is set, requests go over the socket, so that a lost answer or a closed connection is what it is with AWS.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError

if TYPE_CHECKING:  # both import moto, which only a process with a sandbox needs
    from .engine import Engine
    from .protocol import HttpReply

_engines: dict[str, Engine] = {}
"""The engines of this process, by host and port."""


def register(url: str, engine: Engine) -> None:
    """From now on, direct sessions send the requests for this URL to the engine."""
    _engines[urlsplit(url).netloc] = engine


def forget(url: str) -> None:
    _engines.pop(urlsplit(url).netloc, None)


class DirectSession(botocore.session.Session):  # type: ignore[misc] # botocore has no types
    """A session whose clients send requests for a sandbox of this process without a socket."""

    def create_client(self, *args: Any, **kwargs: Any) -> Any:
        client = super().create_client(*args, **kwargs)
        client._endpoint.http_session = _Sender(client._endpoint.http_session)
        return client


class _Sender:
    """Sends what is for an engine of this process to it, and everything else over the network."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        parts = urlsplit(request.url)
        engine = _engines.get(parts.netloc)
        if engine is None or engine.account.faults.all:
            return self._network.send(request)
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        reply = engine.answer_to(request.method, target, headers, _bytes(request.body))
        if reply is None:
            raise ConnectionClosedError(endpoint_url=request.url)
        return _response(request, reply, engine.account.options.clock_skew)

    def close(self) -> None:
        self._network.close()


def _response(request: AWSPreparedRequest, reply: HttpReply, skew: float) -> AWSResponse:
    body = b"" if request.method == "HEAD" else reply.body
    headers = {**reply.headers, "Date": formatdate(time.time() + skew, usegmt=True), "Content-Length": str(len(body))}
    response = AWSResponse(request.url, reply.status, headers, _Stream(body))
    if not request.stream_output:
        response.content  # noqa: B018 - botocore reads the answer here, too
    return response


class _Stream(io.BytesIO):
    """An answer as urllib3 gives it to botocore."""

    def stream(self, size: int = 1024, **_: Any) -> Iterator[bytes]:
        while part := self.read(size):
            yield part


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
