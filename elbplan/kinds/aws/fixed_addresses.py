"""The addresses of a network load balancer in each of its subnets: Elastic IPs, private and IPv6 addresses, prefixes.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from ...core.address import AwsId, Ref
from ...core.kind import StepContext
from ...core.resource import LEARNED, Part
from ..references import ElasticIpRef, SubnetRef

AUTO_ASSIGNED = "auto_assigned"
"""AWS chooses the prefix for source NAT from the subnet's block."""


class FixedAddress(Part):
    """A subnet of a network load balancer, with the addresses that the load balancer has there.

    AWS chooses the IPv6 address and the prefix for source NAT where the spec names none.
    """

    subnet: SubnetRef
    allocation: Annotated[ElasticIpRef | None, Field(description="Elastic IP, for a public one")] = None
    address: Annotated[str | None, Field(description="private IPv4 address, for an internal balancer")] = None
    ipv6_address: Annotated[str | None, LEARNED, Field(description="IPv6 address, with dualstack")] = None
    source_nat_prefix: Annotated[
        str | None, LEARNED, Field(description="IPv6 prefix (/80) for source NAT of UDP, or auto_assigned")
    ] = None

    @property
    def fixed(self) -> Ref | str | None:
        """The Elastic IP or the address, which only one load balancer can have at a time."""
        return self.allocation or self.address

    @property
    def lasting(self) -> tuple[Ref | None, str | None, str | None]:
        """The addresses that AWS gives to a zone only when the load balancer enters it."""
        return self.allocation, self.address, self.ipv6_address

    @property
    def is_empty(self) -> bool:
        """True if the spec says no more than the subnet."""
        return not any((*self.lasting, self.source_nat_prefix))


Pins = Sequence[FixedAddress]


def pins_by_subnet(pins: Pins) -> dict[Ref, FixedAddress]:
    """The addresses by the subnet that they are in."""
    return {pin.subnet: pin for pin in pins}


def subnet_params(
    subnets: Iterable[Ref], pins: Pins, context: StepContext, *, source_nat: bool = False
) -> dict[str, dict[str, str]]:
    """By id of a subnet, its mapping as CreateLoadBalancer and SetSubnets want it."""
    known = pins_by_subnet(pins)
    mappings = {}
    for subnet in subnets:
        mapping = {"SubnetId": context.id(subnet)}
        if pin := known.get(subnet):
            mapping |= {"AllocationId": context.id(pin.allocation)} if pin.allocation else {}
            mapping |= {"PrivateIPv4Address": pin.address} if pin.address else {}
            mapping |= {"IPv6Address": pin.ipv6_address} if pin.ipv6_address else {}
        if source_nat:
            prefix = pin.source_nat_prefix if pin else None
            mapping["SourceNatIpv6Prefix"] = prefix or AUTO_ASSIGNED
        mappings[mapping["SubnetId"]] = mapping
    return mappings


def subnets_or_mappings(mappings: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """The parameter `Subnets` if no mapping says more than its subnet, else `SubnetMappings`. AWS takes one of both."""
    chosen = list(mappings)
    if all(set(mapping) == {"SubnetId"} for mapping in chosen):
        return {"Subnets": [mapping["SubnetId"] for mapping in chosen]}
    return {"SubnetMappings": [dict(mapping) for mapping in chosen]}


def fixed_addresses_of(zones: Sequence[Mapping[str, Any]]) -> list[FixedAddress]:
    """The addresses of a load balancer, from the zones that DescribeLoadBalancers returns."""
    pins = []
    for zone in zones:
        found: dict[str, str] = {}
        for raw in zone.get("LoadBalancerAddresses") or ():
            found |= {key: raw[key] for key in ("AllocationId", "PrivateIPv4Address", "IPv6Address") if raw.get(key)}
        allocation, prefixes = found.get("AllocationId"), zone.get("SourceNatIpv6Prefixes") or ()
        pins.append(
            FixedAddress(
                subnet=AwsId(zone["SubnetId"]),
                allocation=AwsId(allocation) if allocation else None,
                address=None if allocation else found.get("PrivateIPv4Address"),
                ipv6_address=found.get("IPv6Address"),
                source_nat_prefix=prefixes[0] if prefixes else None,
            )
        )
    return [pin for pin in pins if not pin.is_empty]


def settled_pins(
    wanted: Pins, live: Pins, subnets: Iterable[Ref], *, dualstack: bool, source_nat: bool
) -> tuple[FixedAddress, ...]:
    """The wanted addresses, with the IPv6 addresses and prefixes that AWS has chosen in the subnets that stay."""
    kept = [pin if source_nat else pin.model_copy(update={"source_nat_prefix": None}) for pin in live]
    named, chosen = pins_by_subnet(wanted), pins_by_subnet(kept if dualstack else ())
    settled = [_settled(named.get(s, FixedAddress(subnet=s)), chosen.get(s)) for s in dict.fromkeys(subnets)]
    return tuple(sorted((pin for pin in settled if not pin.is_empty), key=lambda pin: str(pin.subnet)))


def _settled(wanted: FixedAddress, live: FixedAddress | None) -> FixedAddress:
    if live is None:
        return wanted
    prefix = wanted.source_nat_prefix
    return wanted.model_copy(
        update={
            "ipv6_address": wanted.ipv6_address or live.ipv6_address,
            "source_nat_prefix": live.source_nat_prefix or prefix if prefix in (None, AUTO_ASSIGNED) else prefix,
        }
    )
