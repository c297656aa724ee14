"""The VPC of a load balancer: that of its subnets, of its security groups and of its target groups. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from ..core.address import Address, AwsId
from ..core.resource import Resource
from ..kinds.load_balancer import LoadBalancer
from ..kinds.security_group import SecurityGroup
from ..kinds.target_group import TargetGroup

R = TypeVar("R", bound=Resource)

Subnets = Mapping[str, Mapping[str, Any]]
"""The subnets that AWS described, by id."""


def vpcs_of(subnets: Subnets) -> dict[str, str]:
    """The VPC of each subnet."""
    return {id: str(subnet["VpcId"]) for id, subnet in subnets.items()}


def in_vpc(resource: R, vpcs: Mapping[str, str]) -> R:
    """A load balancer with the VPC of its subnets, if all are in one; every other resource unchanged."""
    if not isinstance(resource, LoadBalancer):
        return resource
    found = {vpcs.get(str(subnet), "") for subnet in resource.subnets}
    known = len(found) == 1 and "" not in found
    return resource.model_copy(update={"vpc": AwsId(found.pop())}) if known else resource


def vpc_problems(resolved: Mapping[Address, Resource], subnets: Subnets) -> Iterator[str]:
    """The messages about subnets in several VPCs, and about those in another VPC than the rest of the stack."""
    vpcs = vpcs_of(subnets)
    for address, balancer in resolved.items():
        if not isinstance(balancer, LoadBalancer):
            continue
        found = sorted({vpcs[str(subnet)] for subnet in balancer.subnets if str(subnet) in vpcs})
        if len(found) > 1:
            yield f"{address}: its subnets are in {', '.join(found)}, and AWS takes subnets of one VPC"
        elif found:
            yield from _elsewhere(address, balancer, found[0], resolved)


def _elsewhere(
    address: Address, balancer: LoadBalancer, vpc: str, resolved: Mapping[Address, Resource]
) -> Iterator[str]:
    for other, resource in resolved.items():
        own = other in (balancer.security_groups or ()) and isinstance(resource, SecurityGroup)
        serves = isinstance(resource, TargetGroup) and resource.balancer == address
        place = resource.vpc if (own or serves) and isinstance(resource, SecurityGroup | TargetGroup) else None
        if isinstance(place, AwsId) and place.value not in (vpc, "missing"):
            yield (
                f"{address}: its subnets are in {vpc}, and {other} is in {place.value}, but AWS wants one VPC: write "
                f"network: {{vpc: {vpc}, subnets: ...}}, or subnets of {place.value}"
            )
            return
