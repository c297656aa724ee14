"""AWS through a network that a test controls: services that hang or cannot be reached, and a clock without waiting."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.live.failures import READ_TIMEOUT
from elbplan.live.read_retries import ReadRetries
from elbplan.sandbox.box import Box
from tests.fake_time import FakeTime

EVERYTHING = "*"


class BadNetwork:
    """Names of operations or regions (or `*`) hang or cannot be reached. `requests` are the operations in order."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.time = FakeTime()
        self.hanging: set[str] = set()
        self.unreachable: set[str] = set()
        self.requests: list[str] = []
        self.retries = ReadRetries(self.time.now, self.time.sleep)
        self._session = boto3_session("test", "test")
        self._session.events.register("before-send", self._transport)

    def aws(self, region: str) -> Aws:
        return Aws(region, endpoint=self.box.url, session=self._session, retries=self.retries)

    def _transport(self, event_name: str, request: Any, **_: Any) -> None:
        operation = event_name.rsplit(".", 1)[-1]
        self.requests.append(operation)
        names = {operation, _region(request), EVERYTHING}
        if self.unreachable & names:
            raise EndpointConnectionError(endpoint_url=request.url)
        if self.hanging & names:
            self.time.sleep(READ_TIMEOUT)
            raise ReadTimeoutError(endpoint_url=request.url)


def _region(request: Any) -> str:
    """The region for which the request is signed."""
    signature = request.headers.get("Authorization", b"")
    text = signature.decode() if isinstance(signature, bytes) else signature
    return text.split("Credential=")[1].split("/")[2] if "Credential=" in text else ""
