"""Refuses addresses that a load balancer cannot have in its subnets, before the first write."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.address import Address, AwsId
from ..core.call import Ask, Call
from ..core.kind import LiveResource
from ..core.resource import Resource
from ..kinds.aws.fixed_addresses import AUTO_ASSIGNED, FixedAddress
from ..kinds.load_balancer import LoadBalancer
from .filters import batches, filter_by

SUBNETS, ADDRESSES = "subnets by id ", "addresses "
"""How the names of the questions begin."""

RESERVED = 4
"""AWS keeps the first four addresses and the last one of each subnet.

https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

Described = Mapping[str, Mapping[str, Any]]
Lives = Sequence[LiveResource[Resource]]


def address_asks(resources: Iterable[Resource]) -> dict[str, Ask]:
    """The questions about the subnets and Elastic IPs that load balancers with fixed addresses name by id."""
    balancers = [resource for resource in resources if isinstance(resource, LoadBalancer)]
    fixed = [balancer for balancer in balancers if _needs_look(balancer)]
    subnets = {ref.value for balancer in fixed for ref in balancer.subnets if isinstance(ref, AwsId)}
    asks: dict[str, Ask] = {}
    for number, ids in enumerate(batches(sorted(subnets))):
        asks[f"{SUBNETS}{number}"] = Call("ec2", "DescribeSubnets", filter_by("subnet-id", ids))
    for number, ids in enumerate(batches(sorted(_allocations(balancers)))):
        asks[f"{ADDRESSES}{number}"] = Call("ec2", "DescribeAddresses", filter_by("allocation-id", ids))
    return asks


def _needs_look(balancer: LoadBalancer) -> bool:
    """True if only the subnets tell whether AWS accepts them, their addresses, or another subnet in the only zone."""
    only = balancer.type == "network" and len(balancer.subnets) == 1
    by_id = any(isinstance(ref, AwsId) for ref in balancer.subnets)  # no look-up describes them
    return by_id or bool(balancer.pins) or balancer.ip_address_type != "ipv4" or only


def addresses_in(answers: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The Elastic IPs that AWS described, by id."""
    found = [raw for name, answer in answers.items() if name.startswith(ADDRESSES) for raw in answer["Addresses"]]
    return {raw["AllocationId"]: raw for raw in found}


def _allocations(balancers: Iterable[LoadBalancer]) -> set[str]:
    """The ids of Elastic IPs of others."""
    refs = [pin.allocation for balancer in balancers for pin in balancer.pins]
    return {ref.value for ref in refs if isinstance(ref, AwsId)}


def address_problems(
    resolved: Mapping[Address, Resource], subnets: Described, addresses: Described, lives: Lives
) -> Iterator[str]:
    """The messages about Elastic IPs that are missing or in use, and about addresses outside their subnets."""
    held = _allocations(live.model for live in lives if isinstance(live.model, LoadBalancer))
    for address, balancer in resolved.items():
        if not isinstance(balancer, LoadBalancer):
            continue
        for id in sorted(_allocations([balancer])):
            yield from _elastic_ip(id, addresses.get(id), in_own_use=id in held)
        for pin in balancer.pins:
            if str(pin.subnet) in subnets:
                yield from _outside(pin, subnets[str(pin.subnet)])
        yield from _only_subnet(address, balancer, subnets, lives)


def _elastic_ip(id: str, raw: Mapping[str, Any] | None, *, in_own_use: bool) -> Iterator[str]:
    """Network interfaces of a load balancer that is gone may still have an address, so only instances count."""
    if raw is None:
        yield f"there is no Elastic IP {id} in this region: write another id, or elastic_ip: true for a new one"
    elif raw.get("InstanceId") and not in_own_use:
        yield (
            f"the Elastic IP {raw.get('PublicIp', '')} ({id}) is in use by {raw['InstanceId']}: disassociate it first "
            f"(aws ec2 disassociate-address --association-id {raw.get('AssociationId', '...')}), or write another one"
        )


def _outside(pin: FixedAddress, subnet: Mapping[str, Any]) -> Iterator[str]:
    where = f"the subnet {subnet['SubnetId']} in zone {subnet['AvailabilityZone']}"
    block = ipaddress.ip_network(subnet["CidrBlock"]) if subnet.get("CidrBlock") else None
    if pin.address and block is not None:
        private = ipaddress.ip_address(pin.address)
        if private not in block:
            yield f"{pin.address} is not in {where}, which has {block}: write an address of it"
        elif int(private) - int(block.network_address) < RESERVED or private == block.broadcast_address:
            yield f"AWS keeps {pin.address} for itself in {where}: write an address from {block[RESERVED]} on"
    blocks = _ipv6_blocks(subnet)
    if not blocks:
        return
    listed = ", ".join(map(str, blocks))
    if pin.ipv6_address and not any(ipaddress.IPv6Address(pin.ipv6_address) in known for known in blocks):
        yield f"{pin.ipv6_address} is not in {where}, which has {listed}: write an address of it"
    prefix = pin.source_nat_prefix
    if prefix and prefix != AUTO_ASSIGNED and not any(ipaddress.IPv6Network(prefix).subnet_of(b) for b in blocks):
        yield f"{prefix} is not in {where}, which has {listed}: write a prefix of it, or {AUTO_ASSIGNED}"


def _ipv6_blocks(subnet: Mapping[str, Any]) -> list[ipaddress.IPv6Network]:
    found = (raw.get("Ipv6CidrBlock") for raw in subnet.get("Ipv6CidrBlockAssociationSet") or ())
    return [ipaddress.IPv6Network(block, strict=False) for block in found if block]


def _only_subnet(address: Address, balancer: LoadBalancer, subnets: Described, lives: Lives) -> Iterator[str]:
    """AWS exchanges the subnet of a zone only while another zone serves."""
    if balancer.type != "network" or len(balancer.subnets) != 1:
        return
    (wanted,) = balancer.subnets
    new = subnets.get(str(wanted), {})
    for live in lives:
        model = live.model
        if live.address != address or not isinstance(model, LoadBalancer) or len(model.subnets) != 1:
            continue
        if model.subnets != balancer.subnets and live.facts.get("zones") == new.get("AvailabilityZone"):
            yield (
                f"{address}: {wanted} is in the only zone of the network load balancer, and AWS cannot exchange the "
                "subnet there: add a second zone first (network: {subnets: ...}), then exchange it"
            )
