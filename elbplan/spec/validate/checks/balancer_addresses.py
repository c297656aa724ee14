"""Checks the addresses of a load balancer in its subnets, its address pools, and its reserved capacity.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.actions import Forward, groups_of
from ....kinds.aws.fixed_addresses import FixedAddress
from ....kinds.listener import Listener
from ....kinds.load_balancer import LoadBalancer
from .subject import Subject

Problem = tuple[tuple[str, ...], str, str]
"""The field, what is wrong, and what to write."""

UDP = ("UDP", "TCP_UDP")
PRIVATE_LINK = "enforce_security_group_inbound_rules_on_private_link_traffic"
SOURCE_NAT = "enable_prefix_for_ipv6_source_nat"


def check(subject: Subject) -> None:
    """Reports addresses, pools and reservations that the type or the scheme of a load balancer does not allow."""
    for address, balancer in subject.of("load_balancer"):
        problems = [*_of_type(balancer), *_of_scheme(balancer), *_of_family(balancer), *_twice(balancer)]
        for path, what, hint in problems:
            subject.problem(address, path, what, hint)
    for address, listener in subject.of("listener"):
        balancer = subject.get(listener.load_balancer)
        if isinstance(balancer, LoadBalancer) and balancer.type == "network":
            _udp(subject, address, listener, balancer)
            _capacity_beside_tls(subject, address, listener, balancer)


def _of_type(balancer: LoadBalancer) -> Iterator[Problem]:
    kind = balancer.type
    if kind != "network" and balancer.pins:
        what = f"only a network load balancer has fixed addresses, and this one is of type {kind}"
        yield ("pins",), what, "write type: network, or remove the addresses"
    if kind != "network" and getattr(balancer, PRIVATE_LINK) == "off":
        what = f"PrivateLink traffic has rules only at a network load balancer, and this one is of type {kind}"
        yield (PRIVATE_LINK,), what, "remove the line"
    if kind == "network" and getattr(balancer, PRIVATE_LINK) == "off" and balancer.security_groups == ():
        what = "without security groups, no rules count for PrivateLink"
        yield (PRIVATE_LINK,), what, "remove the line, or give the load balancer a security group"
    if kind != "application" and balancer.ipv4_ipam_pool:
        yield ("ipv4_ipam_pool",), f"a {kind} load balancer cannot use an IPAM pool", "remove the line"
    if kind != "application" and balancer.customer_owned_ipv4_pool:
        yield ("customer_owned_ipv4_pool",), f"a {kind} load balancer cannot use such a pool", "remove the line"
    if kind == "gateway" and balancer.minimum_capacity_units:
        yield ("minimum_capacity_units",), "AWS reserves no capacity for a gateway load balancer", "remove the line"


def _of_scheme(balancer: LoadBalancer) -> Iterator[Problem]:
    public = balancer.scheme == "internet-facing"
    if balancer.type == "network" and not public and any(pin.allocation for pin in balancer.pins):
        what = "an internal load balancer has no Elastic IPs"
        yield ("pins",), what, "write private_address: in place of elastic_ip:, or access: public"
    if balancer.type == "network" and public and any(pin.address for pin in balancer.pins):
        what = "only an internal load balancer has private addresses of your choice"
        yield ("pins",), what, "write elastic_ip: in place of private_address:, or access: internal"
    if balancer.type == "application" and not public and balancer.ipv4_ipam_pool:
        what = "an IPAM pool has public addresses, and this load balancer is internal"
        yield ("ipv4_ipam_pool",), what, "remove the line, or write access: public"


def _of_family(balancer: LoadBalancer) -> Iterator[Problem]:
    family = balancer.ip_address_type
    if family == "dualstack-without-public-ipv4" and balancer.type != "application":
        what = f"a {balancer.type} load balancer cannot be {family}"
        yield ("ip_address_type",), what, "write ip: dualstack or ip: ipv4"
    elif family == "dualstack-without-public-ipv4" and balancer.scheme == "internal":
        what = "an internal load balancer has no public addresses in any case"
        yield ("ip_address_type",), what, "write ip: dualstack or ip: ipv4"
    if balancer.type == "network" and family == "ipv4":
        if any(pin.ipv6_address for pin in balancer.pins):
            yield ("pins",), "an IPv6 address needs ip: dualstack", "write ip: dualstack, or remove ipv6_address:"
        if balancer.source_nat or any(pin.source_nat_prefix for pin in balancer.pins):
            what = "a prefix for source NAT needs ip: dualstack"
            yield ("pins",), what, "write ip: dualstack, or remove source_nat_prefix:"
    elif balancer.type != "network" and balancer.source_nat:
        yield (SOURCE_NAT,), "only a network load balancer has a prefix for source NAT", "remove the line"


def _twice(balancer: LoadBalancer) -> Iterator[Problem]:
    """An address is in one subnet only."""
    for value, number in Counter(filter(None, map(_fixed, balancer.pins))).items():
        if number > 1:
            yield ("pins",), f"{value} is in {number} subnets, and an address can only be in one", "write another one"


def _fixed(pin: FixedAddress) -> str:
    return str(pin.fixed or "")


def _udp(subject: Subject, address: Address, listener: Listener, balancer: LoadBalancer) -> None:
    """UDP through a dualstack load balancer needs source NAT, and IPv6 targets.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html ("You can't use an IPv4 target
    group with a UDP listener for a dualstack load balancer")
    """
    if listener.protocol not in UDP or balancer.ip_address_type == "ipv4":
        return
    if not balancer.source_nat:
        what = f"a {listener.protocol} listener of a dualstack load balancer needs source NAT"
        subject.problem(address, ("protocol",), what, f"write {SOURCE_NAT}: on for the load balancer")
    groups = groups_of(listener.action) if isinstance(listener.action, Forward) else ()
    for ref in groups:
        group = subject.get(ref)
        if group is not None and group.ip_address_type == "ipv4":
            what = f"the {listener.protocol} listener of a dualstack load balancer cannot forward to IPv4 targets"
            hint = f"write ip: ipv4, or give {ref} IPv6 targets"
            subject.problem(address, ("action",), what, hint, near=ref.name if isinstance(ref, Address) else str(ref))


def _capacity_beside_tls(subject: Subject, address: Address, listener: Listener, balancer: LoadBalancer) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/network/request-capacity-unit-reservation.html"""
    if listener.protocol == "TLS" and balancer.minimum_capacity_units:
        what = "AWS reserves no capacity for a network load balancer with a TLS listener"
        subject.problem(address, ("protocol",), what, "remove capacity:, or listen for TCP and let the targets do TLS")
