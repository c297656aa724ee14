"""Helpers for every part of EC2."""

import dataclasses
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from ..errors import AwsError
from ..rules import rule
from ..server.protocol import HttpRequest

MALFORMED = {
    "GroupId": ("sg", "InvalidGroupId.Malformed"),
    "GroupIds": ("sg", "InvalidGroupId.Malformed"),
    "InstanceId": ("i", "InvalidInstanceID.Malformed"),
    "InstanceIds": ("i", "InvalidInstanceID.Malformed"),
}


@rule(21)
def well_formed(params: dict[str, Any]) -> None:
    """A malformed id has its own error code.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (InvalidInstanceID.Malformed)
    """
    for key, (prefix, code) in MALFORMED.items():
        given = params.get(key) or []
        for id in [given] if isinstance(given, str) else given:
            if not re.fullmatch(rf"{prefix}-([0-9a-f]{{8}}|[0-9a-f]{{17}})", id):
                raise AwsError(code, f'Invalid id: "{id}"')


MOST_VALUES = 200


@rule(23)
def within_filter_limits(params: dict[str, Any]) -> None:
    """At most 200 values in the filters of a call (FilterLimitExceeded).

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html ("up to 200 values per filter") and
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    for given in params.get("Filters") or []:
        if len(given.get("Values") or []) > MOST_VALUES:
            words = f"The maximum number of filter values specified on a single call is {MOST_VALUES}"
            raise AwsError("FilterLimitExceeded", words)


def rewritten(incoming: HttpRequest, changes: dict[str, str]) -> HttpRequest:
    """Returns the same request with these form fields set."""
    return _with_form(incoming, {**form(incoming), **changes})


def without(incoming: HttpRequest, prefix: str) -> HttpRequest:
    """Returns the same request without the form fields whose names begin so."""
    return _with_form(incoming, {key: value for key, value in form(incoming).items() if not key.startswith(prefix)})


def _with_form(incoming: HttpRequest, fields: dict[str, str]) -> HttpRequest:
    body = urlencode(fields).encode()
    headers = {**incoming.headers, "content-length": str(len(body))}
    return dataclasses.replace(incoming, body=body, headers=headers)


def form(incoming: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(incoming.body.decode(), keep_blank_values=True))
