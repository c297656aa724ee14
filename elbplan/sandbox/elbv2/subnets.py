"""Which subnets and security groups a load balancer accepts."""

from typing import Any

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import Zone

MIN_FREE_ADDRESSES = 8

CONSTRAINED_ZONES = ("apne1-az3", "usw1-az2")
"""Zones in which old accounts have subnets, and Elastic Load Balancing has no load balancers."""


@rule(16)
def zones_of(context: CallContext, params: Params, kind: str, scheme: str | None) -> tuple[list[Zone], str]:
    """Returns the zones of a Subnets or SubnetMappings parameter, and their VPC. Refuses what AWS refuses.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html (Subnets)
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets
    """
    mappings: list[dict[str, str]] = params.get("SubnetMappings") or []
    ids = params.get("Subnets") or [mapping["SubnetId"] for mapping in mappings]
    if not ids:
        raise validation("At least one subnet must be specified")
    subnets = [_subnet(context, id) for id in ids]
    vpcs = {subnet.vpc_id for subnet in subnets}
    if len(vpcs) > 1:
        raise misconfigured("All subnets must belong to the same VPC")
    zones = [subnet.availability_zone for subnet in subnets]
    if len(zones) != len(set(zones)):
        raise misconfigured("A load balancer cannot be attached to multiple subnets in the same Availability Zone")
    if kind == "application" and len(zones) < 2:
        raise validation("At least two subnets in two different Availability Zones must be specified")
    _check_zones(subnets, kind)
    fixed = {mapping["SubnetId"] for mapping in mappings if mapping.get("PrivateIPv4Address")}
    _check_usable(context, subnets, kind, scheme, fixed)
    by_subnet = {mapping["SubnetId"]: mapping for mapping in mappings}
    chosen = [Zone(subnet.availability_zone, subnet.id, dict(by_subnet.get(subnet.id, {}))) for subnet in subnets]
    return chosen, vpcs.pop()


def _subnet(context: CallContext, subnet_id: str) -> Any:
    subnet = facts.subnet(context, subnet_id)
    if subnet is None:
        raise AwsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
    return subnet


@rule(16)
def _check_zones(subnets: list[Any], kind: str) -> None:
    """No subnet in a constrained zone. A network or gateway load balancer has none in a Local Zone.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html ("You can't specify a subnet
    in a constrained Availability Zone", "in a Local Zone"). The text of the error, and the two zones, are from public
    issues: https://github.com/aws/copilot-cli/issues/1298, https://github.com/widdix/mastodon-on-aws/issues/13
    AWS documents no mix of Local Zones and Availability Zones; here an application load balancer may have it.
    """
    refused = [subnet.availability_zone for subnet in subnets if subnet.availability_zone_id in CONSTRAINED_ZONES]
    if kind != "application":
        refused += [subnet.availability_zone for subnet in subnets if facts.is_local_zone(subnet)]
    if refused:
        raise validation(
            f"The following Availability Zones {', '.join(refused)} cannot be associated with a load balancer. "
            "Please try a different Availability Zone."
        )


@rule(16)
def _check_usable(context: CallContext, subnets: list[Any], kind: str, scheme: str | None, fixed: set[str]) -> None:
    """Eight free addresses in each subnet, and an internet gateway for an internet-facing balancer (as above).

    `fixed` has the subnets in which the caller chose the private address of a network load balancer. "Internal Network
    Load Balancers: this is only required if you let AWS select a private IPv4 address":
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html
    """
    for subnet in subnets:
        if kind != "gateway" and subnet.id not in fixed and subnet.available_ip_address_count < MIN_FREE_ADDRESSES:
            raise AwsError(
                "InvalidSubnet",
                f"Not enough IP space available in {subnet.id}. ELB requires at least {MIN_FREE_ADDRESSES} free "
                "IP addresses in each subnet.",
            )
        if scheme == "internet-facing" and not facts.has_internet_gateway(context, subnet.vpc_id):
            raise AwsError("InvalidSubnet", f"VPC {subnet.vpc_id} has no internet gateway")


@rule(16)
def check_ipv6(context: CallContext, zones: list[Zone], ip_type: str) -> None:
    """A dualstack load balancer needs subnets with an IPv6 block: API_SetIpAddressType (InvalidSubnet), and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#ip-address-type
    """
    for zone in zones:
        if ip_type != "ipv4" and not facts.known_subnet(context, zone.subnet).ipv6_cidr_block_associations:
            raise AwsError("InvalidSubnet", f"Subnet {zone.subnet} must have an associated IPv6 CIDR block")


@rule(16)
def security_groups(context: CallContext, groups: list[str], vpc: str) -> list[str]:
    """Security groups must exist in the VPC of the load balancer: API_SetSecurityGroups (InvalidSecurityGroup)."""
    for group_id in groups:
        group = facts.security_group(context, group_id)
        if group is None:
            raise AwsError("InvalidSecurityGroup", f"The security group '{group_id}' does not exist")
        if group.vpc_id != vpc:
            raise misconfigured(f"One or more security groups are invalid: '{group_id}' belongs to another VPC")
    return list(dict.fromkeys(groups))
