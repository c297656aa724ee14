"""Look-ups in EC2 for the other services: subnets, gateways, groups, instances."""

import ipaddress
from typing import Any

from ..account import CallContext


def subnet(context: CallContext, subnet_id: str) -> Any | None:
    for subnets in context.ec2.subnets.values():
        if subnet_id in subnets:
            return subnets[subnet_id]
    return None


def is_local_zone(subnet: Any) -> bool:
    """True for a Local Zone or a Wavelength Zone: the name of an Availability Zone is the region's and a letter.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
    """
    return bool(subnet.availability_zone[:-1] != subnet._availability_zone.region_name)


def vpc_exists(context: CallContext, vpc_id: str) -> bool:
    return vpc_id in context.ec2.vpcs


def vpc_cidrs(context: CallContext, vpc_id: str) -> list[str]:
    vpc = context.ec2.vpcs[vpc_id]
    return [vpc.cidr_block, *(block["cidr_block"] for block in vpc.get_cidr_block_association_set(ipv6=False))]


def has_internet_gateway(context: CallContext, vpc_id: str) -> bool:
    gateways = context.ec2.internet_gateways.values()
    return any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in gateways)


def security_group(context: CallContext, group_id: str) -> Any | None:
    return context.ec2.get_security_group_from_id(group_id)


def default_security_group(context: CallContext, vpc_id: str) -> str:
    for group in context.ec2.groups[vpc_id].values():
        if group.name == "default":
            return str(group.id)
    return ""


def instances(context: CallContext) -> list[Any]:
    return [instance for reservation in context.ec2.reservations.values() for instance in reservation.instances]


def instance(context: CallContext, instance_id: str) -> Any | None:
    return next((candidate for candidate in instances(context) if candidate.id == instance_id), None)


def instance_groups(instance: Any) -> set[str]:
    return {group.id for nic in instance.nics.values() for group in nic._group_set}


def interfaces(context: CallContext) -> list[Any]:
    return list(context.ec2.enis.values())


def disassociate(address: Any) -> None:
    """Takes an Elastic IP address from the interface and the instance that have it."""
    address.eni = address.instance = address.association_id = None


def source_of(rule: Any) -> str:
    """The CIDR block, security group or prefix list of a security group rule."""
    cidr = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
    return str(cidr or rule.source_group.get("GroupId") or rule.prefix_list_id)


def allows_port(
    context: CallContext,
    groups: set[str],
    port: int,
    from_groups: set[str],
    from_addresses: set[str],
    protocols: tuple[str, ...] = ("tcp", "6"),
) -> bool:
    """Returns whether any of `groups` allows a port, from one of these groups or from all of these addresses.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    for group_id in groups:
        group = security_group(context, group_id)
        rules = group.ingress_rules if group else []
        if any(_allows(rule, port, from_groups, from_addresses, protocols) for rule in rules):
            return True
    return False


def _allows(rule: Any, port: int, groups: set[str], addresses: set[str], protocols: tuple[str, ...]) -> bool:
    protocol = str(rule.ip_protocol)
    if protocol not in ("-1", *protocols):
        return False
    if protocol != "-1" and not int(rule.from_port or 0) <= port <= int(rule.to_port or 0):
        return False
    source = (rule.source_group or {}).get("GroupId")
    if source:
        return source in groups
    cidr = (rule.ip_range or {}).get("CidrIp")
    return cidr is not None and bool(addresses) and all(_within(address, cidr) for address in addresses)


def _within(address: str, cidr: str) -> bool:
    inside, around = ipaddress.ip_network(address, strict=False), ipaddress.ip_network(cidr, strict=False)
    return inside.version == around.version and inside.subnet_of(around)  # type: ignore[arg-type]
