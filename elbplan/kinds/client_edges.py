"""The connections from clients to the listeners of a load balancer. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..core.address import Address
from ..core.security_edge import SecurityEdge
from .aws.ingress_rules import Permission
from .external_servers import State
from .listener import Listener
from .load_balancer import LoadBalancer
from .port_commands import ingress_command
from .security_rules import PathFacts, rules_of
from .server_ports import PROTOCOLS, ServerPort, has_port

EVERYONE = {"ipv4": ("0.0.0.0/0",), "dualstack": ("0.0.0.0/0", "::/0"), "dualstack-without-public-ipv4": ("::/0",)}
"""Where the clients of an internet-facing load balancer are, by its type of addresses."""

CLIENTS = "your clients"
"""The clients of an internal load balancer, which only the user knows."""

ANYWHERE = {"0.0.0.0/0": "anywhere", "::/0": "anywhere (IPv6)"}


def client_edges(address: Address, listener: Listener, state: State, facts: PathFacts) -> Iterator[SecurityEdge]:
    """The connections to a listener. A load balancer without security groups lets in everybody, so it has none."""
    ref = listener.load_balancer
    balancer = state.get(ref) if isinstance(ref, Address) else None
    if not isinstance(ref, Address) or not isinstance(balancer, LoadBalancer) or not listener.port:
        return
    groups = balancer.security_groups or ()
    known = rules_of(groups, state, facts)
    for protocol in PROTOCOLS.get(listener.protocol or "", ("tcp",)) if groups else ():
        port = ServerPort(protocol, listener.port, checked=False)
        for client in _clients(balancer, port, state, facts):
            lets_in = any(has_port(rule, port) and _covers(rule, client, facts) for rule in known.rules)
            edge = SecurityEdge(
                "balancer", ref, address, port.number, protocol, ("listener",), known.state(lets_in), client,
                facts.texts(groups),
            )  # fmt: skip
            yield _explained(edge, facts)


def _clients(balancer: LoadBalancer, port: ServerPort, state: State, facts: PathFacts) -> Sequence[str]:
    """The sources that the groups should let in: those of the spec, else everyone if the load balancer is public."""
    wanted = state if facts.wanted is None else {**state, **facts.wanted}
    rules = rules_of(balancer.security_groups or (), wanted, facts).rules
    sources = dict.fromkeys(facts.source(rule) for rule in rules if has_port(rule, port))
    public = balancer.scheme == "internet-facing"
    return list(sources) or (EVERYONE[balancer.ip_address_type] if public else (CLIENTS,))


def _covers(rule: Permission, client: str, facts: PathFacts) -> bool:
    """True if the rule lets in every address of a client."""
    if facts.source(rule) == client:
        return True
    if not rule.cidr or "/" not in client:
        return False
    network, allowed = ipaddress.ip_network(client), ipaddress.ip_network(rule.cidr)
    if isinstance(network, ipaddress.IPv4Network) and isinstance(allowed, ipaddress.IPv4Network):
        return network.subnet_of(allowed)
    if isinstance(network, ipaddress.IPv6Network) and isinstance(allowed, ipaddress.IPv6Network):
        return network.subnet_of(allowed)
    return False


def _explained(edge: SecurityEdge, facts: PathFacts) -> SecurityEdge:
    if edge.state == "open":
        return edge
    if edge.state == "unknown":
        return replace(edge, why=f"elbplan does not know all rules of {', '.join(edge.groups)}")
    group, source = edge.groups[0], _cli_source(edge.source)
    rule = f"{edge.port_text} from {ANYWHERE.get(edge.source, edge.source)}"
    exists = group.startswith("sg-") and source
    command = ingress_command(facts.region, group, [(edge.protocol, edge.port, source)]) if exists else ""
    why = f"no inbound rule of {', '.join(edge.groups)} allows {rule}"
    return replace(edge, group=group, rule=rule, command=command, is_own=facts.is_own(group), why=why)


def _cli_source(client: str) -> str:
    """The source in the AWS CLI's shorthand; empty if it does not exist yet."""
    if client.startswith("sg-"):
        return f"UserIdGroupPairs=[{{GroupId={client}}}]"
    if client.startswith("pl-"):
        return f"PrefixListIds=[{{PrefixListId={client}}}]"
    if "/" not in client:
        return ""
    return f"Ipv6Ranges=[{{CidrIpv6={client}}}]" if ":" in client else f"IpRanges=[{{CidrIp={client}}}]"
