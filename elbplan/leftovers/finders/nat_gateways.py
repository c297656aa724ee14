"""NAT gateways that no subnet uses. AWS bills a NAT gateway by the hour, with or without traffic.

https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-pricing.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ...core.call import ReadProgram
from ...cost.quantities import PUBLIC_IPV4
from ...cost.quantity import Quantity
from ...kinds.aws.moments import moment_text
from ...live.filters import filter_by
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover
from ..words import aws, ending, named, stack_of, tags_of

TITLE = "NAT gateways"
PERMISSIONS = ("ec2:DescribeNatGateways", "ec2:DescribeRouteTables")
NAT_HOUR = "nat-hour"


def find_nat_gateways(region: str) -> ReadProgram[Finding]:
    """The NAT gateways to which no route table with a subnet leads."""
    gateways = ask("ec2", "DescribeNatGateways", Filter=[{"Name": "state", "Values": ["available"]}])
    (answer,) = yield [gateways]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, region, [gateways], [answer]))
    raws = answer["NatGateways"]
    if not raws:
        return Finding()
    tables = ask("ec2", "DescribeRouteTables", **filter_by("vpc-id", sorted({raw["VpcId"] for raw in raws})))
    (routes,) = yield [tables]
    if not is_usable(routes):
        return Finding(not_checked=not_checked(TITLE, region, [tables], [routes]))
    return Finding([found for raw in raws if (found := _leftover(raw, region, routes["RouteTables"]))])


def _leftover(raw: Mapping[str, Any], region: str, tables: Sequence[Mapping[str, Any]]) -> Leftover | None:
    id, tags = raw["NatGatewayId"], tags_of(raw)
    leading = [table for table in tables if any(route.get("NatGatewayId") == id for route in table.get("Routes") or ())]
    if any(_is_used(table) for table in leading):
        return None
    names = ", ".join(table["RouteTableId"] for table in leading)
    why = f"only {names} leads to it, and no subnet uses that route table" if leading else "no route leads to it"
    stack = stack_of(tags)
    public = [address for address in raw.get("NatGatewayAddresses") or () if address.get("PublicIp")]
    return Leftover(
        "nat_gateway",
        id,
        region,
        f"NAT gateway {named(id, tags)}",
        why,
        ending(_commands(raw, region), stack, region),
        [
            Quantity(id, NAT_HOUR, "NAT gateway", Decimal(1)),
            *([Quantity(id, PUBLIC_IPV4, "public IPv4", Decimal(len(public)))] if public else []),
        ],
        moment_text(raw.get("CreateTime")),
        "created" if raw.get("CreateTime") else "",
        stack,
        {"vpc": raw["VpcId"]},
    )


def _is_used(table: Mapping[str, Any]) -> bool:
    """True if a subnet uses the route table: by an association, or as the main route table of the VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html
    """
    return any(
        used.get("SubnetId") or used.get("GatewayId") or used.get("Main") for used in table.get("Associations") or ()
    )


def _commands(raw: Mapping[str, Any], region: str) -> list[str]:
    """The Elastic IPs of a NAT gateway stay after it, and can be released once AWS has deleted it."""
    id = raw["NatGatewayId"]
    ids = [address["AllocationId"] for address in raw.get("NatGatewayAddresses") or () if address.get("AllocationId")]
    return [
        aws(region, "ec2", "delete-nat-gateway", "--nat-gateway-id", id),
        *([f"aws ec2 wait nat-gateway-deleted --region {region} --nat-gateway-ids {id}"] if ids else []),
        *(aws(region, "ec2", "release-address", "--allocation-id", allocation) for allocation in ids),
    ]
