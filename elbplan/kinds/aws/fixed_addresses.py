"""Fixed addresses of network load balancers: an Elastic IP or a private address in a subnet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from ...core.address import AwsId, Points, Ref
from ...core.kind import StepContext
from ...core.resource import Part
from ..references import SubnetRef


class FixedAddress(Part):
    """A subnet in which a network load balancer has a fixed address: an Elastic IP, or a private address."""

    subnet: SubnetRef
    allocation: Annotated[Ref | None, Points("elastic_ip")] = None
    address: Annotated[str | None, Field(description="private IPv4 address, for an internal balancer")] = None

    @property
    def fixed(self) -> Ref | str | None:
        """The Elastic IP or the address, which only one load balancer can have at a time."""
        return self.allocation or self.address


def subnet_params(subnets: Sequence[Ref], pins: Sequence[FixedAddress], context: StepContext) -> dict[str, Any]:
    """The parameters of CreateLoadBalancer for the subnets and their fixed addresses."""
    if not pins:
        return {"Subnets": [context.id(subnet) for subnet in subnets]}
    mappings = []
    for pin in pins:
        mapping = {"SubnetId": context.id(pin.subnet)}
        if pin.allocation:
            mapping["AllocationId"] = context.id(pin.allocation)
        if pin.address:
            mapping["PrivateIPv4Address"] = pin.address
        mappings.append(mapping)
    return {"SubnetMappings": mappings}


def fixed_addresses_of(zones: Sequence[Mapping[str, Any]]) -> list[FixedAddress]:
    """The fixed addresses of a load balancer, from the zones that DescribeLoadBalancers returns."""
    pins = []
    for zone in zones:
        for raw in zone.get("LoadBalancerAddresses") or ():
            allocation, address = raw.get("AllocationId"), raw.get("PrivateIPv4Address")
            if allocation or address:
                pins.append(
                    FixedAddress(
                        subnet=AwsId(zone["SubnetId"]),
                        allocation=AwsId(allocation) if allocation else None,
                        address=None if allocation else address,
                    )
                )
    return pins
