"""The state of Elastic Load Balancing in one region."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..params import Params
from ..tags import Tags

SECURE = ("HTTPS", "TLS")
"""Protocols of listeners that have a certificate and a TLS policy."""


@dataclass
class Zone:
    """One subnet of a load balancer, with its network interface."""

    name: str
    subnet: str
    mapping: dict[str, str] = field(default_factory=dict)
    """AllocationId, PrivateIPv4Address, IPv6Address and SourceNatIpv6Prefix, which is never `auto_assigned` here."""
    interface: str = ""


@dataclass
class StoredBalancer:
    arn: str
    name: str
    type: str
    scheme: str
    ip_type: str
    vpc: str
    dns_name: str
    zone_id: str
    zones: list[Zone]
    security_groups: list[str]
    created: datetime
    active_at: float
    settings: dict[str, Any]
    attributes: dict[str, str] = field(default_factory=dict)
    failed: str = ""
    """The reason that a test gave for its failure; a failed load balancer never becomes active."""
    source_nat: bool = False
    """Whether it uses an IPv6 prefix of each subnet for source NAT."""
    private_link_rules: str = "on"
    pools: dict[str, Any] = field(default_factory=dict)
    """IpamPools and CustomerOwnedIpv4Pool, as AWS describes them."""

    def state(self, now: float) -> str:
        if now <= self.active_at:
            return "provisioning"
        return "failed" if self.failed else "active"

    @property
    def arn_suffix(self) -> str:
        """`app/name/id`, as in the ARN and in the description of its network interfaces."""
        return self.arn.split(":loadbalancer/")[1]


@dataclass
class StoredTarget:
    id: str
    port: int
    zone: str | None
    registered: float
    drained_at: float | None = None
    """When draining ends; None while it is registered."""
    server_id: str = ""
    """The QUIC server id."""

    @property
    def key(self) -> tuple[str, int]:
        return self.id, self.port


@dataclass
class StoredGroup:
    arn: str
    name: str
    fields: dict[str, Any]
    """The fields of DescribeTargetGroups, without ARN, name and load balancers."""
    settings: dict[str, Any]
    attributes: dict[str, str] = field(default_factory=dict)
    targets: dict[tuple[str, int], StoredTarget] = field(default_factory=dict)
    attached: float | None = None
    """The time since which a listener or rule forwards to it."""
    detached: float = -1e9
    last_balancer: str = ""
    unhealthy_reason: str = ""
    unhealthy_code: int | str = 500
    """The reason that a test gave for failing its health checks; empty if they may pass."""


@dataclass
class StoredRule:
    arn: str
    priority: int
    conditions: list[Params]
    actions: list[Params]
    transforms: list[Params] = field(default_factory=list)
    default: bool = False


@dataclass
class StoredListener:
    arn: str
    balancer: str
    protocol: str
    port: int
    ssl_policy: str
    certificate: str
    alpn: list[str]
    mutual: Params
    rules: dict[str, StoredRule]
    default: StoredRule
    settings: dict[str, Any]
    more_certificates: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def certificates(self) -> list[str]:
        return [self.certificate, *self.more_certificates] if self.certificate else []

    def all_rules(self) -> list[StoredRule]:
        """The rules in the order of evaluation; the default rule is last."""
        return [*sorted(self.rules.values(), key=lambda rule: rule.priority), self.default]


@dataclass
class ElbState:
    balancers: dict[str, StoredBalancer] = field(default_factory=dict)
    groups: dict[str, StoredGroup] = field(default_factory=dict)
    listeners: dict[str, StoredListener] = field(default_factory=dict)
    trust_stores: dict[str, Params] = field(default_factory=dict)
    tags: dict[str, Tags] = field(default_factory=dict)

    def listeners_of(self, balancer: str) -> list[StoredListener]:
        return [listener for listener in self.listeners.values() if listener.balancer == balancer]

    def rules(self) -> dict[str, tuple[StoredRule, StoredListener]]:
        return {rule.arn: (rule, listener) for listener in self.listeners.values() for rule in listener.all_rules()}

    def balancers_using(self, group: str) -> list[str]:
        """The load balancers that forward to a group, also with weight 0."""
        return self.usage().get(group, [])

    def usage(self) -> dict[str, list[str]]:
        """The load balancers that forward to each group."""
        using: dict[str, set[str]] = {}
        for listener in self.listeners.values():
            for rule in (*listener.rules.values(), listener.default):
                for group in forwards_to(rule.actions):
                    using.setdefault(group, set()).add(listener.balancer)
        return {group: sorted(balancers) for group, balancers in using.items()}


def forwards_to(actions: list[Params]) -> list[str]:
    """The ARNs of all target groups that the actions forward to."""
    arns: list[str] = []
    for action in actions:
        if action.get("TargetGroupArn"):
            arns.append(action["TargetGroupArn"])
        pairs = action.get("ForwardConfig", {}).get("TargetGroups", [])
        arns.extend(pair["TargetGroupArn"] for pair in pairs)
    return list(dict.fromkeys(arns))
