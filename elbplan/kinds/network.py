"""Route tables and network ACLs: does a subnet reach the internet, and does an ACL let a connection pass? Pure.

https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ANYWHERE = "0.0.0.0/0"
ANSWERS = (1024, 65535)
"""The ports to which answers go: a load balancer and most clients use any of these.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#target-not-inservice
"""

LAST_ENTRY = 32767
"""The number of the entry that denies everything, and that every ACL has last."""


@dataclass(frozen=True)
class Route:
    """A route to a CIDR; `target` is the id of the gateway. `works` is False if the gateway is gone (blackhole)."""

    cidr: str
    target: str
    works: bool = True


@dataclass(frozen=True)
class RouteTable:
    """A route table with the subnets that are explicitly associated with it."""

    id: str
    vpc: str
    is_main: bool
    subnets: frozenset[str]
    routes: tuple[Route, ...]

    @property
    def default_route(self) -> Route | None:
        """The route for all IPv4 addresses that no other route has."""
        return next((route for route in self.routes if route.cidr == ANYWHERE), None)

    @property
    def reaches_internet(self) -> bool:
        """True if the subnet is public: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"""
        route = self.default_route
        return route is not None and route.works and route.target.startswith("igw-")


@dataclass(frozen=True)
class AclEntry:
    """An entry of a network ACL. Without ports it is for all of them."""

    number: int
    allows: bool
    outbound: bool
    protocol: str
    cidr: str
    ports: tuple[int, int] = (0, 65535)

    def matches(self, protocol: str) -> bool:
        """True if the entry is for this protocol, `6` for tcp."""
        return self.protocol in ("-1", protocol)


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL with its subnets."""

    id: str
    subnets: frozenset[str]
    entries: tuple[AclEntry, ...]


@dataclass(frozen=True)
class PlacedSubnet:
    """A subnet with its zone, VPC and CIDR."""

    id: str
    zone: str
    vpc: str
    cidr: str


@dataclass(frozen=True)
class NetworkFacts:
    """The networks of a stack. Everything that AWS did not answer is missing, and `unread` says why, by operation."""

    subnets: Mapping[str, PlacedSubnet] = field(default_factory=dict)
    tables: Sequence[RouteTable] = ()
    acls: Sequence[NetworkAcl] = ()
    gateways: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)

    def why_unread(self, operation: str) -> str:
        """Why the answer to this operation is missing: it was refused, or the subnets before it were."""
        return self.unread.get(operation) or self.unread.get("DescribeSubnets") or "AWS names none"

    def table_of(self, subnet: str) -> RouteTable | None:
        """The route table of a subnet: its own, else the main one of its VPC."""
        own = next((table for table in self.tables if subnet in table.subnets), None)
        place = self.subnets.get(subnet)
        main = (table for table in self.tables if table.is_main and place is not None and table.vpc == place.vpc)
        return own or next(main, None)

    def acl_of(self, subnet: str) -> NetworkAcl | None:
        """The network ACL of a subnet."""
        return next((acl for acl in self.acls if subnet in acl.subnets), None)


@dataclass(frozen=True)
class Blocked:
    """A connection that a network ACL does not let pass.

    `number` is the entry that denies it, and `free` a number before it; 0 if there is none.
    """

    acl: str
    subnet: str
    outbound: bool
    ports: tuple[int, int]
    cidr: str
    number: int
    free: int

    @property
    def text(self) -> str:
        """`network ACL acl-0a of subnet-0a does not let in port 80 from 10.0.1.0/24: entry 90 denies it`"""
        first, last = self.ports
        ports = f"port {first}" if first == last else f"ports {first}-{last}"
        way = f"let out {ports} to {self.cidr}" if self.outbound else f"let in {ports} from {self.cidr}"
        denies = "no entry allows it" if self.number >= LAST_ENTRY else f"entry {self.number} denies it"
        return f"network ACL {self.acl} of {self.subnet} does not {way}: {denies}"

    def command(self, region: str) -> str:
        """The command that lets it pass: an entry before the one that denies it, or no such entry."""
        first, last = self.ports
        side = "--egress" if self.outbound else "--ingress"
        if not self.free:
            delete = f"aws ec2 delete-network-acl-entry --region {region} --network-acl-id {self.acl}"
            return f"{delete} {side} --rule-number {self.number}"
        return (
            f"aws ec2 create-network-acl-entry --region {region} --network-acl-id {self.acl} {side} "
            f"--rule-number {self.free} --protocol tcp --port-range From={first},To={last} "
            f"--cidr-block {self.cidr} --rule-action allow"
        )


