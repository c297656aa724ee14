"""The connections from a load balancer to its servers. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..core.address import Address, AwsId
from ..core.security_edge import SecurityEdge
from .external_servers import ExternalServer, State, balancer_of
from .instance import Instance
from .port_commands import open_command, source
from .security_rules import GroupRules, PathFacts, rules_of
from .server_ports import (
    BalancerSource,
    ClosedPort,
    ServerPort,
    is_surely_open,
    may_be_open,
    ports_of,
    source_with,
    uncovered,
    usable_groups,
)
from .target import Target
from .target_group import TargetGroup
from .targets import Targets

UNKNOWN_ADDRESS = "elbplan does not know the security groups of an IP address"
OTHER_VPC = "the server is in another VPC than the target group"


def server_edges(address: Address, targets: Targets, state: State, facts: PathFacts) -> Iterator[SecurityEdge]:
    """The connections to the targets of a group, each with its port. Functions and gateways have none."""
    group = state.get(targets.group) if isinstance(targets.group, Address) else None
    balancer = balancer_of(targets.group, state)
    if not isinstance(group, TargetGroup) or balancer is None or group.target_type not in ("instance", "ip"):
        return
    origin = source_with(balancer, facts.ids, facts.external)
    at = next((a for a, resource in state.items() if resource is balancer), None)
    if origin is None or at is None:
        return
    for member in targets.members:
        for port in sorted(ports_of(group, member)):
            edge = SecurityEdge(
                "server", at, address, port.number, port.protocol, _uses(group, member, port), "unknown",
                ", ".join(facts.texts(balancer.security_groups or ()) or origin.cidrs),
            )  # fmt: skip
            yield _judged(edge, member, port, origin, group, state, facts)


def _uses(group: TargetGroup, member: Target, port: ServerPort) -> tuple[str, ...]:
    """Health checks use tcp. A port of requests can be the same one."""
    if not port.checked:
        return ("requests",)
    requests = port.number == (member.port or group.port) and group.protocol not in ("UDP", "QUIC")
    return ("requests", "health checks") if requests else ("health checks",)


def _judged(
    edge: SecurityEdge,
    member: Target,
    port: ServerPort,
    origin: BalancerSource,
    group: TargetGroup,
    state: State,
    facts: PathFacts,
) -> SecurityEdge:
    """The edge with its state, and with the missing rule."""
    server = _server(member, state, facts)
    if server is None:
        unread = f"elbplan did not read {facts.text(member.instance)}" if member.instance else UNKNOWN_ADDRESS
        text = facts.text(member.instance) if member.instance else str(member.address)
        return replace(edge, server=text, why=unread)
    edge = replace(edge, server=server.id, name=server.name, groups=server.groups)
    if isinstance(group.vpc, AwsId) and server.vpc and server.vpc != group.vpc.value:
        return replace(edge, why=OTHER_VPC)
    known = _rules(member, server, state, facts)
    if is_surely_open(known.rules, port, origin):
        return replace(edge, state="open")
    if not known.complete or not server.groups:
        return replace(edge, why=f"elbplan does not know all rules of {', '.join(server.groups) or 'the server'}")
    if may_be_open(known.rules, port, origin):
        return replace(edge, why=f"a rule of {', '.join(server.groups)} lets in addresses that elbplan does not know")
    lacking = ClosedPort(server, port, origin, uncovered(known.rules, port, origin))
    return _missing(edge, lacking, facts)


def _rules(member: Target, server: ExternalServer, state: State, facts: PathFacts) -> GroupRules:
    """The rules of the server's security groups."""
    own = state.get(member.instance) if isinstance(member.instance, Address) else None
    groups = own.security_groups if isinstance(own, Instance) else tuple(map(AwsId, server.groups))
    return rules_of(groups, state, facts)


def _server(member: Target, state: State, facts: PathFacts) -> ExternalServer | None:
    """The server of a target, outside the stack or of it; None for an address and for an unknown server."""
    own = state.get(member.instance) if isinstance(member.instance, Address) else None
    if isinstance(own, Instance) and member.instance is not None:
        return ExternalServer(facts.text(member.instance), facts.region, groups=facts.texts(own.security_groups))
    return facts.external.servers.get(str(member.instance))


def _missing(edge: SecurityEdge, closed: ClosedPort, facts: PathFacts) -> SecurityEdge:
    usable = usable_groups(closed.server, facts.external)
    group = [*usable, *closed.server.groups][0]
    rule = f"{edge.port_text} from {', '.join(closed.cidrs) or edge.source or 'the subnets of the load balancer'}"
    command = open_command(group, [closed]) if source(closed) and group.startswith("sg-") else ""
    why = f"no inbound rule of {', '.join(closed.server.groups)} allows {edge.port_text} from {edge.source}"
    own = facts.is_own(group)
    return replace(
        edge, state="missing", group=group, rule=rule, command=command, openable=bool(usable) and not own, is_own=own,
        why=why,
    )  # fmt: skip
