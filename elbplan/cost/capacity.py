"""Capacity units: how many a load balancer uses.

AWS counts four dimensions and bills the largest: https://aws.amazon.com/elasticloadbalancing/pricing/. The limits of a
unit for UDP and for gateways were checked against https://handbook.vantage.sh/aws/services/elb-pricing, which copies
that page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from ..core.address import Address
from ..core.resource import Resource
from ..core.traffic_estimate import TrafficEstimate
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.rule import Rule
from ..kinds.target_group import TargetGroup

Basis = Literal["band", "traffic", "cloudwatch"]

PRICES: Mapping[str, str] = {"application": "lcu", "network": "nlcu", "gateway": "glcu"}
"""The names of the prices, by the type of the load balancer."""

LOW, TYPICAL, HIGH = Decimal(0), Decimal(1), Decimal(10)
"""The band of capacity units without an estimate: idle, up to one unit, and a busy site.

A load balancer without requests uses none. One unit is 25 new connections a second, or 3,000 open connections, or 1 GB
an hour, which few small sites reach.
"""

FREE_RULES = 10


class Limits(NamedTuple):
    """What one capacity unit allows."""

    new_per_second: Decimal
    active_per_minute: Decimal
    gb_per_hour: Decimal = Decimal(1)


APPLICATION = Limits(Decimal(25), Decimal(3000))
FUNCTIONS = Limits(Decimal(25), Decimal(3000), Decimal("0.4"))
TCP = Limits(Decimal(800), Decimal(100_000))
UDP = Limits(Decimal(400), Decimal(50_000))
TLS = Limits(Decimal(50), Decimal(3000))
GATEWAY = Limits(Decimal(600), Decimal(60_000))
EVALUATIONS_PER_SECOND = Decimal(1000)


class Consumption(NamedTuple):
    """The capacity units of an hour that CloudWatch reports on average, or why it reports none."""

    units: Decimal | None
    problem: str = ""


Consumptions = Mapping[Address, Consumption]


@dataclass(frozen=True)
class CapacityUse:
    """The capacity units that a load balancer uses, and the price of one for an hour.

    low, typical, high   units; all three are the same unless the basis is `band`
    unit_price           dollars for one unit in one hour; None if no table has the price
    basis                `band`: a range of usual figures; `traffic`: the spec's estimate; `cloudwatch`: measured
    problem              why CloudWatch does not say more, if it was asked; empty if it was not
    price_key            the name of the price in the table
    """

    address: str
    low: Decimal
    typical: Decimal
    high: Decimal
    unit_price: Decimal | None
    basis: Basis
    problem: str = ""
    price_key: str = ""


def capacity_units(
    address: Address, resources: Mapping[Address, Resource], traffic: TrafficEstimate, ids: Mapping[str, Address]
) -> Decimal:
    """The capacity units that this traffic needs at this load balancer.

    `ids` has the addresses of live resources by their AWS ids, since live resources refer to each other by id.
    """
    balancer = resources[address]
    assert isinstance(balancer, LoadBalancer)
    limits = _limits(balancer, address, resources, ids)
    dimensions = [
        traffic.new_connections_per_second / limits.new_per_second,
        traffic.active_connections_per_minute / limits.active_per_minute,
        traffic.gb_per_hour / limits.gb_per_hour,
    ]
    if balancer.type == "application":
        extra = max(0, most_rules(address, resources, ids) - FREE_RULES)
        dimensions.append(extra * traffic.requests_per_second / EVALUATIONS_PER_SECOND)
    return max(dimensions)


def most_rules(address: Address, resources: Mapping[Address, Resource], ids: Mapping[str, Address]) -> int:
    """The number of rules of the listener of this load balancer that has the most, without its default rule."""
    listeners = {listener for listener, _ in _listeners(address, resources, ids)}
    counts = dict.fromkeys(listeners, 0)
    for resource in resources.values():
        if isinstance(resource, Rule) and (listener := _address(resource.listener, ids)) in counts:
            counts[listener] += 1
    return max(counts.values(), default=0)


def _limits(
    balancer: LoadBalancer, address: Address, resources: Mapping[Address, Resource], ids: Mapping[str, Address]
) -> Limits:
    if balancer.type == "gateway":
        return GATEWAY
    if balancer.type == "network":
        protocols = {listener.protocol for _, listener in _listeners(address, resources, ids)}
        if "TLS" in protocols:
            return TLS
        return UDP if protocols & {"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"} else TCP
    groups = [resource for resource in resources.values() if isinstance(resource, TargetGroup)]
    return FUNCTIONS if any(group.target_type == "lambda" for group in groups) else APPLICATION


def _listeners(
    address: Address, resources: Mapping[Address, Resource], ids: Mapping[str, Address]
) -> list[tuple[Address, Listener]]:
    return [
        (where, resource)
        for where, resource in resources.items()
        if isinstance(resource, Listener) and _address(resource.load_balancer, ids) == address
    ]


def _address(ref: object, ids: Mapping[str, Address]) -> object:
    return ref if isinstance(ref, Address) else ids.get(str(ref))
