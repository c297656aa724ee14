"""What stands at an address of the sandbox's network: a load balancer, a server, or nothing."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..account import Account, CallContext
from ..ec2 import facts
from ..rules import rule
from ..state.elbv2 import SECURE, StoredBalancer, StoredListener
from ..state.route53 import plain
from ..traffic.model import running_at
from ..traffic.names import Record, resolutions
from ..traffic.nodes import balancers_with_nodes
from ..traffic.request import VisitorRequest
from ..traffic.routing import Connection, connection_to, weights_of
from ..traffic.turns import next_turn
from .front import balancer_reply, next_group, next_target
from .messages import VisitorReply
from .servers import instance_name, page_of_target, server_page, target_connection

MOST_VALUES = 8
"""https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-policy-multivalue.html ("up to eight healthy
records")"""
Answer = Callable[[VisitorRequest], VisitorReply | None]


@dataclass(frozen=True)
class Place:
    """The end of a connection.

    connection   whether it is open
    answer       answers a request; its caller holds the lock of the account. None closes the connection
    tls          the listener that ends TLS
    server       True if a stand-in server has the connection: it speaks HTTP, and TLS with those that begin with it
    """

    connection: Connection
    answer: Answer = lambda _: None
    tls: StoredListener | None = None
    server: bool = False


def place_at(account: Account, host: str, port: int, source: str) -> Place:
    """Returns what answers at an address, or at the first address of a name. The caller holds the lock."""
    address = host if is_address(host) else next(iter(addresses_of(account, host)), "")
    for context, balancer, addresses in balancers_with_nodes(account):
        if address in addresses:
            return _at_balancer(context, balancer, port, source)
    if found := running_at(account, address):
        return _at_instance(*found, port, source)
    why = f"nothing has the address {address}" if address else f"{host} does not resolve"
    return Place(Connection("refused", why))


def is_address(host: str) -> bool:
    """True for an IPv4 or IPv6 address, False for a name."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _at_balancer(context: CallContext, balancer: StoredBalancer, port: int, source: str) -> Place:
    connection = connection_to(context, balancer, port, source)
    listener = connection.listener
    if listener is None:
        return Place(connection)
    if balancer.type == "network":
        return _behind_network_balancer(context, listener, source)

    def answer(request: VisitorRequest) -> VisitorReply | None:
        current = context.elb.listeners.get(listener.arn)
        return balancer_reply(context, current, request) if current else None

    return Place(connection, answer, listener if listener.protocol in SECURE else None)


@rule(31)
def _behind_network_balancer(context: CallContext, listener: StoredListener, source: str) -> Place:
    """A network load balancer passes connections to a target and changes no request; a TLS listener ends TLS.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/introduction.html ("it selects a target from the
    target group for the default rule. It attempts to open a TCP connection to the selected target"). A connection that
    no listener expects is dropped:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html. A target may be an
    application load balancer:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
    No page says what a balancer without a target does. Here it refuses the connection. AWS chooses by a hash of
    addresses and ports, here the targets have their turns.
    """
    tls = listener if listener.protocol in SECURE else None
    if listener.protocol in ("UDP", "QUIC"):
        return Place(Connection("dropped", f"port {listener.port} expects {listener.protocol}"))
    group = next_group(context, listener.default.arn, weights_of(listener.default.actions[-1]))
    target = next_target(context, group) if group else None
    if group is None or target is None:
        return Place(Connection("refused", "no target is registered"))
    if inner := context.elb.balancers.get(target.id):
        return _at_balancer(context, inner, target.port, source)
    connection = target_connection(context, group, target)
    return Place(connection, lambda request: page_of_target(context, group, target, request), tls, server=True)


@rule(31)
def _at_instance(context: CallContext, instance: Any, port: int, source: str) -> Place:
    """A server answers on every port that its security groups allow.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-groups.html
    """
    if not facts.allows_port(context, facts.instance_groups(instance), port, set(), {source}):
        return Place(Connection("dropped", f"security groups of {instance.id} do not let port {port} in"))
    name = instance_name(context, instance)
    return Place(Connection("open"), lambda request: server_page(name, request, port), server=True)


def addresses_of(account: Account, name: str) -> tuple[str, ...]:
    """Returns the IPv4 addresses of a name, or its IPv6 addresses if it has no others."""
    for kind in ("A", "AAAA"):
        for found in resolutions(account, plain(name), kind, lambda records: by_weight(account, records)):
            if found.values:
                return found.values
    return ()


@rule(33)
def by_weight(account: Account, records: list[Record]) -> list[Record]:
    """Route 53 answers with one record of a weighted set; if all weights are 0, with each as often.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Weight: "if you set Weight to 0
    for all resource record sets that have the same combination of DNS name and type, traffic is routed to all resources
    with equal probability"). Of a multivalue set up to eight records answer together, of other sets here the first.
    """
    if multivalue := [record for record in records if record.get("MultiValueAnswer")][:MOST_VALUES]:
        values = [value for record in multivalue for value in record["ResourceRecords"]]
        return [{**multivalue[0], "ResourceRecords": values}]
    if any("Weight" not in record for record in records):
        return records[:1]
    by_id = {record.get("SetIdentifier") or "": record for record in records}
    weights = {id: int(record["Weight"]) for id, record in by_id.items()}
    if len(weights) < 2:
        return records
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    first = records[0]
    return [by_id[next_turn(account, f"{first['Name']} {first['Type']}", weights)]]
