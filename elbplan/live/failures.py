"""Tells apart how a request fails: AWS fails, AWS limits the rate, there is no connection, or AWS refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from ..errors import ElbplanError
from .pacing import THROTTLED
from .tries import Failure

CONNECT_TIMEOUT, READ_TIMEOUT, WRITE_TIMEOUT = 5, 10, 60
"""Seconds without a connection, and without an answer to a read and to a write, until a try counts as failed."""

NO_CAPACITY = ("InsufficientInstanceCapacity", "InsufficientHostCapacity", "InsufficientCapacity")
"""Errors of EC2 with status 500, which botocore would retry for minutes. AWS advises another zone or type.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#api-error-codes-table-server
"""

NOT_OFFERED = 501
"""The HTTP status with which an AWS simulator refuses a service that it does not have."""

UNREACHABLE = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError, SSLError)
TIMEOUTS = ("RequestTimeout", "RequestTimeoutException")

Response = tuple[object, Mapping[str, Any]]
"""botocore's HTTP response, and its parsed body."""


def failure_of(response: Response | None, caught: Exception | None) -> Failure | None:
    """The failure of a try that may work when it is sent again; None if AWS has answered or refused it."""
    if response is not None:
        code, status = error_code(response[1]), status_of(response[1])
        if code in THROTTLED:
            return Failure("AWS limits the rate", throttled=True)
        if code in TIMEOUTS or fails_inside_aws(status, code):
            return Failure(str(status))
        return None
    if elbplan_error(caught) or not isinstance(caught, ConnectionError | HTTPClientError):
        return None
    if isinstance(caught, UNREACHABLE):
        return Failure("no connection", unreachable=True)
    return Failure(f"no answer in {READ_TIMEOUT} s" if isinstance(caught, ReadTimeoutError) else "the connection broke")


def fails_inside_aws(status: int, code: str) -> bool:
    """True for an error of AWS itself, not of the request."""
    return status >= 500 and status != NOT_OFFERED and code not in (*NO_CAPACITY, *THROTTLED)


def error_code(parsed: Mapping[str, Any]) -> str:
    """AWS's code of an answer; empty if it is no error."""
    return str(parsed.get("Error", {}).get("Code", ""))


def status_of(parsed: Mapping[str, Any]) -> int:
    """The HTTP status of an answer."""
    return int(parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def elbplan_error(caught: Exception | None) -> ElbplanError | None:
    """The error that a permission check raised inside a request; botocore wraps it and would retry."""
    inner = caught.kwargs.get("error") if isinstance(caught, HTTPClientError) else caught
    return inner if isinstance(inner, ElbplanError) else None
