"""Writes one line of JSON for each request to AWS and to the DNS, for `--debug FILE`. No line has a secret.

A line never has headers, credentials or answers. Parameters are written without values of variables, and without the
values of fields that are secret by their names.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ..core.hidden import redacted
from ..core.utc import time_text
from .read_retries import current

if TYPE_CHECKING:
    import boto3

Redact = Callable[[str], str]
"""Returns a text without the values of variables."""

SECRET = re.compile(r"secret|password|passphrase|privatekey|userdata|credential|authorization|sessiontoken", re.I)
"""Names of fields whose values are never written."""

SECRET_HEADER = re.compile(r"authorization|cookie|token|secret|key|password|signature|credential", re.I)
"""HTTP headers of listener rules whose values are never written, also if the spec has them without a variable."""

HIDDEN = "(hidden)"
LONGEST = 300
"""Characters of a value; a run record has thousands."""

_sent: ContextVar[float] = ContextVar("sent", default=0.0)


class DebugLog:
    """The log of one command. Several threads can use it.

    descriptor  the open file
    wall, now   the time of day, and the seconds of a clock that never goes back
    failed      gets the reason when the file cannot be written any more; the command goes on
    """

    def __init__(
        self,
        descriptor: int,
        redact: Redact,
        failed: Callable[[str], None],
        wall: Callable[[], float] = time.time,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._descriptor, self._redact, self._failed, self._wall, self._now = descriptor, redact, failed, wall, now
        self._lock = threading.Lock()
        self._broken = False

    def write(self, type: str, **fields: Any) -> None:
        """Writes a line with the time of day. Raises nothing."""
        document = {"at": time_text(self._wall()), "type": type, **fields}
        line = json.dumps(document, default=lambda value: HIDDEN) + "\n"
        with self._lock:
            try:
                if not self._broken:
                    os.write(self._descriptor, line.encode())
            except OSError as problem:
                self._broken = True
                self._failed(f"the debug log ends here: {problem.strerror}")

    def watch(self, session: boto3.session.Session) -> None:
        """Writes the requests of all clients that this session creates from now on."""
        session.events.register_last("before-send", self._begin)
        session.events.register("response-received", self._ended)

    def _begin(self, **_: Any) -> None:
        """botocore's event handler. Handlers of shorter event names run last: the request goes out now."""
        _sent.set(self._now())

    def _ended(
        self,
        event_name: str,
        context: Mapping[str, Any],
        response_dict: Mapping[str, Any] | None = None,
        parsed_response: Mapping[str, Any] | None = None,
        exception: Exception | None = None,
        **rest: Any,
    ) -> None:
        """botocore's event handler after each try."""
        service, operation = event_name.split(".")[1:3]
        parsed = parsed_response or {}
        fields: dict[str, Any] = {
            "service": service,
            "operation": operation,
            "region": context.get("client_region", ""),
            "try": context.get("retries", {}).get("attempt", 1),
            "seconds": round(self._now() - _sent.get(), 3),
            "status": (response_dict or {}).get("status_code"),
            "code": parsed.get("Error", {}).get("Code", ""),
            "request_id": parsed.get("ResponseMetadata", {}).get("RequestId", ""),
        }
        if exception is not None:
            fields["exception"] = type(exception).__name__
        tries = current.get()
        if tries is not None and tries.call.operation == operation:
            parameters: Any = self.safe(tries.call.params)
            fields |= {"service": tries.call.service, "parameters": parameters}
        self.write("call", **fields)

    def safe(self, parameters: Mapping[str, Any]) -> Any:
        """Returns the parameters without secrets, and with long values shortened."""
        return self._safe(redacted(dict(parameters)))

    def _safe(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self._safe_fields(value)
        if isinstance(value, list | tuple | set | frozenset):
            return [self._safe(item) for item in value]
        if isinstance(value, str):
            text = self._redact(str(value))
            return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
        return value if isinstance(value, bool | int | float) or value is None else HIDDEN

    def _safe_fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        header = SECRET_HEADER.search(str(fields.get("HttpHeaderName", "")))
        return {
            self._redact(str(name)): HIDDEN
            if SECRET.search(str(name).replace("_", "")) or (header and name == "Values")
            else self._safe(value)
            for name, value in fields.items()
        }
