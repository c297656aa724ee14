"""The availability zones that elbplan may choose: for a load balancer, and for servers of an instance type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.address import Address, Lookup
from ..core.call import DENIED, Answer, Call, ReadProgram
from ..core.kind import LiveResource, Scope
from ..core.permission import reads
from ..core.resource import Resource
from ..kinds.aws.ownership import owner, tag_mapping
from ..kinds.aws.queries import existing_instances, stack_filter
from ..kinds.instance import Instance
from ..kinds.load_balancer import LoadBalancer

CONSTRAINED_ZONES = ("apne1-az3", "usw1-az2")
"""Zones in which old accounts have subnets, and Elastic Load Balancing has no load balancers.

AWS publishes no list: these are the zones of public reports. For any other such zone, AWS refuses the load balancer.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html
"""

USUAL_TYPE = Instance.model_fields["type"].default

PERMISSIONS = reads(
    "ec2:DescribeInstanceTypeOfferings",
    verbs=("compare",),
    each=lambda resource: ["*"] if has_any_zone(resource) or names_zone(resource) else [],
    without_it="does not know which zones offer the type of a server",
)

Offered = Mapping[str, frozenset[str]]
"""The zones that offer an instance type. A type that is missing here was not asked for, or AWS refused to answer."""


def is_internal(resources: Iterable[Resource]) -> bool:
    """True if elbplan chooses subnets, and only for internal load balancers."""
    chosen = [
        resource
        for resource in resources
        if isinstance(resource, LoadBalancer) and any(isinstance(ref, Lookup) for ref in resource.subnets)
    ]
    return bool(chosen) and all(resource.scheme == "internal" for resource in chosen)


def has_internal(resources: Iterable[Resource]) -> bool:
    """True if elbplan chooses the subnets of an internal load balancer."""
    return any(is_internal([resource]) for resource in resources)


def has_any_zone(resource: Resource) -> bool:
    """True for a server for which elbplan chooses the zone."""
    return isinstance(resource, Instance) and isinstance(resource.subnet, Lookup) and resource.subnet.query[:1] == "#"


def names_zone(resource: Resource) -> bool:
    """True for a server whose spec names its zone, and a type beside the usual one, which nearly every zone offers."""
    named = isinstance(resource, Instance) and isinstance(resource.subnet, Lookup) and not has_any_zone(resource)
    return named and getattr(resource, "type", USUAL_TYPE) != USUAL_TYPE


def offerings(resources: Iterable[Resource]) -> Call | None:
    """The call for the zones of the servers' types; None if the spec names the zones, or has no servers."""
    return _offers_of(str(server.type) for server in resources if isinstance(server, Instance) and has_any_zone(server))


def _offers_of(types: Iterable[str]) -> Call | None:
    values = sorted(set(types) - {""})
    if not values:
        return None
    filters = [{"Name": "instance-type", "Values": values}]
    params = {"LocationType": "availability-zone", "Filters": filters}
    return Call("ec2", "DescribeInstanceTypeOfferings", params, done_if=DENIED)


def offered(answer: Answer, types: Iterable[str]) -> Offered:
    """The zones of each type. Empty if AWS refused the question: then every zone counts."""
    if "InstanceTypeOfferings" not in answer:
        return {}
    zones: dict[str, set[str]] = {type: set() for type in types}
    for offering in answer["InstanceTypeOfferings"]:
        zones.setdefault(offering["InstanceType"], set()).add(offering["Location"])
    return {type: frozenset(names) for type, names in zones.items()}


def offers_in_any_zone(answer: Answer, resources: Iterable[Resource]) -> Offered:
    """The zones of the types of servers for which elbplan chooses the zone."""
    return offered(answer, [str(r.type) for r in resources if isinstance(r, Instance) and has_any_zone(r)])


def read_offers_in_named_zones(scope: Scope | None) -> ReadProgram[Offered]:
    """The zones of the types of servers that do not run yet, and whose specs name their zones.

    The instances of the stacks are read anyway, so only new servers cost a call.
    """
    wanted = [item for item in scope.wanted(Instance) if names_zone(item[2])] if scope else []
    if scope is None or not wanted:
        return {}
    (answer,) = yield [Call("ec2", "DescribeInstances", stack_filter(scope.stacks))]
    standing = {
        (owner(tag_mapping(raw.get("Tags")), Instance.kind, scope.stacks), raw.get("InstanceType"))
        for raw in existing_instances(answer)
    }
    types = [str(server.type) for stack, address, server in wanted if ((stack, address), server.type) not in standing]
    call = _offers_of(types)
    if call is None:
        return {}
    (answer,) = yield [call]
    return offered(answer, types)


def serves_load_balancers(subnet: Mapping[str, Any], region: str) -> bool:
    """True if elbplan may choose the subnet for a load balancer.

    False for a Local Zone and a Wavelength Zone, for an Outpost, and for a zone without load balancers. Only an
    Availability Zone has the name of its region and a letter, so no call asks for the type of the zone.
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
    """
    standard = re.fullmatch(rf"{re.escape(region)}[a-z]", subnet["AvailabilityZone"])
    return bool(standard and not subnet.get("OutpostArn") and subnet.get("AvailabilityZoneId") not in CONSTRAINED_ZONES)


def subnet_of_server(
    address: Address,
    server: Instance,
    number: int,
    subnets: Mapping[str, str],
    offers: Offered,
    lives: Sequence[LiveResource[Resource]],
) -> str | None:
    """The subnet of a server for which elbplan chooses the zone; None if no zone of `subnets` offers its type.

    `subnets` has the subnet of each zone. A running server of the same type keeps its subnet: otherwise a changed
    answer of AWS, or other permissions, would replace it.
    """
    standing = {live.address: live.model for live in lives}.get(address)
    if isinstance(standing, Instance) and standing.type == server.type and str(standing.subnet) in subnets.values():
        return str(standing.subnet)
    zones = offers.get(server.type)
    fitting = [subnet for zone, subnet in subnets.items() if zones is None or zone in zones]
    return fitting[number % len(fitting)] if fitting else None


def not_offered(
    resolved: Mapping[Address, Resource],
    described: Mapping[str, Mapping[str, Any]],
    offers: Offered,
    lives: Sequence[LiveResource[Resource]],
) -> Iterator[str]:
    """The messages about new servers in zones that do not offer their type. `described` has the subnets by id."""
    standing = {
        (live.address, live.model.type, live.model.subnet) for live in lives if isinstance(live.model, Instance)
    }
    for address, server in resolved.items():
        if not isinstance(server, Instance) or (address, server.type, server.subnet) in standing:
            continue
        zone, zones = described.get(str(server.subnet), {}).get("AvailabilityZone"), offers.get(server.type)
        if zone is not None and zones is not None and zone not in zones:
            listed = ", ".join(sorted(zones)) or "none"
            yield (
                f"{address}: the zone {zone} does not offer {server.type} (zones that offer it: {listed}): write "
                "another type, or another zone"
            )
