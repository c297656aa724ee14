"""Checks the attributes of listeners: which protocol has them, their values, characters and lengths.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.listener_attributes import (
    DEFAULTS,
    IDLE_TIMEOUT,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    SERVER,
    TCP_RESET,
)
from ....kinds.listener import Listener
from ...messages import article
from .attributes import unknown_keys
from .subject import Subject

KNOWN = {key for defaults in DEFAULTS.values() for key in defaults}
SWITCHES = (SERVER, TCP_RESET)
HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
HEADER_VALUE = re.compile(r"[ -~]*", re.ASCII)
LONGEST_VALUE = 1024

ALLOWED = {
    RESPONSE_HEADERS["Access-Control-Allow-Credentials"]: ("true",),
    RESPONSE_HEADERS["X-Content-Type-Options"]: ("nosniff",),
    RESPONSE_HEADERS["X-Frame-Options"]: ("DENY", "SAMEORIGIN"),
}
"""The values that browsers know. They ignore the header with any other value."""

MAX_AGE = RESPONSE_HEADERS["Access-Control-Max-Age"]
HSTS = RESPONSE_HEADERS["Strict-Transport-Security"]


def check_attributes(subject: Subject, address: Address, listener: Listener) -> None:
    """Reports attributes that AWS refuses for this protocol, and values that AWS or browsers do not accept."""
    unknown_keys(subject, address, listener.attributes, KNOWN)
    for key, value in listener.attributes.items():
        if problem := _problem(listener, key, value):
            subject.problem(address, ("attributes", key), *problem)
    names = [value.lower() for key, value in listener.attributes.items() if key in REQUEST_HEADERS.values() and value]
    if twice := next((name for name in names if names.count(name) > 1), None):
        what = f'two headers of requests cannot both have the name "{twice}"'
        subject.problem(address, ("attributes",), what, "give each of them its own name")


def _problem(listener: Listener, key: str, value: str) -> tuple[str, str] | None:
    """The problem of an attribute, and the hint."""
    if key not in KNOWN:
        return None
    if key not in DEFAULTS.get(listener.protocol, {}):
        having = [protocol or "gateway" for protocol, defaults in DEFAULTS.items() if key in defaults]
        protocol = article(listener.protocol or "gateway")
        what = f"{protocol} listener cannot have this attribute ({key})"
        return what, f"only {' and '.join(having)} listeners have it"
    return next(_wrong_value(key, value), None)


def _wrong_value(key: str, value: str) -> Iterator[tuple[str, str]]:
    if key in SWITCHES and value not in ("true", "false"):
        yield f'"{value}" is not a value of {key}', "write true or false"
    elif key == IDLE_TIMEOUT and not (value.isdigit() and 60 <= int(value) <= 6000):
        yield f'"{value}" is not a value of {key}', "use 60 to 6000 seconds"
    elif key in REQUEST_HEADERS.values() and value and not HEADER_NAME.fullmatch(value):
        yield f'"{value}" is not the name of a header', "use letters, digits, - and _"
    elif key in RESPONSE_HEADERS.values():
        yield from _wrong_header(key, value)


def _wrong_header(key: str, value: str) -> Iterator[tuple[str, str]]:
    header = next(name for name, known in RESPONSE_HEADERS.items() if known == key)
    if not HEADER_VALUE.fullmatch(value):
        yield f"the value of {header} has characters that a header cannot have", "use printable ASCII characters"
    elif len(value) > LONGEST_VALUE:
        yield f"the value of {header} has {len(value)} characters", f"AWS allows at most {LONGEST_VALUE}"
    elif value and key in ALLOWED and value not in ALLOWED[key]:
        yield f'"{value}" is not a value of {header}', f"write {' or '.join(ALLOWED[key])}"
    elif value and key == MAX_AGE and not value.isdigit():
        yield f'"{value}" is not a value of {header}', "write a number of seconds"
    elif value and key == HSTS and not re.match(r"max-age=\d+", value):
        yield f'"{value}" is not a value of {header}', "begin with max-age=SECONDS, as in max-age=31536000"
