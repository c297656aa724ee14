"""`listeners:`: the ports of the load balancer, and the actions for their requests."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ...core.hidden import Hidden, as_text
from ...core.suggest import did_you_mean
from ..errors import SpecValueError
from ..messages import shown_value
from .domains import ShortCertificate
from .words import (
    NUMBER,
    TEXT,
    Duration,
    OneOrMore,
    RuleName,
    Shorthand,
    ShortModel,
    TextOrNumber,
    Texts,
    TextsOrNumbers,
    UpperCaseWord,
    WholeNumber,
    network,
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
    match = LISTEN_ON.fullmatch(str(value)) if _plain(value) else None
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


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _to(value: Any) -> Any:
    return {"to": value} if _plain(value) else value


def _status(value: Any) -> Any:
    return {"status": value} if _plain(value) else value


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


def _headers(value: Any) -> Any:
    if isinstance(value, list):
        return [header for item in value for header in _headers(item)]
    if not isinstance(value, dict):
        raise SpecValueError(
            f"{shown_value(value)} is not a map of header names to values", "write header: {X-Name: value}"
        )
    if "values" in value and set(value) <= {"name", "values"}:
        return [value]
    return [{"name": name, "values": values} for name, values in value.items()]


def _queries(value: Any) -> Any:
    if not isinstance(value, dict):
        values = value if isinstance(value, list) else [value]
        return [{"values": values}]
    spread = {key: texts if isinstance(texts, list) else [texts] for key, texts in value.items()}
    for texts in spread.values():
        if not all(map(_plain, texts)):
            raise SpecValueError(
                "a query value must be text or a number", 'write query: {key: value}; quote a value like "true"'
            )
    return [{"values": [_pair(key, text) for text in texts]} for key, texts in spread.items()]


def _pair(key: str, text: Any) -> str:
    value = as_text(text) if isinstance(text, int) and not isinstance(text, bool) else text
    return value.between(f"{key}=") if isinstance(value, Hidden) else f"{key}={value}"


class Header(ShortModel):
    """A header and its possible values."""

    name: str
    values: TextsOrNumbers


class Query(ShortModel):
    """The possible `key=value` pairs of a query."""

    values: TextsOrNumbers


def _source(value: str) -> str:
    return "!" + network(value[1:].strip()) if value.startswith("!") else network(value)


MAPS = {"type": "object"}


class ShortRule(ShortModel):
    """A rule of a listener: the requests that match all its conditions get its action."""

    name: Annotated[RuleName | None, Field(description="name; keep it when you move the rule")] = None
    host: Annotated[
        Texts | None, Field(description="host names, with the wildcards * and ?", examples=["api.example.com"])
    ] = None
    path: Annotated[Texts | None, Field(description="paths, with the wildcards * and ?", examples=["/api/*"])] = None
    method: Annotated[Texts | None, Field(description="HTTP methods", examples=["GET"])] = None
    header: Annotated[
        Annotated[list[Header], Shorthand(_headers, MAPS)] | None, Field(description="headers: {X-Name: value}")
    ] = None
    query: Annotated[
        Annotated[list[Query], Shorthand(_queries, MAPS, TEXT)] | None, Field(description="{key: value}")
    ] = None
    ip: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_source)]], OneOrMore()] | None,
        Field(description='networks of the clients; "!10.0.0.0/8" means all other networks', examples=["10.0.0.0/8"]),
    ] = None
    forward: Annotated[
        Annotated[ShortForward, Shorthand(_weights, TEXT, MAPS)] | None,
        Field(description="a group, or {group: weight}"),
    ] = None
    redirect: Annotated[
        Annotated[ShortRedirect, Shorthand(_to, TEXT, NUMBER)] | None, Field(description="443/https, or a map")
    ] = None
    respond: Annotated[
        Annotated[ShortRespond, Shorthand(_status, TEXT, NUMBER)] | None, Field(description="a fixed response")
    ] = None
    priority: Annotated[
        WholeNumber | None, Field(ge=1, le=50000, description="fixed priority; by default it follows from the order")
    ] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortRule:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) != 1:
            what = " and ".join(given) if given else "no action"
            raise SpecValueError(f"a rule has {what}", "write exactly one of forward, redirect, respond")
        return self


class ShortListener(ShortModel):
    """A listener of the load balancer."""

    listen: Annotated[
        ListenOnValue | None, Field(description="port and protocol", examples=["443/https", "80/http"])
    ] = None
    forward: Annotated[
        Annotated[ShortForward, Shorthand(_weights, TEXT, MAPS)] | None,
        Field(description="a group, or {group: weight}"),
    ] = None
    redirect: Annotated[
        Annotated[ShortRedirect, Shorthand(_to, TEXT, NUMBER)] | None, Field(description="443/https, or a map")
    ] = None
    respond: Annotated[
        Annotated[ShortRespond, Shorthand(_status, TEXT, NUMBER)] | None, Field(description="a fixed response")
    ] = None
    tls: Annotated[str | None, Field(description="recommended, modern, compatible, or a policy's name")] = None
    certificate: Annotated[
        ShortCertificate | None, Field(description="ARN or name of a certificate, in place of the domains' own")
    ] = None
    certificates: Annotated[
        Annotated[list[ShortCertificate], OneOrMore()] | None,
        Field(description="more certificates; AWS selects one by the host name that the client requests (SNI)"),
    ] = None
    rules: Annotated[list[ShortRule] | None, Field(description="rules; the first rule that matches applies")] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortListener:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) > 1:
            raise SpecValueError(
                f"a listener has {' and '.join(given)}", "keep one of them; put exceptions into rules:"
            )
        return self
