"""Chooses the subnets that a stack can use, from the subnets of its VPC."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.address import Address
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.load_balancer import LoadBalancer
from .lookups import LookupFacts
from .resolve import vpc_of
from .zones import is_internal, serves_load_balancers

Subnet = Mapping[str, Any]


def with_subnets_of_stack(
    facts: LookupFacts, desired: Mapping[Address, Resource], lives: Sequence[LiveResource[Resource]]
) -> LookupFacts:
    """The facts with the subnets that this stack can use.

    An internal stack uses the private subnets, if its VPC has any. Subnets that the stack's load balancers already use
    come first: a subnet that somebody adds to the VPC changes nothing.
    """
    vpc = vpc_of(desired, facts)
    internal = is_internal(desired.values())
    private = [subnet for subnet in facts.private if subnet["VpcId"] == vpc and _is_available(subnet)]
    private = [subnet for subnet in private if serves_load_balancers(subnet, facts.region)]
    subnets = _in_use_first(private if internal and private else facts.subnets, lives)
    if not internal or not private:
        return replace(facts, subnets=subnets)
    several = any(len(fitting) > 1 for fitting in _by_zone(subnets).values())
    return replace(facts, subnets=subnets, ambiguous=_ambiguous(subnets) if several else "")


def _is_available(subnet: Subnet) -> bool:
    return bool(subnet.get("State", "available") == "available")


def _by_zone(subnets: Sequence[Subnet]) -> dict[str, list[Subnet]]:
    zones: dict[str, list[Subnet]] = defaultdict(list)
    for subnet in sorted(subnets, key=lambda subnet: str(subnet["SubnetId"])):
        zones[subnet["AvailabilityZone"]].append(subnet)
    return zones


def _in_use_first(subnets: Sequence[Subnet], lives: Sequence[LiveResource[Resource]]) -> list[Subnet]:
    """The subnets without those of zones in which the stack's load balancers have another one."""
    in_use = {str(ref) for live in lives if isinstance(live.model, LoadBalancer) for ref in live.model.subnets}
    taken = {(s["VpcId"], s["AvailabilityZone"]) for s in subnets if s["SubnetId"] in in_use}
    return [s for s in subnets if s["SubnetId"] in in_use or (s["VpcId"], s["AvailabilityZone"]) not in taken]


def _ambiguous(subnets: Sequence[Subnet]) -> str:
    """The message for several private subnets in one zone, with an example of the setting that chooses."""
    zones = sorted(_by_zone(subnets).items())
    listed = "; ".join(f"{zone}: {', '.join(map(_shown, fitting))}" for zone, fitting in zones)
    example = ", ".join(str(fitting[0]["SubnetId"]) for _, fitting in zones)
    vpc = subnets[0]["VpcId"]
    return (
        f"several private subnets of {vpc} fit ({listed}): write one for each zone, for example "
        f"network: {{vpc: {vpc}, subnets: [{example}]}}"
    )


def _shown(subnet: Subnet) -> str:
    names = [tag["Value"] for tag in subnet.get("Tags") or () if tag["Key"] == "Name"]
    return f"{subnet['SubnetId']} ({names[0]})" if names else str(subnet["SubnetId"])
