"""The addresses of load balancer nodes: one node in each zone."""

import ipaddress
from collections.abc import Iterator

from ..account import Account, CallContext
from ..rules import rule
from ..state.elbv2 import StoredBalancer, Zone

PUBLIC = ipaddress.IPv4Address("203.0.113.0")
"""Addresses for documentation: https://www.rfc-editor.org/rfc/rfc5737"""
MORE_PUBLIC = ipaddress.IPv4Address("100.64.0.0")
"""Shared address space, for the node after the first 254: https://www.rfc-editor.org/rfc/rfc6598"""
PUBLIC_IPV6 = ipaddress.IPv6Address("2001:db8::")
"""https://www.rfc-editor.org/rfc/rfc3849"""


@rule(33)
def node_addresses(context: CallContext, balancer: StoredBalancer, kind: str = "A") -> list[str]:
    """One address for each zone: a public one, the fixed Elastic IP, or a private one if the balancer is internal.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html ("The nodes
    of an internal load balancer have only private IP addresses"),
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html (one Elastic IP address
    for each subnet). Dualstack: API_CreateLoadBalancer (IpAddressType). AWS takes the addresses of zones without
    healthy targets out of DNS: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-group-health
    (DNS failover). Here they stay.
    """
    if balancer.type == "gateway" or balancer.state(context.now) != "active":
        return []
    if kind == "AAAA":
        return [_ipv6(context, zone) for zone in balancer.zones] if balancer.ip_type != "ipv4" else []
    if kind != "A" or balancer.ip_type == "dualstack-without-public-ipv4":
        return []
    return [_ipv4(context, balancer, zone) for zone in balancer.zones]


def _ipv4(context: CallContext, balancer: StoredBalancer, zone: Zone) -> str:
    interface = context.ec2.enis[zone.interface]
    if balancer.scheme == "internal":
        return str(interface.private_ip_address)
    if zone.mapping.get("AllocationId"):
        return str(interface.public_ip)
    number = _number(context.account, zone)
    return str(PUBLIC + number if number < 255 else MORE_PUBLIC + number)


def _ipv6(context: CallContext, zone: Zone) -> str:
    return zone.mapping.get("IPv6Address") or str(PUBLIC_IPV6 + _number(context.account, zone))


def _number(account: Account, zone: Zone) -> int:
    """A node keeps its number as long as its network interface lives."""
    numbers: dict[str, int] = account.memory("nodes")
    return numbers.setdefault(zone.interface, len(numbers) + 1)


def balancers_with_nodes(account: Account) -> Iterator[tuple[CallContext, StoredBalancer, set[str]]]:
    """Yields every load balancer with the addresses of its nodes."""
    for balancer in account.balancers():
        context = CallContext(account, balancer.arn.split(":")[3])
        addresses = {*node_addresses(context, balancer), *node_addresses(context, balancer, "AAAA")}
        yield context, balancer, addresses
