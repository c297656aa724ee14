"""`targets:` and each of `groups:`: the targets of requests, and their health check."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, WithJsonSchema
from pydantic import Tag as TypeTag

from ...kinds.instance import OnDestroy
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
            f"{shown_value(value)} is not an instance id", "write i- and hexadecimal digits, like i-0abc1234def567890"
        )
    return value


def _tag(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((key, text),) = value.items()
        value = f"{key}={text}"
    if not isinstance(value, str) or not TAG.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a tag", "write tag: KEY=VALUE")
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise SpecValueError(
            f"{shown_value(value)} is not an IP address",
            "write an address like 10.0.1.5; elbplan does not resolve names",
        ) from None


Tag = Annotated[
    str,
    BeforeValidator(_tag),
    WithJsonSchema({"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}], "examples": ["app=web"]}),
]


class InstanceSelector(ShortModel):
    """Selects instances by id or by tag."""

    ids: Annotated[list[Annotated[str, AfterValidator(_instance)]], Field(description="ids of instances")] = Field(
        default=[]
    )
    tag: Annotated[Tag | None, Field(description="every instance that has this tag")] = None


def _selector(value: Any) -> Any:
    if isinstance(value, str):
        value = [value]
    return {"ids": value} if isinstance(value, list) else value


class Sticky(ShortModel):
    """How long a client stays with one target."""

    seconds: Annotated[
        int, Duration("1s", "7d"), Field(alias="for", description="duration, up to 7d", examples=["1h"])
    ] = 86400
    cookie: Annotated[
        str | None, Field(description="the application's own cookie, in place of the load balancer's")
    ] = None
    on: Annotated[bool, Field(description="false: not sticky")] = True


def _sticky(value: Any) -> Any:
    if isinstance(value, bool):
        return {"on": value}
    return value if isinstance(value, dict) else {"for": value}


class ShortHealth(ShortModel):
    """The health check of the targets."""

    path: Annotated[str | None, Field(description="path of the request", examples=["/health"])] = None
    every: Annotated[Annotated[int, Duration("5s", "5m")] | None, Field(description="time between two checks")] = None
    timeout: Annotated[
        Annotated[int, Duration("2s", "2m")] | None, Field(description="time that a target has to respond")
    ] = None
    healthy: Annotated[
        WholeNumber | None, Field(ge=2, le=10, description="good responses in a row until a target is healthy")
    ] = None
    unhealthy: Annotated[
        WholeNumber | None, Field(ge=2, le=10, description="bad responses in a row until a target is unhealthy")
    ] = None
    codes: Annotated[
        TextOrNumber | None, Field(description="status codes of a good response", examples=["200-299"])
    ] = None
    port: Annotated[
        TextOrNumber | None, Field(description="port of the check, if it is not the targets' port", examples=[8081])
    ] = None
    protocol: Annotated[
        Annotated[str, UpperCaseWord("HTTP", "HTTPS", "TCP")] | None, Field(description="protocol of the check")
    ] = None


ServersOf = Annotated[
    Annotated[str, TypeTag("name")] | Annotated[Server, TypeTag("server")],
    Discriminator(lambda value: "name" if isinstance(value, str) else "server"),
]


class ShortGroup(ShortModel):
    """A target group."""

    instances: Annotated[
        Annotated[InstanceSelector, Shorthand(_selector, TEXT, {"type": "array", "items": TEXT})] | None,
        Field(description="ids of instances, or {tag: KEY=VALUE}", examples=[["i-0abc1234def567890"]]),
    ] = None
    tag: Annotated[Tag | None, Field(description="every instance that has this tag")] = None
    ips: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_address)]], OneOrMore()] | None,
        Field(description="IP addresses in place of instances", examples=[["10.0.1.5"]]),
    ] = None
    servers: Annotated[
        ServersOf | None, Field(description="servers that elbplan creates: a name under servers:, or a definition")
    ] = None
    open: Annotated[
        bool | None,
        Field(description="true: open the security groups of instances that elbplan did not create"),
    ] = None
    on_destroy: Annotated[
        OnDestroy | None, Field(description="what destroy does with the instances that this group names by id or tag")
    ] = None
    port: Annotated[Port | None, Field(description="the port the targets listen on", examples=[80])] = None
    protocol: Annotated[
        Annotated[str, UpperCaseWord("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")]
        | None,
        Field(description="protocol between the load balancer and the targets"),
    ] = None
    version: Annotated[
        Annotated[str, UpperCaseWord("HTTP1", "HTTP2", "GRPC")] | None,
        Field(description="HTTP version between the load balancer and the targets"),
    ] = None
    health: Annotated[
        Annotated[ShortHealth, text_is("path")] | None,
        Field(description="health check: a path, or a map", examples=["/health"]),
    ] = None
    sticky: Annotated[
        Annotated[Sticky, Shorthand(_sticky, TEXT, NUMBER, SWITCH)] | None,
        Field(description="keep a client on one target: true, a duration, or a map", examples=["1h"]),
    ] = None
    drain: Annotated[
        Annotated[int, Duration("0s", "1h")] | None,
        Field(description="time in which open requests can finish before a target is removed"),
    ] = None
    slow_start: Annotated[
        Annotated[int, Duration("0s", "15m")] | None,
        Field(description="time until a new target gets its full share of requests"),
    ] = None
    attributes: Annotated[dict[str, Any] | None, Field(description="target group attributes, with AWS's own keys")] = (
        None
    )
