"""Look-ups in EC2 for the other services: subnets, gateways, groups, instances."""

import ipaddress
from typing import Any

from ..account import CallContext


def subnet(context: CallContext, subnet_id: str) -> Any | None:
    for subnets in context.ec2.subnets.values():
        if subnet_id in subnets:
            return subnets[subnet_id]
    return None


def known_subnet(context: CallContext, subnet_id: str) -> Any:
    """The subnet of a resource that exists; AWS deletes no subnet that is in use."""
    known = subnet(context, subnet_id)
    assert known is not None
    return known


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


def has_ipv6(context: CallContext, vpc_id: str) -> bool:
    return bool(context.ec2.vpcs[vpc_id].get_cidr_block_association_set(ipv6=True))


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
    """Returns whether `groups` together allow a port, from one of these groups or from each of these addresses.

    https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html ("If there is more than one rule for a
    specific port, Amazon EC2 applies the most permissive rule"; the rules of several groups count as one set)
    """
    found = [security_group(context, group_id) for group_id in groups]
    rules = [rule for group in found if group for rule in group.ingress_rules if _has_port(rule, port, protocols)]
    if any((rule.source_group or {}).get("GroupId") in from_groups for rule in rules):
        return True
    allowed = [cidr for rule in rules if (cidr := (rule.ip_range or {}).get("CidrIp"))]
    return bool(from_addresses) and all(any(_within(address, cidr) for cidr in allowed) for address in from_addresses)


def _has_port(rule: Any, port: int, protocols: tuple[str, ...]) -> bool:
    protocol = str(rule.ip_protocol)
    if protocol not in ("-1", *protocols):
        return False
    return protocol == "-1" or int(rule.from_port or 0) <= port <= int(rule.to_port or 0)


def _within(address: str, cidr: str) -> bool:
    inside, around = ipaddress.ip_network(address, strict=False), ipaddress.ip_network(cidr, strict=False)
    return inside.network_address in around and inside.prefixlen >= around.prefixlen
