"""The short form as a whole: every key that may stand at the top."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from ..errors import SpecValueError
from ..messages import shown_value
from .domains import Domain
from .groups import ShortGroup
from .listeners import ShortListener
from .servers import Server
from .words import (
    SWITCH,
    BalancerType,
    Name,
    OneOrMore,
    OneOrNamed,
    OwnName,
    Shorthand,
    ShortModel,
    Texts,
    network,
    text_is,
)

REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}", re.ASCII)
ZONE = re.compile(r"([a-z]{2}(-[a-z]+)+-[0-9]{1,2})?([a-z])", re.ASCII)
BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?", re.ASCII)
SOURCE = re.compile(r"(sg|pl)-[0-9a-f]+", re.ASCII)


def _region(value: str) -> str:
    if not REGION.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a region", "write it like ap-northeast-2 or eu-central-1")
    return value


def _zone(value: str) -> str:
    if not ZONE.fullmatch(value):
        raise SpecValueError(
            f"{shown_value(value)} is not an availability zone", "write its letter, a, or all of it, ap-northeast-2a"
        )
    return value


def _access(value: Any) -> Any:
    """AWS's own word for public is understood."""
    return "public" if value == "internet-facing" else value


def _bucket(value: str) -> str:
    if not BUCKET.fullmatch(value) or len(value) > 1000:
        raise SpecValueError(f"{shown_value(value)} is not a bucket", "write s3://BUCKET/PREFIX")
    return value


def source(value: str) -> str:
    """Who may come: a network, a security group or a prefix list."""
    return value if SOURCE.fullmatch(value) else network(value)


def named_servers(value: Any) -> Any:
    """One definition is called `web`; a map of maps holds several by name."""
    if isinstance(value, dict) and not any(isinstance(item, dict) for item in value.values()):
        return {"web": value}
    return value


class ShortNetwork(ShortModel):
    """Where the balancer stands."""

    vpc: Annotated[str, Field(description="id or Name tag; `default` is the default VPC")] = "default"
    subnets: Annotated[Texts | None, Field(description="ids or Name tags, one per zone")] = None


class Protect(ShortModel):
    """What must not happen by accident."""

    deletion: Annotated[bool, Field(description="AWS's own deletion protection")] = False


def _protect(value: Any) -> Any:
    return {"deletion": value} if isinstance(value, bool) else value


class Manage(ShortModel):
    """What elbplan sees to beside the balancer; all true unless said otherwise."""

    target_security_groups: Annotated[
        bool, Field(description="give servers made here a security group that lets the balancer in, and nobody else")
    ] = True
    dns: Annotated[bool, Field(description="make the alias records of the domains")] = True
    certificate: Annotated[bool, Field(description="make a certificate for domains that bring none")] = True


Domains = Annotated[list[Annotated[Domain, text_is("name")]], OneOrMore(maps=True)]


class Short(ShortModel):
    """A stack in a few words. What is left out is decided for you; `elbplan expand` shows how."""

    version: Annotated[Literal[1] | None, Field(description="version of this grammar")] = None
    name: Annotated[Name, Field(description="the stack's name, for ever", examples=["my-web"])]
    region: Annotated[
        Annotated[str, AfterValidator(_region)] | None,
        Field(description="AWS region; else what your AWS configuration says", examples=["ap-northeast-2"]),
    ] = None
    zones: Annotated[
        Annotated[list[Annotated[str, AfterValidator(_zone)]], OneOrMore()] | None,
        Field(description="availability zones, by letter; all of them if left out", examples=[["a", "c"]]),
    ] = None
    type: Annotated[BalancerType, Field(description="kind of load balancer")] = "application"
    access: Annotated[
        Literal["public", "internal"], BeforeValidator(_access), Field(description="reachable from the internet or not")
    ] = "public"
    ip: Annotated[
        Literal["ipv4", "dualstack", "dualstack-without-public-ipv4"], Field(description="address families")
    ] = "ipv4"
    network: Annotated[ShortNetwork | None, Field(description="VPC and subnets; the default VPC if left out")] = None
    allow: Annotated[
        Annotated[list[Annotated[str, AfterValidator(source)]], OneOrMore()] | None,
        Field(
            description="who may reach the listeners: networks, security groups, prefix lists", examples=[["0.0.0.0/0"]]
        ),
    ] = None
    domain: Annotated[
        Domains | None,
        Field(description="names people use: certificate, HTTPS and DNS follow", examples=["api.example.com"]),
    ] = None
    take_over: Annotated[bool, Field(description="domains may replace records that elbplan did not make")] = False
    remove_validation: Annotated[
        bool,
        Field(description="with a certificate goes the DNS record that validated it, if no region needs it any more"),
    ] = False
    targets: Annotated[ShortGroup | None, Field(description="where requests go: one group, called web")] = None
    groups: Annotated[
        dict[OwnName, ShortGroup] | None, Field(description="several groups by name, instead of targets")
    ] = None
    servers: Annotated[
        Annotated[dict[OwnName, Server], OneOrNamed(named_servers)] | None,
        Field(description="servers that elbplan makes: one kind, or several by name"),
    ] = None
    listeners: Annotated[
        list[ShortListener] | None, Field(description="ports; 80, or 443 with a domain, if left out")
    ] = None
    tls: Annotated[
        str | None, Field(description="for all listeners: recommended, modern, compatible, or a policy's name")
    ] = None
    logs: Annotated[
        Annotated[str, AfterValidator(_bucket)] | None,
        Field(description="access logs", examples=["s3://bucket/prefix"]),
    ] = None
    protect: Annotated[
        Annotated[Protect, Shorthand(_protect, SWITCH)] | None,
        Field(description="true refuses deletion"),
    ] = None
    manage: Annotated[Manage | None, Field(description="what elbplan sees to; everything if left out")] = None
    tags: Annotated[dict[str, str] | None, Field(description="tags for every resource", examples=[{"team": "web"}])] = (
        None
    )
    ignore: Annotated[
        Texts | None, Field(description="fields that another tool owns", examples=[["listener.443.action"]])
    ] = None
    overrides: Annotated[
        dict[str, dict[str, Any]] | None, Field(description="fields of the long form, by address, laid over all else")
    ] = None
