"""The rules of a security group: one canonical form for each, whatever AWS adds or leaves out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from ...core.address import AwsId
from ...core.hidden import FREE
from ...core.kind import StepContext
from ...core.resource import Part, from_live
from ..references import SecurityGroupRef

NUMBERS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
ICMP = ("icmp", "icmpv6")
WITH_PORTS = ("tcp", "udp", *ICMP)
"""Of every other protocol AWS lets all of it through, whatever ports are named."""

ANY_TYPE = -1


class IngressRule(Part):
    """One rule: a protocol, ports, and one source: a CIDR, a security group or a prefix list.

    `protocol: all` and protocols other than tcp, udp and icmp have no ports. A description is shown in the console and
    can change in place.
    """

    protocol: Annotated[str, Field(description="tcp, udp, icmp, all or a protocol number")] = "tcp"
    from_port: Annotated[int | None, Field(ge=-1, le=65535, description="the first port; for icmp the type")] = None
    to_port: Annotated[int | None, Field(ge=-1, le=65535, description="the last port; for icmp the code")] = None
    cidr: Annotated[str | None, Field(description="a network, IPv4 or IPv6")] = None
    group: SecurityGroupRef | None = None
    prefix_list: Annotated[str | None, Field(description="pl-...")] = None
    description: Annotated[str, FREE, Field(max_length=255, description="a word for whoever reads it")] = ""

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if "port" in data:
            data["from_port"] = data["to_port"] = data.pop("port")
        if "protocol" in data:
            said = str(data["protocol"]).lower()
            data["protocol"] = NUMBERS.get(said, said)
            if data["protocol"] not in WITH_PORTS:
                data |= {"from_port": None, "to_port": None}
        if isinstance(data.get("cidr"), str):
            data["cidr"] = str(ipaddress.ip_network(data["cidr"], strict=True))
        return data

    @model_validator(mode="after")
    def _whole(self) -> IngressRule:
        if sum(x is not None for x in (self.cidr, self.group, self.prefix_list)) != 1:
            raise ValueError("needs exactly one of cidr, group, prefix_list")
        if self.protocol in WITH_PORTS and (self.from_port is None or self.to_port is None):
            raise ValueError("needs port, or from_port and to_port")
        if self.protocol in ("tcp", "udp") and (self.from_port or 0) > (self.to_port or 0):
            raise ValueError("from_port is above to_port")
        return self

    @property
    def door(self) -> tuple[str, ...]:
        """What makes two rules the same rule for AWS: everything but the description."""
        return tuple(map(str, (self.protocol, self.from_port, self.to_port, self.cidr, self.group, self.prefix_list)))


PORTS = ("IpProtocol", "FromPort", "ToPort")
SOURCES = (
    ("IpRanges", "CidrIp", "cidr"),
    ("Ipv6Ranges", "CidrIpv6", "cidr"),
    ("PrefixListIds", "PrefixListId", "prefix_list"),
    ("UserIdGroupPairs", "GroupId", "group"),
)


def ingress_rules_of(permissions: Iterable[Mapping[str, Any]]) -> Iterator[IngressRule]:
    """Every rule of AWS's answer, one for each source."""
    return (opening for opening, _ in _each(permissions))


def raw_permission(opening: IngressRule, permissions: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The same rule in AWS's own words, as it stands in the answer; None if it is not there."""
    return next((raw for other, raw in _each(permissions) if other.door == opening.door), None)


def _each(permissions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[IngressRule, dict[str, Any]]]:
    for permission in permissions:
        ports = {key: permission[key] for key in PORTS if permission.get(key) is not None}
        for key, field, ours in SOURCES:
            for source in permission.get(key) or ():
                named = source.get(field) or source.get("GroupName")
                if named:
                    opening = _opening(ports, ours, named, source.get("Description") or "")
                    yield opening, {**ports, key: [_asked(source)]}


def _opening(ports: Mapping[str, Any], source: str, named: str, description: str) -> IngressRule:
    protocol = str(ports.get("IpProtocol", "-1")).lower()
    usual = ANY_TYPE if NUMBERS.get(protocol, protocol) in ICMP else None
    fields = {
        "protocol": protocol,
        "from_port": ports.get("FromPort", usual),
        "to_port": ports.get("ToPort", usual),
        source: AwsId(named) if source == "group" else named,
        "description": description,
    }
    return from_live(IngressRule, fields)


TOLD_ONLY = ("PeeringStatus", "Description")


def _asked(source: Mapping[str, Any]) -> dict[str, Any]:
    """A source as AWS takes it: without what it only tells."""
    return {key: value for key, value in source.items() if key not in TOLD_ONLY}


def is_plain(opening: IngressRule) -> bool:
    """Does it stand in AWS as elbplan would write it? Not so for odd protocols, nor for groups of other accounts."""
    return opening.protocol in ("tcp", "udp", "all") and not isinstance(opening.group, AwsId)


def permission_of(opening: IngressRule, context: StepContext) -> dict[str, Any]:
    """The rule in AWS's words."""
    described = {"Description": opening.description} if opening.description else {}
    permission: dict[str, Any] = {"IpProtocol": "-1" if opening.protocol == "all" else opening.protocol}
    ports = {"FromPort": opening.from_port, "ToPort": opening.to_port}
    permission |= {key: port for key, port in ports.items() if port is not None}
    if opening.cidr and ":" in opening.cidr:
        permission["Ipv6Ranges"] = [{"CidrIpv6": opening.cidr, **described}]
    elif opening.cidr:
        permission["IpRanges"] = [{"CidrIp": opening.cidr, **described}]
    elif opening.group:
        permission["UserIdGroupPairs"] = [{"GroupId": context.id(opening.group), **described}]
    else:
        permission["PrefixListIds"] = [{"PrefixListId": opening.prefix_list, **described}]
    return permission


def ingress_rule_text(opening: IngressRule) -> str:
    """`443 from anywhere`"""
    source = opening.cidr or opening.group or opening.prefix_list
    anywhere = {"0.0.0.0/0": "anywhere", "::/0": "anywhere (IPv6)"}
    return f"{_ports_text(opening)} from {anywhere.get(str(source), str(source))}"


def _ports_text(opening: IngressRule) -> str:
    """`443`, `53/udp`, `8000-8080`, `all`, `icmp type 8`, `protocol 50`"""
    first, last = opening.from_port, opening.to_port
    if opening.protocol in ICMP:
        return opening.protocol if first in (None, ANY_TYPE) else f"{opening.protocol} type {first}"
    if first is None:
        return "all" if opening.protocol == "all" else f"protocol {opening.protocol}"
    ports = str(first) if first == last else f"{first}-{last}"
    return ports if opening.protocol == "tcp" else f"{ports}/{opening.protocol}"
