"""`listeners:`: which ports answer, and what happens to what arrives there."""

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
DOOR = re.compile(r"([0-9]{1,9})(?:/([A-Za-z_]+))?", re.ASCII)
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
    """A port, and the protocol spoken there."""

    port: int
    protocol: str | None = None


def _door(value: Any) -> Any:
    """`443/https`, or a port alone. Raises SpecValueError."""
    match = DOOR.fullmatch(str(value)) if _plain(value) else None
    if not match:
        raise SpecValueError(f"{shown_value(value)} is not a port and protocol", "write 443/https, 80/http, 53/udp")
    if not 1 <= int(match[1]) <= 65535:
        raise SpecValueError(f"{match[1]} is not a port", "ports go from 1 to 65535")
    protocol = match[2].upper() if match[2] else None
    if protocol not in (None, *PROTOCOLS):
        raise SpecValueError(
            f"{shown_value(match[2])} is not a protocol", did_you_mean(match[2], [p.lower() for p in PROTOCOLS])
        )
    return {"port": int(match[1]), "protocol": protocol}


ListenOnValue = Annotated[ListenOn, Shorthand(_door, {"type": "string", "pattern": "^[0-9]+(/[A-Za-z_]+)?$"}, NUMBER)]


class ShortRedirect(ShortModel):
    """Send the client elsewhere; what is left out stays as it was asked for."""

    to: Annotated[ListenOnValue | None, Field(description="port and protocol", examples=["443/https"])] = None
    port: Annotated[TextOrNumber | None, Field(description="port")] = None
    protocol: Annotated[Annotated[str, UpperCaseWord("HTTP", "HTTPS")] | None, Field(description="http or https")] = (
        None
    )
    host: Annotated[str | None, Field(description="host name", examples=["www.example.com"])] = None
    path: Annotated[str | None, Field(description="path; #{path} stands for the one asked for")] = None
    query: Annotated[str | None, Field(description="query without the ?; #{query} stands for the one asked for")] = None
    code: Annotated[Literal[301, 302], Field(description="301 for good, 302 for now")] = 301


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _to(value: Any) -> Any:
    return {"to": value} if _plain(value) else value


def _status(value: Any) -> Any:
    return {"status": value} if _plain(value) else value


def _content(value: Any) -> Any:
    if not isinstance(value, str):
        raise SpecValueError(f"{shown_value(value)} is not a type", "write plain, html, css, json or javascript")
    known = {*TYPES.values(), *TYPES}
    if value.lower() not in known:
        raise SpecValueError(
            f"{shown_value(value)} is not a type that a balancer can answer with", did_you_mean(value, TYPES)
        )
    return TYPES.get(value.lower(), value.lower())


class ShortRespond(ShortModel):
    """Answer at once with a fixed text."""

    status: Annotated[TextOrNumber, Field(description="200 to 299, 400 to 599", examples=[404])]
    body: Annotated[str, Field(max_length=1024, description="the text")] = ""
    type: Annotated[str, BeforeValidator(_content), Field(description="plain, html, css, json or javascript")] = (
        "text/plain"
    )


def _weights(value: Any) -> Any:
    if isinstance(value, str):
        return {"groups": {value: 1}}
    if isinstance(value, dict) and not isinstance(value.get("groups"), dict):
        return {"groups": value}
    return value


class ShortForward(ShortModel):
    """Hand requests to groups, by weight."""

    groups: Annotated[dict[str, WholeNumber], Field(description="weight of each group, 0 to 999")]
    sticky: Annotated[
        Annotated[int, Duration("1s", "7d")] | None, Field(description="time a client stays with the group it got")
    ] = None


def _headers(value: Any) -> Any:
    if isinstance(value, list):
        return [header for item in value for header in _headers(item)]
    if not isinstance(value, dict):
        raise SpecValueError(f"{shown_value(value)} is not a header and its values", "write header: {X-Name: value}")
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
                "a value of a query is neither text nor a number", "write query: {key: value}, with quotes if need be"
            )
    return [{"values": [_pair(key, text) for text in texts]} for key, texts in spread.items()]


def _pair(key: str, text: Any) -> str:
    said = as_text(text) if isinstance(text, int) and not isinstance(text, bool) else text
    return said.between(f"{key}=") if isinstance(said, Hidden) else f"{key}={said}"


class Header(ShortModel):
    """A header, and the values of which one must match."""

    name: str
    values: TextsOrNumbers


class Query(ShortModel):
    """Pairs `key=value` of a query, of which one must match."""

    values: TextsOrNumbers


def _source(value: str) -> str:
    return "!" + network(value[1:].strip()) if value.startswith("!") else network(value)


MAPS = {"type": "object"}


class ShortRule(ShortModel):
    """Of the requests that reach a listener, those that go elsewhere. All conditions must hold."""

    name: Annotated[RuleName | None, Field(description="what to call it; keep it when moving the rule")] = None
    host: Annotated[
        Texts | None, Field(description="host names; * and ? may be used", examples=["api.example.com"])
    ] = None
    path: Annotated[Texts | None, Field(description="paths; * and ? may be used", examples=["/api/*"])] = None
    method: Annotated[Texts | None, Field(description="HTTP methods", examples=["GET"])] = None
    header: Annotated[
        Annotated[list[Header], Shorthand(_headers, MAPS)] | None, Field(description="headers: {X-Name: value}")
    ] = None
    query: Annotated[
        Annotated[list[Query], Shorthand(_queries, MAPS, TEXT)] | None, Field(description="{key: value}")
    ] = None
    ip: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_source)]], OneOrMore()] | None,
        Field(description='networks clients come from; "!10.0.0.0/8" is everybody else', examples=["10.0.0.0/8"]),
    ] = None
    forward: Annotated[
        Annotated[ShortForward, Shorthand(_weights, TEXT, MAPS)] | None,
        Field(description="a group, or {group: weight}"),
    ] = None
    redirect: Annotated[
        Annotated[ShortRedirect, Shorthand(_to, TEXT, NUMBER)] | None, Field(description="443/https, or a map")
    ] = None
    respond: Annotated[
        Annotated[ShortRespond, Shorthand(_status, TEXT, NUMBER)] | None, Field(description="a fixed answer")
    ] = None
    priority: Annotated[
        WholeNumber | None, Field(ge=1, le=50000, description="only to fix what follows from the order")
    ] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortRule:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) != 1:
            what = f"both {' and '.join(given)}" if given else "nothing to do"
            raise SpecValueError(f"a rule with {what}", "give it one of forward, redirect, respond")
        return self


class ShortListener(ShortModel):
    """A port of the balancer."""

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
        Annotated[ShortRespond, Shorthand(_status, TEXT, NUMBER)] | None, Field(description="a fixed answer")
    ] = None
    tls: Annotated[str | None, Field(description="recommended, modern, compatible, or a policy's name")] = None
    certificate: Annotated[
        ShortCertificate | None, Field(description="ARN or name of a certificate, instead of the domains' own")
    ] = None
    certificates: Annotated[
        Annotated[list[ShortCertificate], OneOrMore()] | None,
        Field(description="further certificates beside it, chosen by the name that the client asks for"),
    ] = None
    rules: Annotated[list[ShortRule] | None, Field(description="exceptions; the first that matches wins")] = None

    @model_validator(mode="after")
    def _one_action(self) -> ShortListener:
        given = [word for word in ("forward", "redirect", "respond") if getattr(self, word) is not None]
        if len(given) > 1:
            raise SpecValueError(
                f"a listener with both {' and '.join(given)}", "keep one of them; rules: holds the exceptions"
            )
        return self
