"""`network:`: the VPC, the subnets and the security groups of the load balancer."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from ...kinds.aws.fixed_addresses import AUTO_ASSIGNED
from ..errors import SpecValueError
from ..messages import shown_value
from .words import SWITCH, TEXT, OneOrMore, ResourceName, ShortModel, text_is

GROUP = re.compile(r"sg-[0-9a-f]+", re.ASCII)
ALLOCATION = re.compile(r"eipalloc-[0-9a-f]+", re.ASCII)
NAT_PREFIX_LENGTH = 80


def _security_group(value: str) -> str:
    if not GROUP.fullmatch(value):
        raise SpecValueError(f"{shown_value(value)} is not a security group", "write an id like sg-0abc1234def567890")
    return value


def _elastic_ip(value: Any) -> Any:
    """`true` for an Elastic IP that the stack owns, or the id of another."""
    if isinstance(value, bool) or (isinstance(value, str) and ALLOCATION.fullmatch(value)):
        return value
    hint = "write true for a new one, or an id like eipalloc-0abc1234def567890"
    raise SpecValueError(f"{shown_value(value)} is not an Elastic IP", hint)


def _address(value: str, version: int) -> str:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        address = None
    if address is None or address.version != version:
        example = "10.0.1.5" if version == 4 else "2001:db8::5"
        raise SpecValueError(f"{shown_value(value)} is not an IPv{version} address", f"write one like {example}")
    return str(address)


def _nat_prefix(value: str) -> str:
    """A prefix for source NAT: "an IPv6 prefix (/80 netmask) from the subnet CIDR block" (API_SubnetMapping)."""
    if value == AUTO_ASSIGNED:
        return value
    try:
        prefix = ipaddress.IPv6Network(value)
    except ValueError:
        prefix = None
    if prefix is None or prefix.prefixlen != NAT_PREFIX_LENGTH:
        hint = f"write {AUTO_ASSIGNED}, or a prefix of the subnet like 2001:db8:0:0:1::/80"
        raise SpecValueError(f"{shown_value(value)} is not an IPv6 prefix with /80", hint)
    return str(prefix)


class ShortSubnet(ShortModel):
    """A subnet, and the addresses that a network load balancer has there."""

    subnet: Annotated[ResourceName, Field(description="id, Name tag, or the letter of a zone")]
    elastic_ip: Annotated[
        bool | str | None,
        BeforeValidator(_elastic_ip),
        WithJsonSchema({"anyOf": [SWITCH, {**TEXT, "pattern": "^eipalloc-"}]}),
        Field(description="true: an Elastic IP that elbplan makes; or the id of one that exists"),
    ] = None
    private_address: Annotated[
        Annotated[str, AfterValidator(lambda value: _address(value, 4))] | None,
        Field(description="IPv4 address in the subnet, for an internal load balancer", examples=["10.0.1.5"]),
    ] = None
    ipv6_address: Annotated[
        Annotated[str, AfterValidator(lambda value: _address(value, 6))] | None,
        Field(description="IPv6 address in the subnet, with ip: dualstack", examples=["2001:db8::5"]),
    ] = None
    source_nat_prefix: Annotated[
        Annotated[str, AfterValidator(_nat_prefix)] | None,
        Field(description="IPv6 prefix (/80) for source NAT of UDP; by default AWS chooses one"),
    ] = None


SecurityGroups = Annotated[list[Annotated[str, AfterValidator(_security_group)]], OneOrMore()]


class ShortNetwork(ShortModel):
    """The VPC and the subnets of the load balancer."""

    vpc: Annotated[ResourceName, Field(description="id or Name tag; `default` is the default VPC")] = "default"
    subnets: Annotated[
        Annotated[list[Annotated[ShortSubnet, text_is("subnet")]], OneOrMore(maps=True)] | None,
        Field(description="ids or Name tags, one for each zone; or maps, with the addresses there"),
    ] = None
    security_groups: Annotated[
        SecurityGroups | None,
        Field(
            description="ids of security groups that the load balancer gets in place of one of its own; a network load "
            "balancer may have none: []",
            examples=[["sg-0abc1234def567890"]],
        ),
    ] = None
    extra_security_groups: Annotated[
        SecurityGroups | None,
        Field(
            description="ids of security groups that the load balancer gets beside its own",
            examples=[["sg-0abc1234def567890"]],
        ),
    ] = None
