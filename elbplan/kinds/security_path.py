"""The way of a request through security groups, port by port: clients, load balancer, servers. Pure.

A load balancer's security groups must allow the clients on each listener port. The servers' groups must allow the load
balancer on the port of the target and on the port of the health check:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-update-security-groups.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html#target-security-groups
"""

from __future__ import annotations

from collections.abc import Mapping

from ..core.address import Address
from ..core.change import Diff
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..core.security_edge import SecurityEdge
from .client_edges import client_edges
from .external_servers import ExternalServers, State
from .listener import Listener
from .security_rules import PathFacts
from .server_edges import server_edges
from .server_ports import with_rules_of_plan
from .targets import Targets


def security_path(state: State, facts: PathFacts) -> tuple[SecurityEdge, ...]:
    """Every connection that the resources need, in the order of a request.

    `state` has the resources as a plan leaves them, or the live ones with addresses as references.
    """
    edges: dict[SecurityEdge, None] = {}
    for address, resource in state.items():
        if isinstance(resource, Listener):
            edges |= dict.fromkeys(client_edges(address, resource, state, facts))
    for address, resource in state.items():
        if isinstance(resource, Targets):
            edges |= dict.fromkeys(server_edges(address, resource, state, facts))
    return tuple(edges)


def path_after(diff: Diff, desired: State, external: ExternalServers, region: str) -> tuple[SecurityEdge, ...]:
    """The path as a plan leaves it. The rules that the plan adds and revokes count."""
    ids = {address: live.id for address, live in diff.lives.items()}
    return security_path(desired, PathFacts(with_rules_of_plan(external, diff, desired), ids, region))


def path_now(
    lives: Mapping[Address, LiveResource[Resource]], desired: State, external: ExternalServers, region: str
) -> tuple[SecurityEdge, ...]:
    """The path as it is in AWS. `desired` says who the clients are; old sides of replacements do not count."""
    current = {address: live for address, live in lives.items() if not address.deposed}
    ids = {address: live.id for address, live in current.items()}
    state = {address: live.model for address, live in current.items()}
    return security_path(state, PathFacts(external, ids, region, desired))
