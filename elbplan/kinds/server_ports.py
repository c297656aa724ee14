"""Ports of external servers that are closed to their load balancer. Pure.

The security groups of an instance must allow the load balancer on the port of the target and on the port of the health
check, from the load balancer's security group or from its addresses, which are in its subnets:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html#target-security-groups
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..core.address import Address, AwsId
from ..core.change import Change, Diff
from .aws.health_check import HealthCheck
from .aws.ingress_rules import Permission
from .external_servers import (
    ExternalServer,
    ExternalServers,
    Registration,
    State,
    members_of,
    registration,
    registrations,
)
from .ingress_rules import IngressRules, RuleInGroup
from .load_balancer import LoadBalancer
from .target import Target
from .target_group import TargetGroup
from .traffic import filled_group_of

PROTOCOLS: Mapping[str, tuple[str, ...]] = {
    "UDP": ("udp",),
    "QUIC": ("udp",),
    "TCP_UDP": ("tcp", "udp"),
    "TCP_QUIC": ("tcp", "udp"),
}
"""The protocols of the connections to a target, by the protocol of its group; tcp for every other."""


@dataclass(frozen=True, order=True)
class ServerPort:
    """A port to which the load balancer connects. `checked` is False if only requests use it."""

    protocol: str
    number: int
    checked: bool

    def __str__(self) -> str:
        return f"{self.number}" if self.protocol == "tcp" else f"{self.number}/{self.protocol}"


@dataclass(frozen=True)
class BalancerSource:
    """The sources of a load balancer's connections.

    groups     the ids of its security groups that exist
    addresses  the addresses of its security groups that are the stack's
    cidrs      its subnets; empty if they are unknown
    has_client_addresses  requests may reach a target with the address of the client, as from a Network Load Balancer
    """

    groups: tuple[str, ...]
    cidrs: tuple[str, ...]
    has_client_addresses: bool
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClosedPort:
    """A port of a server that no rule opens to the load balancer.

    cidrs     the subnets without a rule
    openable  `open: true` would open the port
    """

    server: ExternalServer
    port: ServerPort
    source: BalancerSource
    cidrs: tuple[str, ...]
    openable: bool = False


def closed_ports(diff: Diff, desired: State, external: ExternalServers) -> dict[Address, Sequence[ClosedPort]]:
    """The closed ports that a plan meets, by the resource whose change meets them.

    A plan registers servers, moves a health check to another port, gives the load balancer other security groups, or
    revokes rules that elbplan added. Rules that it adds count as if they were there.
    """
    external = with_rules_of_plan(external, diff, desired)
    found: dict[Address, list[ClosedPort]] = {}
    for registered in (*registrations(diff, desired, external), *_affected(diff, desired, external)):
        source = source_of(registered.balancer, diff, external) if registered.balancer else None
        if source is not None:
            found.setdefault(registered.address, []).extend(_closed(registered, source, external))
    return {address: list(dict.fromkeys(ports)) for address, ports in found.items() if ports}


def every_closed_port(diff: Diff, desired: State, external: ExternalServers) -> dict[str, Sequence[ClosedPort]]:
    """The closed ports of all servers of the stack's groups, whether the plan changes them or not; by server."""
    external = with_rules_of_plan(external, diff, desired)
    found: dict[str, list[ClosedPort]] = {}
    for address, resource in desired.items() if external.servers else ():
        for registered in registration(address, resource, members_of(resource, external), desired, external):
            origin = source_of(registered.balancer, diff, external) if registered.balancer else None
            for closed in _closed(registered, origin, external) if origin is not None else ():
                found.setdefault(closed.server.id, []).append(closed)
    return {id: list(dict.fromkeys(ports)) for id, ports in found.items()}


def _affected(diff: Diff, desired: State, external: ExternalServers) -> Iterator[Registration]:
    """The servers whose group or load balancer changes in place so that other ports or sources count."""
    for change in diff.changes if external.servers else ():
        if isinstance(change.before, IngressRules):
            yield from _revoked(change, change.before, desired, external)
        if change.action != "update":
            continue
        if isinstance(change.before, TargetGroup) and isinstance(change.after, TargetGroup):
            changed = change.before.health.port != change.after.health.port
        else:
            changed = isinstance(change.after, LoadBalancer) and "security_groups" in change.fields
        for resource in desired.values() if changed else ():
            ref = filled_group_of(resource)
            group = desired.get(ref) if isinstance(ref, Address) else None
            if isinstance(group, TargetGroup) and change.address in (ref, group.balancer):
                yield from registration(change.address, resource, members_of(resource, external), desired, external)


def _revoked(change: Change, before: IngressRules, desired: State, external: ExternalServers) -> Iterator[Registration]:
    """The servers in whose security groups rules are revoked."""
    kept = {rule.key for rule in change.after.rules} if isinstance(change.after, IngressRules) else set()
    groups = {str(rule.security_group) for rule in before.rules if rule.key not in kept}
    for resource in desired.values():
        servers = {member: external.servers.get(str(member.instance)) for member in members_of(resource, external)}
        members = [member for member, server in servers.items() if server and groups & set(server.groups)]
        yield from registration(change.address, resource, members, desired, external)


def with_rules_of_plan(external: ExternalServers, diff: Diff, desired: State) -> ExternalServers:
    """The servers with the rules that their security groups have after the plan."""
    ids = {str(address): live.id for address, live in diff.lives.items()}
    ours = {
        (str(rule.security_group), *_with_id(rule, ids).identity)
        for live in diff.lives.values() if isinstance(live.model, IngressRules) for rule in live.model.rules
    }  # fmt: skip
    rules: dict[str, list[Permission]] = {
        group: [rule for rule in own if (group, *rule.identity) not in ours] for group, own in external.rules.items()
    }
    for resource in desired.values():
        for rule in resource.rules if isinstance(resource, IngressRules) else ():
            rules.setdefault(str(rule.security_group), []).append(rule)
    return replace(external, rules=rules)


