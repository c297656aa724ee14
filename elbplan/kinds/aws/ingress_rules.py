"""The rules of a security group, each in one canonical form."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from ...core.address import AwsId
from ...core.hidden import FREE
from ...core.kind import StepContext
from ...core.resource import Part, from_live
from ..references import SecurityGroupRef

NUMBERS = {"-1": "all", "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
ICMP = ("icmp", "icmpv6")
WITH_PORTS = ("tcp", "udp", *ICMP)
"""For every other protocol, AWS ignores the ports and allows all traffic."""

ANY_TYPE = -1


class Permission(Part):
    """What a rule allows: a protocol, ports, and one source: a CIDR, a security group or a prefix list.

    `protocol: all` and protocols other than tcp, udp and icmp have no ports.
    """

    protocol: Annotated[str, Field(description="tcp, udp, icmp, all or a protocol number")] = "tcp"
    from_port: Annotated[int | None, Field(ge=-1, le=65535, description="the first port; for icmp the type")] = None
    to_port: Annotated[int | None, Field(ge=-1, le=65535, description="the last port; for icmp the code")] = None
    cidr: Annotated[str | None, Field(description="a network, IPv4 or IPv6")] = None
    group: SecurityGroupRef | None = None
    prefix_list: Annotated[str | None, Field(description="pl-...")] = None

    @model_validator(mode="before")
    @classmethod
    def _canonical(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        if "port" in data:
            data["from_port"] = data["to_port"] = data.pop("port")
        if "protocol" in data:
            protocol = str(data["protocol"]).lower()
            data["protocol"] = NUMBERS.get(protocol, protocol)
            if data["protocol"] not in WITH_PORTS:
                data |= {"from_port": None, "to_port": None}
        if isinstance(data.get("cidr"), str):
            data["cidr"] = str(ipaddress.ip_network(data["cidr"], strict=True))
        return data

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(x is not None for x in (self.cidr, self.group, self.prefix_list)) != 1:
            raise ValueError("needs exactly one of cidr, group, prefix_list")
        if self.protocol in WITH_PORTS and (self.from_port is None or self.to_port is None):
            raise ValueError("needs port, or from_port and to_port")
        if self.protocol in ("tcp", "udp") and (self.from_port or 0) > (self.to_port or 0):
            raise ValueError("from_port is above to_port")
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """The identity of a rule in AWS: everything but the description."""
        return tuple(map(str, (self.protocol, self.from_port, self.to_port, self.cidr, self.group, self.prefix_list)))

    @property
    def ports_text(self) -> str:
        """`443`, `53/udp`, `8000-8080`, `all`, `icmp type 8`, `protocol 50`"""
        first, last = self.from_port, self.to_port
        if self.protocol in ICMP:
            return self.protocol if first in (None, ANY_TYPE) else f"{self.protocol} type {first}"
        if first is None:
            return "all" if self.protocol == "all" else f"protocol {self.protocol}"
        ports = str(first) if first == last else f"{first}-{last}"
        return ports if self.protocol == "tcp" else f"{ports}/{self.protocol}"


class IngressRule(Permission):
    """A rule of a security group. The console shows the description, which can change in place."""

    description: Annotated[str, FREE, Field(max_length=255, description="a comment that the console shows")] = ""


PORTS = ("IpProtocol", "FromPort", "ToPort")
SOURCES = (
    ("IpRanges", "CidrIp", "cidr"),
    ("Ipv6Ranges", "CidrIpv6", "cidr"),
    ("PrefixListIds", "PrefixListId", "prefix_list"),
    ("UserIdGroupPairs", "GroupId", "group"),
)


def ingress_rules_of(permissions: Iterable[Mapping[str, Any]]) -> Iterator[IngressRule]:
    """The rules of AWS's answer, one for each source."""
    return (rule for rule, _ in _rules_with_source(permissions))


def raw_permission(rule: IngressRule, permissions: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """The same rule as AWS's answer has it; None if the answer does not have it."""
    return next((raw for other, raw in _rules_with_source(permissions) if other.identity == rule.identity), None)


def _rules_with_source(permissions: Iterable[Mapping[str, Any]]) -> Iterator[tuple[IngressRule, dict[str, Any]]]:
    for permission in permissions:
        ports = {key: permission[key] for key in PORTS if permission.get(key) is not None}
        for key, field, ours in SOURCES:
            for source in permission.get(key) or ():
                named = source.get(field) or source.get("GroupName")
                if named:
                    rule = _rule(ports, ours, named, source.get("Description") or "")
                    yield rule, {**ports, key: [_as_input(source)]}


def _rule(ports: Mapping[str, Any], source: str, named: str, description: str) -> IngressRule:
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


def described_permission(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a rule of DescribeSecurityGroupRules, which has -1 where a rule has no port."""
    referenced = (raw.get("ReferencedGroupInfo") or {}).get("GroupId")
    return {
        "protocol": str(raw.get("IpProtocol", "-1")),
        "from_port": raw.get("FromPort"),
        "to_port": raw.get("ToPort"),
        "cidr": raw.get("CidrIpv4") or raw.get("CidrIpv6"),
        "group": AwsId(referenced) if referenced else None,
        "prefix_list": raw.get("PrefixListId"),
    }


READ_ONLY = ("PeeringStatus", "Description")


def _as_input(source: Mapping[str, Any]) -> dict[str, Any]:
    """A source as AWS accepts it: without the fields that it only returns."""
    return {key: value for key, value in source.items() if key not in READ_ONLY}


def is_plain(rule: IngressRule) -> bool:
    """True if AWS returns the rule as elbplan writes it; not so for other protocols and groups of other accounts."""
    return rule.protocol in ("tcp", "udp", "all") and not isinstance(rule.group, AwsId)


def permission_of(rule: Permission, context: StepContext, description: str) -> dict[str, Any]:
    """The rule in AWS's words."""
    described = {"Description": description} if description else {}
    permission: dict[str, Any] = {"IpProtocol": "-1" if rule.protocol == "all" else rule.protocol}
    ports = {"FromPort": rule.from_port, "ToPort": rule.to_port}
    permission |= {key: port for key, port in ports.items() if port is not None}
    if rule.cidr and ":" in rule.cidr:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule.cidr, **described}]
    elif rule.cidr:
        permission["IpRanges"] = [{"CidrIp": rule.cidr, **described}]
    elif rule.group:
        permission["UserIdGroupPairs"] = [{"GroupId": context.id(rule.group), **described}]
    else:
        permission["PrefixListIds"] = [{"PrefixListId": rule.prefix_list, **described}]
    return permission


def ingress_rule_text(rule: Permission) -> str:
    """`443 from anywhere`"""
    source = rule.cidr or rule.group or rule.prefix_list
    anywhere = {"0.0.0.0/0": "anywhere", "::/0": "anywhere (IPv6)"}
    return f"{rule.ports_text} from {anywhere.get(str(source), str(source))}"
