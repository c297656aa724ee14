"""`targets:` and each of `groups:`: the targets of requests, and their health check."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field
from pydantic import Tag as TypeTag

from ...kinds.instance import OnDestroy
from ..errors import SpecValueError
from ..messages import shown_value
from .servers import Server
from .target_words import FunctionArn, IpTarget, IpTargets, ScalingGroups, ServerIds, Tag
from .words import (
    NUMBER,
    SWITCH,
    TEXT,
    Duration,
    OwnTags,
    Port,
    ResourceName,
    Shorthand,
    ShortModel,
    TextOrNumber,
    UpperCaseWord,
    WholeNumber,
)

INSTANCE = re.compile(r"i-[0-9a-f]+", re.ASCII)


def _instance(value: str) -> str:
    if value.startswith("i-") and not INSTANCE.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not an instance id", "write i- and hexadecimal digits, like i-0abc1234def567890"
        )
    return value


class InstanceSelector(ShortModel):
    """Selects instances by id or by tag."""

    ids: Annotated[list[Annotated[ResourceName, AfterValidator(_instance)]], Field(description="ids of instances")] = (
        Field(default=[])
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

    path: Annotated[str | None, Field(min_length=1, description="path of the request", examples=["/health"])] = None
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
    on: Annotated[bool | None, Field(description="false: no health check; only functions can do without")] = None


def _health(value: Any) -> Any:
    if isinstance(value, bool):
        return {"on": value}
    return {"path": value} if isinstance(value, str) else value


ServersOf = Annotated[
    Annotated[str, TypeTag("name")] | Annotated[Server, TypeTag("server")],
    Discriminator(lambda value: "name" if isinstance(value, str) else "server"),
]


class ShortGroup(ShortModel):
    """A target group."""

    tags: OwnTags = None
    instances: Annotated[
        Annotated[InstanceSelector, Shorthand(_selector, TEXT, {"type": "array", "items": TEXT})] | None,
        Field(description="ids of instances, or {tag: KEY=VALUE}", examples=[["i-0abc1234def567890"]]),
    ] = None
    tag: Annotated[Tag | None, Field(description="every instance that has this tag")] = None
    ips: Annotated[
        IpTargets | None,
        Field(
            description="IP addresses in place of instances, or maps with ip, port, zone; others: registered by others",
            examples=[["10.0.1.5"]],
        ),
    ] = None
    auto_scaling_group: Annotated[
        ScalingGroups | None,
        Field(description="Auto Scaling groups that fill this group: names, or tag:KEY=VALUE", examples=["web-asg"]),
    ] = None
    function: Annotated[
        FunctionArn | None, Field(alias="lambda", description="ARN of the Lambda function that answers")
    ] = None
    load_balancer: Annotated[
        str | None, Field(description="application load balancer behind this network one: its name or ARN")
    ] = None
    quic_server_id: Annotated[
        ServerIds | None, Field(description="for QUIC: the server id of each target, by instance id or address")
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
        Annotated[ShortHealth, Shorthand(_health, TEXT, SWITCH)] | None,
        Field(description="health check: a path, true, false, or a map", examples=["/health"]),
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
    control_port: Annotated[
        Port | None, Field(description="port of the agent of the target optimizer; application load balancers only")
    ] = None
    ip: Annotated[
        Literal["ipv4", "ipv6"] | None, Field(description="IP version of instances: their IPv4 or IPv6 addresses")
    ] = None
    multi_value_headers: Annotated[
        bool | None, Field(description="true: the function gets all values of a header; lambda only")
    ] = None
    attributes: Annotated[
        dict[str, Any] | None, Field(description="target group attributes: short words, or AWS's own keys")
    ] = None

    @property
    def listed_ips(self) -> list[IpTarget]:
        """The addresses that the spec lists."""
        return self.ips if isinstance(self.ips, list) else []