def _with_id(rule: RuleInGroup, ids: Mapping[str, str]) -> RuleInGroup:
    source = ids.get(str(rule.group))
    return rule.model_copy(update={"group": AwsId(source)}) if source else rule


def source_of(balancer: LoadBalancer, diff: Diff, external: ExternalServers) -> BalancerSource | None:
    """The sources of a load balancer. None for a gateway, whose traffic is encapsulated."""
    return source_with(balancer, {address: live.id for address, live in diff.lives.items()}, external)


def source_with(
    balancer: LoadBalancer, known_ids: Mapping[Address, str], external: ExternalServers
) -> BalancerSource | None:
    """The same, with the AWS ids of the stack's resources that exist."""
    if balancer.type == "gateway":
        return None
    refs = balancer.security_groups or ()
    addresses = tuple(str(ref) for ref in refs if isinstance(ref, Address))
    ids = [known_ids.get(ref, "") if isinstance(ref, Address) else str(ref) for ref in refs]
    subnets = [external.subnets.get(str(subnet)) for subnet in balancer.subnets]
    cidrs = tuple(sorted(subnet.cidr for subnet in subnets if subnet is not None and subnet.cidr))
    known = cidrs if len(cidrs) == len(subnets) else ()
    return BalancerSource(tuple(filter(None, ids)), known, balancer.type == "network", addresses)


def ports_of(group: TargetGroup, member: Target) -> set[ServerPort]:
    """The ports of requests and of health checks, which always use TCP."""
    port = member.port or group.port or 0
    check = port if group.health.port == HealthCheck().port else int(group.health.port)
    checked = ServerPort("tcp", check, checked=True)
    requests = {(protocol, port) for protocol in PROTOCOLS.get(group.protocol or "", ("tcp",))}
    return {checked} | {ServerPort(*use, checked=False) for use in requests - {("tcp", check)}}


def usable_groups(server: ExternalServer, external: ExternalServers) -> Sequence[str]:
    """The security groups of a server to which elbplan can add rules: a stack removes foreign rules from its groups."""
    return [group for group in server.groups if group in external.groups and not external.groups[group].stack]


def _closed(registered: Registration, source: BalancerSource, external: ExternalServers) -> Iterator[ClosedPort]:
    vpc = registered.group.vpc
    for member, server in registered.members:
        groups = [external.rules.get(group) for group in server.groups]
        in_vpc = not isinstance(vpc, AwsId) or server.vpc == vpc.value
        if not groups or not in_vpc:
            continue
        rules = [rule for rules in groups if rules is not None for rule in rules]
        for port in sorted(ports_of(registered.group, member)):
            if all(rules is not None for rules in groups) and not may_be_open(rules, port, source):
                yield ClosedPort(
                    server, port, source, uncovered(rules, port, source), bool(usable_groups(server, external))
                )


def may_be_open(rules: Sequence[Permission], port: ServerPort, source: BalancerSource) -> bool:
    """False if the load balancer certainly cannot reach the port from each of its subnets.

    The addresses of a prefix list are unknown. So are the addresses of clients, and the fixed addresses that a Network
    Load Balancer may have in its subnets. A rule for them may be enough.
    """
    matching = [rule for rule in rules if has_port(rule, port)]
    if any(rule.prefix_list or str(rule.group) in (*source.groups, *source.addresses) for rule in matching):
        return True
    cidrs = [rule.cidr for rule in matching if rule.cidr]
    if source.cidrs:
        loose = source.has_client_addresses and ((cidrs and not port.checked) or _overlap(cidrs, source.cidrs))
        return bool(loose) or not uncovered(rules, port, source)
    return any(ipaddress.ip_network(cidr, strict=False).version == IPV4 for cidr in cidrs)


def is_surely_open(rules: Sequence[Permission], port: ServerPort, source: BalancerSource) -> bool:
    """True if a rule lets in the load balancer's security group, or rules let in each of its subnets."""
    known = (*source.groups, *source.addresses)
    if any(str(rule.group) in known for rule in rules if rule.group is not None and has_port(rule, port)):
        return True
    return bool(source.cidrs) and not uncovered(rules, port, source)


IPV4 = 4


def has_port(rule: Permission, port: ServerPort) -> bool:
    """True if the rule allows the port."""
    if rule.protocol == "all":
        return True
    first, last = rule.from_port, rule.to_port
    return rule.protocol == port.protocol and (first or 0) <= port.number <= (65535 if last is None else last)


def uncovered(rules: Iterable[Permission], port: ServerPort, source: BalancerSource) -> tuple[str, ...]:
    """The subnets from which no rule with a CIDR allows the port."""
    allowed = _networks(rule.cidr for rule in rules if rule.cidr and has_port(rule, port))
    return tuple(
        cidr for cidr in source.cidrs if not any(ipaddress.IPv4Network(cidr).subnet_of(network) for network in allowed)
    )


def _overlap(cidrs: Iterable[str], subnets: Iterable[str]) -> bool:
    allowed = _networks(cidrs)
    return any(ipaddress.IPv4Network(subnet).overlaps(network) for subnet in subnets for network in allowed)


def _networks(cidrs: Iterable[str]) -> list[ipaddress.IPv4Network]:
    """The IPv4 networks. Adjacent networks become one, so that two halves contain a subnet together."""
    networks = [ipaddress.ip_network(cidr, strict=False) for cidr in cidrs]
    return list(ipaddress.collapse_addresses(n for n in networks if isinstance(n, ipaddress.IPv4Network)))