def blocked(
    acl: NetworkAcl, subnet: str, cidr: str, ports: tuple[int, int], *, outbound: bool, protocol: str = "6"
) -> Blocked | None:
    """What the ACL does not let pass: the first entry that matches decides. None if everything passes."""
    entries = sorted((e for e in acl.entries if e.outbound is outbound and e.matches(protocol)), key=lambda e: e.number)
    for entry in entries:
        if entry.allows and _contains(entry.cidr, cidr) and entry.ports[0] <= ports[0] and ports[1] <= entry.ports[1]:
            return None
        if (
            not entry.allows
            and _overlaps(entry.cidr, cidr)
            and entry.ports[0] <= ports[1]
            and ports[0] <= entry.ports[1]
        ):
            return Blocked(acl.id, subnet, outbound, ports, cidr, entry.number, _free_number(acl, entry, outbound))
    last = AclEntry(LAST_ENTRY, False, outbound, "-1", ANYWHERE)
    return Blocked(acl.id, subnet, outbound, ports, cidr, LAST_ENTRY, _free_number(acl, last, outbound))


def _free_number(acl: NetworkAcl, before: AclEntry, outbound: bool) -> int:
    """A number that no entry has, before this one; 0 if there is none."""
    taken = {entry.number for entry in acl.entries if entry.outbound is outbound}
    numbers = [number for number in range(1, before.number) if number not in taken]
    return next((number for number in reversed(numbers) if number % 10 == 0), numbers[-1] if numbers else 0)


def _contains(outer: str, inner: str) -> bool:
    a, b = ipaddress.ip_network(outer, strict=False), ipaddress.ip_network(inner, strict=False)
    if isinstance(a, ipaddress.IPv4Network) and isinstance(b, ipaddress.IPv4Network):
        return b.subnet_of(a)
    return False


def _overlaps(one: str, other: str) -> bool:
    a, b = ipaddress.ip_network(one, strict=False), ipaddress.ip_network(other, strict=False)
    return a.version == b.version and a.overlaps(b)


def closed_ways(network: NetworkFacts, source: str, target: str, port: int) -> Iterator[Blocked]:
    """What ACLs close between two subnets: the port to the target, and the ports of the answers.

    An ACL counts only where traffic enters or leaves a subnet, so inside one nothing is closed.
    """
    ends = network.subnets.get(source), network.subnets.get(target)
    if ends[0] is None or ends[1] is None or source == target:
        return
    ways = (
        (source, ends[1].cidr, (port, port), True),
        (target, ends[0].cidr, (port, port), False),
        (target, ends[0].cidr, ANSWERS, True),
        (source, ends[1].cidr, ANSWERS, False),
    )
    for subnet, peer, ports, outbound in ways:
        acl = network.acl_of(subnet)
        found = blocked(acl, subnet, peer, ports, outbound=outbound) if acl is not None else None
        if found is not None:
            yield found


def closed_to_clients(network: NetworkFacts, subnet: str, port: int, client: str = ANYWHERE) -> Iterator[Blocked]:
    """What the ACL of a load balancer's subnet closes between it and its clients."""
    acl = network.acl_of(subnet)
    for ports, outbound in (((port, port), False), (ANSWERS, True)) if acl is not None else ():
        found = blocked(acl, subnet, client, ports, outbound=outbound) if acl is not None else None
        if found is not None:
            yield found
