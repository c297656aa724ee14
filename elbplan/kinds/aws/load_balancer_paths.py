"""Which changes of a load balancer AWS makes in place, and what stays until the end of a change. Pure."""

from __future__ import annotations

from collections.abc import Collection

from ...core.address import AwsId
from .load_balancer_attributes import secondary_addresses
from .load_balancer_fields import BalancerFields
from .zone_exchange import Zones, is_possible, zones


def zones_of(balancer: BalancerFields) -> Zones:
    """Its subnets, each with its addresses."""
    return zones(balancer.subnets, balancer.pins)


def coexistence_conflict(before: BalancerFields, after: BalancerFields) -> str:
    """Two load balancers cannot have the same fixed address."""
    shared = {pin.fixed for pin in before.pins} & {pin.fixed for pin in after.pins} - {None}
    return f"both need the fixed address {', '.join(sorted(map(str, shared)))}" if shared else ""


def wider_addresses(before: BalancerFields, after: BalancerFields) -> dict[str, object]:
    """IPv6 addresses stay until no record leads to them; and with them the prefix for source NAT."""
    if before.ip_address_type == "ipv4" or after.ip_address_type != "ipv4":
        return {}
    kept = ("ip_address_type", "enable_prefix_for_ipv6_source_nat")
    return {name: getattr(before, name) for name in kept}


def irreversible(before: BalancerFields, after: BalancerFields) -> Collection[str]:
    """What AWS changes in one direction only, and what would leave a load balancer without a zone.

    "After you set this value, you can't decrease it": API_LoadBalancerAttribute (secondary addresses). A gateway load
    balancer keeps its zones: "You must include all subnets that were enabled previously" (API_SetSubnets). No call
    takes a VPC, and all subnets and security groups must be of one VPC.
    """
    fields: list[str] = []
    if secondary_addresses(after.attributes) < secondary_addresses(before.attributes):
        fields.append("attributes")
    if after.type == "network" and not is_possible(zones_of(before), zones_of(after)):
        fields.append("pins")
    if _is_in_other_vpc(before, after):
        return [*fields, "vpc"]
    if after.type == "gateway" and not set(before.subnets) <= set(after.subnets):
        fields.append("subnets")
    return fields


def _is_in_other_vpc(before: BalancerFields, after: BalancerFields) -> bool:
    """True if both VPCs are known and differ. Files of migrations name no VPC."""
    return isinstance(before.vpc, AwsId) and isinstance(after.vpc, AwsId) and before.vpc != after.vpc
