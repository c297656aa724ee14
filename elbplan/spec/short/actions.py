"""Actions of listeners and rules: forward, redirect and respond."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ...core.suggest import did_you_mean
from ..errors import SpecValueError
from ..messages import shown_value
from .words import (
    NUMBER,
    TEXT,
    Duration,
    Shorthand,
    ShortModel,
    TextOrNumber,
    UpperCaseWord,
    WholeNumber,
)

PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")
LISTEN_ON = re.compile(r"([0-9]{1,9})(?:/([A-Za-z_]+))?", re.ASCII)
TYPES = {
    "plain": "text/plain",
    "text": "text/plain",
    "html": "text/html",
    "css": "text/css",
    "json": "application/json",
    "javascript": "application/javascript",
    "js": "application/javascript",
}


class ListenOn(ShortModel):
    """A port and its protocol."""

    port: int
    protocol: str | None = None


def _listen_on(value: Any) -> Any:
    """Reads `443/https`, or only a port. Raises SpecValueError."""
    match = LISTEN_ON.fullmatch(str(value)) if is_text_or_number(value) else None
    if not match:
        raise SpecValueError(
            f"{shown_value(value)} is not a port with a protocol", "write a value like 443/https, 80/http or 53/udp"
        )
    if not 1 <= int(match[1]) <= 65535:
        raise SpecValueError(f"{match[1]} is not a port", "ports go from 1 to 65535")
    protocol = match[2].upper() if match[2] else None
    if protocol not in (None, *PROTOCOLS):
        raise SpecValueError(
            f"{shown_value(match[2])} is not a protocol", did_you_mean(match[2], [p.lower() for p in PROTOCOLS])
        )
    return {"port": int(match[1]), "protocol": protocol}


ListenOnValue = Annotated[
    ListenOn, Shorthand(_listen_on, {"type": "string", "pattern": "^[0-9]+(/[A-Za-z_]+)?$"}, NUMBER)
]


class ShortRedirect(ShortModel):
    """Redirects the client. Each part of the URL that you leave out stays the same."""

    to: Annotated[ListenOnValue | None, Field(description="port and protocol", examples=["443/https"])] = None
    port: Annotated[TextOrNumber | None, Field(description="port")] = None
    protocol: Annotated[Annotated[str, UpperCaseWord("HTTP", "HTTPS")] | None, Field(description="http or https")] = (
        None
    )
    host: Annotated[str | None, Field(description="host name", examples=["www.example.com"])] = None
    path: Annotated[str | None, Field(description="path; #{path} is the path of the request")] = None
    query: Annotated[str | None, Field(description="query without the ?; #{query} is the query of the request")] = None
    code: Annotated[Literal[301, 302], Field(description="301: permanent, 302: temporary")] = 301


def is_text_or_number(value: Any) -> bool:
    """True for a scalar other than a boolean or null."""
    return isinstance(value, str | int) and not isinstance(value, bool)


def _to(value: Any) -> Any:
    return {"to": value} if is_text_or_number(value) else value


def _status(value: Any) -> Any:
    return {"status": value} if is_text_or_number(value) else value


def _content(value: Any) -> Any:
    if not isinstance(value, str):
        raise SpecValueError(
            f"{shown_value(value)} is not a content type", "write plain, html, css, json or javascript"
        )
    known = {*TYPES.values(), *TYPES}
    if value.lower() not in known:
        raise SpecValueError(f"{shown_value(value)} is not a content type", did_you_mean(value, TYPES))
    return TYPES.get(value.lower(), value.lower())


class ShortRespond(ShortModel):
    """Responds with a fixed text."""

    status: Annotated[TextOrNumber, Field(description="status code: 200 to 299, or 400 to 599", examples=[404])]
    body: Annotated[str, Field(max_length=1024, description="text of the response")] = ""
    type: Annotated[
        str, BeforeValidator(_content), Field(description="content type: plain, html, css, json or javascript")
    ] = "text/plain"


def _weights(value: Any) -> Any:
    if isinstance(value, str):
        return {"groups": {value: 1}}
    if isinstance(value, dict) and not isinstance(value.get("groups"), dict):
        return {"groups": value}
    return value


class ShortForward(ShortModel):
    """Forwards requests to groups, by weight."""

    groups: Annotated[dict[str, WholeNumber], Field(description="weight of each group, 0 to 999")]
    sticky: Annotated[
        Annotated[int, Duration("1s", "7d")] | None,
        Field(description="time for which a client stays on the same group"),
    ] = None


MAPS = {"type": "object"}
ForwardValue = Annotated[ShortForward, Shorthand(_weights, TEXT, MAPS)]
RedirectValue = Annotated[ShortRedirect, Shorthand(_to, TEXT, NUMBER)]
RespondValue = Annotated[ShortRespond, Shorthand(_status, TEXT, NUMBER)]
