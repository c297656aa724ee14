"""The rules that `open: true` adds to the security groups of servers that elbplan did not create. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..core.address import Address, AwsId, Ref
from ..core.kind import LiveResource
from ..core.resource import Resource
from .auto_scaling_attachment import AutoScalingAttachment
from .external_servers import (
    ExternalServer,
    ExternalServers,
    Registration,
    State,
    in_other_vpc,
    members_of,
    registration,
)
from .ingress_rules import IngressRules, RuleInGroup
from .load_balancer import LoadBalancer
from .server_ports import ServerPort, ports_of, usable_groups
from .targets import Targets

SERVERS = Address(IngressRules.kind, "servers")
"""The address of the rules of a stack: one resource, since two groups can need the same rule."""

Lives = Sequence[LiveResource[Resource]]


@dataclass(frozen=True)
class Need:
    """A port of a server that the load balancer must reach."""

    server: ExternalServer
    port: ServerPort
    balancer: LoadBalancer


def with_opened_servers(desired: State, lives: Lives, external: ExternalServers) -> dict[Address, Resource]:
    """The desired resources, with the inbound rules that targets with `open: true` need.

    A rule that others added already is left out: AWS allows no equal rule beside it, and it is not elbplan's.
    """
    needs = list(_needs(desired, external))
    chosen = chosen_groups(dict.fromkeys(need.server for need in needs), external)
    rules = [
        RuleInGroup(security_group=AwsId(chosen[need.server.id]), protocol=need.port.protocol,
                    from_port=need.port.number, to_port=need.port.number, **source)
        for need in needs if need.server.id in chosen for source in _sources(need.balancer, external)
    ]  # fmt: skip
    explicit = desired.get(SERVERS)
    rules += explicit.rules if isinstance(explicit, IngressRules) else ()
    others = _rules_of_others(lives, external)
    rules = [rule for rule in rules if not others & _live_keys(rule, lives)]
    return {**desired, SERVERS: IngressRules.model_validate({"rules": rules})} if rules else dict(desired)


def _needs(desired: State, external: ExternalServers) -> Iterator[Need]:
    for address, resource in desired.items():
        if not isinstance(resource, Targets | AutoScalingAttachment) or not resource.open:
            continue
        for registered in registration(address, resource, members_of(resource, external), desired, external):
            if registered.balancer is not None and registered.balancer.type != "gateway":
                yield from _needs_of(registered, registered.balancer)


def _needs_of(registered: Registration, balancer: LoadBalancer) -> Iterator[Need]:
    elsewhere = in_other_vpc(registered)
    for member, server in registered.members:
        if server not in elsewhere:
            for port in sorted(ports_of(registered.group, member)):
                yield Need(server, port, balancer)


def chosen_groups(servers: Iterable[ExternalServer], external: ExternalServers) -> dict[str, str]:
    """For each server's id, the security group that gets its rules; as few groups as possible.

    The group that most of the remaining servers have comes first; of several, the default group of a VPC comes last,
    and the first id first. A group of an elbplan stack never counts: that stack would remove the rule. A server
    without a group that counts is left out.
    """
    left = {server.id: usable_groups(server, external) for server in servers}
    chosen: dict[str, str] = {}
    while groups := sorted({group for own in left.values() for group in own}):
        shares = {group: sum(group in own for own in left.values()) for group in groups}
        best = max(groups, key=lambda group: (shares[group], not external.groups[group].is_default))
        chosen |= {id: best for id, own in left.items() if best in own}
        left = {id: own for id, own in left.items() if id not in chosen}
    return chosen


def _sources(balancer: LoadBalancer, external: ExternalServers) -> list[dict[str, Ref | str]]:
    """The source of the rules: a security group of the load balancer, the stack's own first.

    A Network Load Balancer may have none. Then its connections come from its subnets.
    """
    groups = balancer.security_groups or ()
    own: list[Ref] = [group for group in groups if isinstance(group, Address)]
    if groups:
        return [{"group": [*own, *groups][0]}]
    subnets = [external.subnets.get(str(subnet)) for subnet in balancer.subnets]
    cidrs = sorted(subnet.cidr for subnet in subnets if subnet is not None and subnet.cidr)
    return [{"cidr": cidr} for cidr in cidrs] if len(cidrs) == len(subnets) else []


def _rules_of_others(lives: Lives, external: ExternalServers) -> set[tuple[str, ...]]:
    """The keys of the rules in the servers' groups that do not have the stack's tags."""
    ours = {rule.key for live in lives if isinstance(live.model, IngressRules) for rule in live.model.rules}
    return {(group, *rule.identity) for group, rules in external.rules.items() for rule in rules} - ours


def _live_keys(rule: RuleInGroup, lives: Lives) -> set[tuple[str, ...]]:
    """The keys that the rule can have in AWS: an address stands for a live security group of the stack."""
    if not isinstance(rule.group, Address):
        return {rule.key}
    ids = [live.id for live in lives if live.address[:2] == rule.group[:2]]
    return {rule.model_copy(update={"group": AwsId(id)}).key for id in ids}
