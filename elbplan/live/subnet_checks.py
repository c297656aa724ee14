"""Refuses subnets that AWS would refuse for a load balancer, before the first write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.address import Address
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.load_balancer import LoadBalancer

FREE_ADDRESSES = 8
"""The free addresses that AWS wants in each subnet.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html
"""

NOT_ASSOCIATED = ("disassociating", "disassociated", "failing", "failed")
"""States of an IPv6 block: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetCidrBlockState.html"""

Subnet = Mapping[str, Any]


def subnet_problems(
    resolved: Mapping[Address, Resource],
    described: Mapping[str, Subnet],
    lives: Sequence[LiveResource[Resource]],
) -> Iterator[str]:
    """The messages about the subnets of load balancers. `described` has the subnets that AWS described, by id.

    A subnet that a load balancer of the stack already uses needs no free addresses.
    """
    in_use = {str(ref) for live in lives if isinstance(live.model, LoadBalancer) for ref in live.model.subnets}
    for balancer in resolved.values():
        if isinstance(balancer, LoadBalancer):
            subnets = [described[str(ref)] for ref in balancer.subnets if str(ref) in described]
            yield from _same_zone(subnets)
            yield from _without_ipv6(balancer, subnets)
            yield from _too_full(balancer, [subnet for subnet in subnets if subnet["SubnetId"] not in in_use])


def _same_zone(subnets: Sequence[Subnet]) -> Iterator[str]:
    zones: dict[str, list[str]] = defaultdict(list)
    for subnet in subnets:
        zones[subnet["AvailabilityZone"]].append(subnet["SubnetId"])
    for zone, ids in zones.items():
        if len(ids) > 1:
            listed = ", ".join(sorted(ids))
            yield f"{listed} are all in zone {zone}, and AWS takes one subnet for each zone: leave out all but one"


def _without_ipv6(balancer: LoadBalancer, subnets: Sequence[Subnet]) -> Iterator[str]:
    if balancer.ip_address_type == "ipv4":
        return
    for subnet in subnets:
        blocks = subnet.get("Ipv6CidrBlockAssociationSet")
        if blocks is not None and not any(_is_associated(block) for block in blocks):
            yield (
                f"the subnet {subnet['SubnetId']} in zone {subnet['AvailabilityZone']} has no IPv6 block, which "
                f"{balancer.ip_address_type} needs: write ip: ipv4, or run aws ec2 associate-subnet-cidr-block "
                f"--subnet-id {subnet['SubnetId']} --ipv6-cidr-block ... (the VPC needs a block first)"
            )


def _is_associated(block: Mapping[str, Any]) -> bool:
    return block.get("Ipv6CidrBlockState", {}).get("State") not in NOT_ASSOCIATED


def _too_full(balancer: LoadBalancer, subnets: Sequence[Subnet]) -> Iterator[str]:
    if balancer.type == "gateway" or (balancer.scheme == "internal" and balancer.pins):
        return
    for subnet in subnets:
        free = subnet.get("AvailableIpAddressCount", FREE_ADDRESSES)
        if free < FREE_ADDRESSES:
            yield (
                f"the subnet {subnet['SubnetId']} in zone {subnet['AvailabilityZone']} has {free} free addresses, and "
                f"a load balancer needs {FREE_ADDRESSES}: free some, or name other subnets (network: {{subnets: ...}}) "
                "or other zones (zones:)"
            )
