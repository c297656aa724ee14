"""The calls that change the subnets of a load balancer.

A load balancer has one subnet in each zone. An application load balancer exchanges the subnet of a zone in one call.
A network load balancer must first leave the zone:
https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4171
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.call import Call, WriteProgram
from .fixed_addresses import subnets_or_mappings

Mappings = Mapping[str, Mapping[str, str]]
"""By id of a subnet, its mapping."""

NOT_NOW = ("CapacityReservationPending",)
"""AWS changes no subnets while it still provides reserved capacity: API_SetSubnets."""


def change_subnets(arn: str, mappings: Mappings, *, wider: bool) -> WriteProgram:
    """Sets the subnets of an application or gateway load balancer.

    AWS refuses two subnets of one zone. If the subnet of a zone changes, AWS refuses the wider set of the first step,
    and the set of the last step replaces the subnet.
    """
    refused = ("InvalidConfigurationRequest",) if wider else ()
    params = {"LoadBalancerArn": arn, **subnets_or_mappings(mappings.values())}
    yield Call("elbv2", "SetSubnets", params, done_if=refused, retry_on=NOT_NOW)
    return {}


def change_network_subnets(
    arn: str, mappings: Mappings, old: Mappings, *, wider: bool, settings: Mapping[str, str]
) -> WriteProgram:
    """Sets the subnets of a network load balancer. The wider set leaves out a second subnet of a zone.

    `old` are the mappings until now. `settings` are further parameters of SetSubnets; with them, it is called in any
    case.
    """
    known = {**old, **mappings}
    current = yield from _current_subnets(arn)
    wanted = yield from _by_zone([subnet for subnet in mappings if subnet not in current.values()])
    if wider:
        free = {zone: subnet for zone, subnet in wanted.items() if zone not in current}
        if free or settings or _other_prefixes(mappings, old):
            zones = {**current, **free}
            yield _set_subnets(arn, _in_order(zones, known), settings, STILL_LEAVING if free else ())
        return {}
    for zone in sorted(current.keys() & wanted.keys()):
        rest = {other: subnet for other, subnet in current.items() if other != zone}
        if rest:
            yield _set_subnets(arn, _in_order(rest, known), settings)
        current = {**rest, zone: wanted[zone]}
        yield _set_subnets(arn, _in_order(current, known), settings, STILL_LEAVING if rest else ())
    if set(current.values()) != set(mappings) or settings or _other_prefixes(mappings, old):
        yield _set_subnets(arn, mappings.values(), settings)
    return {}


STILL_LEAVING = ("InvalidConfigurationRequest", "ValidationError", "ResourceInUse")
"""Errors while a network load balancer still leaves the zone of its new subnet, or while the network interface there
still has the Elastic IP. No page names the code."""


def _other_prefixes(mappings: Mappings, old: Mappings) -> bool:
    """True if a subnet that stays gets another prefix for source NAT, which AWS changes in place."""
    return any(mappings[subnet] != old[subnet] for subnet in mappings.keys() & old.keys())


def _current_subnets(arn: str) -> WriteProgram:
    """The subnets that the load balancer has now, by zone."""
    answer = yield Call("elbv2", "DescribeLoadBalancers", {"LoadBalancerArns": [arn]})
    return {zone["ZoneName"]: zone["SubnetId"] for zone in answer["LoadBalancers"][0].get("AvailabilityZones") or ()}


def _by_zone(subnets: Sequence[str]) -> WriteProgram:
    """The subnets by zone."""
    if not subnets:
        return {}
    answer = yield Call("ec2", "DescribeSubnets", {"SubnetIds": list(subnets)})
    return {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in answer["Subnets"]}


def _in_order(subnets: Mapping[str, str], known: Mappings) -> list[Mapping[str, str]]:
    """The mappings of these subnets, in the order of their zones."""
    return [known.get(subnets[zone], {"SubnetId": subnets[zone]}) for zone in sorted(subnets)]


def _set_subnets(
    arn: str, mappings: Iterable[Mapping[str, str]], settings: Mapping[str, str], retry_on: tuple[str, ...] = ()
) -> Call:
    params: dict[str, Any] = {"LoadBalancerArn": arn, **subnets_or_mappings(mappings), **settings}
    return Call("elbv2", "SetSubnets", params, retry_on=(*NOT_NOW, *retry_on), timeout=300 if retry_on else 120)
