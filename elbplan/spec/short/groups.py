"""`targets:` and each of `groups:`: where requests go, and how one sees that a target is well."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, WithJsonSchema
from pydantic import Tag as TypeTag

from ..errors import SpecValueError
from ..messages import shown_value
from .servers import Server
from .words import (
    NUMBER,
    SWITCH,
    TEXT,
    Duration,
    OneOrMore,
    Port,
    Shorthand,
    ShortModel,
    TextOrNumber,
    UpperCaseWord,
    WholeNumber,
    text_is,
)

INSTANCE = re.compile(r"i-[0-9a-f]+", re.ASCII)
TAG = re.compile(r"[^=]{1,128}=.{0,256}", re.DOTALL)


def _instance(value: str) -> str:
    if value.startswith("i-") and not INSTANCE.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not the id of an instance", "i- and then digits or a to f: i-0abc1234def567890"
        )
    return value


def _tag(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((key, text),) = value.items()
        value = f"{key}={text}"
    if not isinstance(value, str) or not TAG.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not one tag", "write tag: KEY=VALUE")
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SpecValueError(
            f"{shown_value(value)} is not an IP address", "write 10.0.1.5; names are not resolved"
        ) from None


Tag = Annotated[
    str,
    BeforeValidator(_tag),
    WithJsonSchema({"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}], "examples": ["app=web"]}),
]


class InstanceSelector(ShortModel):
    """Instances chosen by id or by tag."""

    ids: Annotated[list[Annotated[str, AfterValidator(_instance)]], Field(description="ids of instances")] = Field(
        default=[]
    )
    tag: Annotated[Tag | None, Field(description="every instance that has this tag")] = None


def _picked(value: Any) -> Any:
    if isinstance(value, str):
        value = [value]
    return {"ids": value} if isinstance(value, list) else value


class Sticky(ShortModel):
    """How long a client stays with one target."""

    seconds: Annotated[
        int, Duration("1s", "7d"), Field(alias="for", description="for how long, up to 7d", examples=["1h"])
    ] = 86400
    cookie: Annotated[str | None, Field(description="the application's own cookie to go by")] = None
    on: Annotated[bool, Field(description="false switches it off")] = True


def _sticky(value: Any) -> Any:
    if isinstance(value, bool):
        return {"on": value}
    return value if isinstance(value, dict) else {"for": value}


class ShortHealth(ShortModel):
    """The question that tells whether a target is well."""

    path: Annotated[str | None, Field(description="path to ask for", examples=["/health"])] = None
    every: Annotated[Annotated[int, Duration("5s", "5m")] | None, Field(description="time between two checks")] = None
    timeout: Annotated[
        Annotated[int, Duration("2s", "2m")] | None, Field(description="time a target has to answer")
    ] = None
    healthy: Annotated[WholeNumber | None, Field(ge=2, le=10, description="good answers in a row until healthy")] = None
    unhealthy: Annotated[WholeNumber | None, Field(ge=2, le=10, description="bad answers in a row until unhealthy")] = (
        None
    )
    codes: Annotated[TextOrNumber | None, Field(description="answers that count as good", examples=["200-299"])] = None
    port: Annotated[TextOrNumber | None, Field(description="another port to ask on", examples=[8081])] = None
    protocol: Annotated[
        Annotated[str, UpperCaseWord("HTTP", "HTTPS", "TCP")] | None, Field(description="how to ask")
    ] = None


ServersOf = Annotated[
    Annotated[str, TypeTag("name")] | Annotated[Server, TypeTag("server")],
    Discriminator(lambda value: "name" if isinstance(value, str) else "server"),
]


class ShortGroup(ShortModel):
    """A group of targets that do the same work."""

    instances: Annotated[
        Annotated[InstanceSelector, Shorthand(_picked, TEXT, {"type": "array", "items": TEXT})] | None,
        Field(description="ids of instances, or {tag: KEY=VALUE}", examples=[["i-0abc1234def567890"]]),
    ] = None
    tag: Annotated[Tag | None, Field(description="every instance that has this tag")] = None
    ips: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_address)]], OneOrMore()] | None,
        Field(description="addresses instead of instances", examples=[["10.0.1.5"]]),
    ] = None
    servers: Annotated[
        ServersOf | None, Field(description="servers that elbplan makes: a name under servers:, or what they are")
    ] = None
    port: Annotated[Port | None, Field(description="the port the targets listen on", examples=[80])] = None
    protocol: Annotated[
        Annotated[str, UpperCaseWord("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")]
        | None,
        Field(description="how the balancer speaks to the targets"),
    ] = None
    version: Annotated[
        Annotated[str, UpperCaseWord("HTTP1", "HTTP2", "GRPC")] | None,
        Field(description="version of HTTP spoken to the targets"),
    ] = None
    health: Annotated[
        Annotated[ShortHealth, text_is("path")] | None, Field(description="a path, or a map", examples=["/health"])
    ] = None
    sticky: Annotated[
        Annotated[Sticky, Shorthand(_sticky, TEXT, NUMBER, SWITCH)] | None,
        Field(description="keep a client with one target: true, how long, or a map", examples=["1h"]),
    ] = None
    drain: Annotated[
        Annotated[int, Duration("0s", "1h")] | None, Field(description="time for requests under way to end")
    ] = None
    slow_start: Annotated[
        Annotated[int, Duration("0s", "15m")] | None,
        Field(description="time over which a new target gets its full share"),
    ] = None
    attributes: Annotated[dict[str, Any] | None, Field(description="target group attributes by AWS's own keys")] = None
