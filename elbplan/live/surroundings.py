"""Reads what surrounds a stack: its servers, the rules of all security groups on the way, route tables, network ACLs.

Only `elbplan explain` reads route tables, network ACLs and internet gateways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address, AwsId
from ..core.call import Answer, Call
from ..core.kind import LiveResource
from ..errors import AwsProblem
from ..kinds.aws.ingress_rules import ingress_rules_of
from ..kinds.aws.ownership import STACK, tag_mapping
from ..kinds.aws.queries import instances_in
from ..kinds.external_servers import NO_SERVERS, ExternalServer, ExternalServers, ServerGroup, Subnet
from ..kinds.instance import Instance
from ..kinds.load_balancer import LoadBalancer
from ..kinds.network import AclEntry, NetworkAcl, NetworkFacts, PlacedSubnet, Route, RouteTable
from ..kinds.targets import Targets

Send = Callable[[Call], Answer]
Lives = Mapping[Address, LiveResource[Any]]
Raw = Mapping[str, Any]
IPV4 = "CidrBlock"


@dataclass(frozen=True)
class Surroundings:
    """What surrounds a stack. `subnet_of` has the subnet of each server."""

    servers: ExternalServers = NO_SERVERS
    network: NetworkFacts = field(default_factory=NetworkFacts)
    subnet_of: Mapping[str, str] = field(default_factory=dict)


def read_surroundings(send: Send, region: str, lives: Lives, servers: Iterable[str] = ()) -> Surroundings:
    """Reads all of it in about six calls. Raises nothing: what AWS does not answer is in `network.unread`.

    `servers` are further instances to read, for example those that AWS deregisters just now.
    """
    reader = _Reader(send)
    instances = reader.instances(_server_ids(lives) | {id for id in servers if id.startswith("i-")})
    groups = reader.groups({*_balancer_groups(lives), *(g for raw in instances for g in _groups_of(raw))})
    own_subnets = {str(ref) for balancer in _balancers(lives) for ref in balancer.subnets}
    subnets = reader.subnets(own_subnets | {raw["SubnetId"] for raw in instances if raw.get("SubnetId")})
    vpcs = {subnet.vpc for subnet in subnets.values()}
    network = NetworkFacts(subnets, reader.tables(vpcs), reader.acls(vpcs), reader.gateways(vpcs), reader.unread)
    known = ExternalServers(
        {raw["InstanceId"]: _server(region, raw) for raw in instances},
        {raw["GroupId"]: tuple(ingress_rules_of(raw.get("IpPermissions") or ())) for raw in groups},
        {raw["GroupId"]: _group(raw) for raw in groups},
        {id: Subnet(subnet.zone, subnet.cidr) for id, subnet in subnets.items()},
    )
    return Surroundings(known, network, {raw["InstanceId"]: raw.get("SubnetId", "") for raw in instances})


def _server_ids(lives: Lives) -> set[str]:
    """The ids of the registered servers, and of the stack's own."""
    own = {address: live.id for address, live in lives.items() if isinstance(live.model, Instance)}
    members = [m for live in lives.values() if isinstance(live.model, Targets) for m in live.model.members]
    registered = {ref.value for member in members if isinstance(ref := member.instance, AwsId)}
    return registered | set(own.values())


def _balancers(lives: Lives) -> list[LoadBalancer]:
    return [live.model for live in lives.values() if isinstance(live.model, LoadBalancer)]


def _balancer_groups(lives: Lives) -> set[str]:
    refs = [ref for balancer in _balancers(lives) for ref in balancer.security_groups or ()]
    return {ref.value for ref in refs if isinstance(ref, AwsId)}


def _groups_of(raw: Raw) -> list[str]:
    return sorted(group["GroupId"] for group in raw.get("SecurityGroups") or ())


def _server(region: str, raw: Raw) -> ExternalServer:
    zone = (raw.get("Placement") or {}).get("AvailabilityZone") or ""
    name = tag_mapping(raw.get("Tags")).get("Name", "")
    state, vpc = raw["State"]["Name"], raw.get("VpcId") or ""
    return ExternalServer(raw["InstanceId"], region, state, vpc, zone, tuple(_groups_of(raw)), name)


def _group(raw: Raw) -> ServerGroup:
    name = raw.get("GroupName") or ""
    return ServerGroup(name, name == "default", tag_mapping(raw.get("Tags")).get(STACK, ""))


class _Reader:
    """Each method returns nothing for what AWS does not answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.unread: dict[str, str] = {}

    def instances(self, ids: Iterable[str]) -> list[Raw]:
        return [*instances_in(self._answer("DescribeInstances", "instance-id", ids))]

    def groups(self, ids: Iterable[str]) -> Sequence[Raw]:
        return self._listed("DescribeSecurityGroups", "group-id", ids, "SecurityGroups")

    def subnets(self, ids: Iterable[str]) -> dict[str, PlacedSubnet]:
        raws = self._listed("DescribeSubnets", "subnet-id", ids, "Subnets")
        return {
            raw["SubnetId"]: PlacedSubnet(raw["SubnetId"], raw["AvailabilityZone"], raw["VpcId"], raw.get(IPV4) or "")
            for raw in raws
        }

    def tables(self, vpcs: Iterable[str]) -> list[RouteTable]:
        return [_table(raw) for raw in self._listed("DescribeRouteTables", "vpc-id", vpcs, "RouteTables")]

    def acls(self, vpcs: Iterable[str]) -> list[NetworkAcl]:
        return [_acl(raw) for raw in self._listed("DescribeNetworkAcls", "vpc-id", vpcs, "NetworkAcls")]

    def gateways(self, vpcs: Iterable[str]) -> dict[str, str]:
        """By VPC, the id of its internet gateway."""
        raws = self._listed("DescribeInternetGateways", "attachment.vpc-id", vpcs, "InternetGateways")
        return {at["VpcId"]: raw["InternetGatewayId"] for raw in raws for at in raw.get("Attachments", ())}

    def _listed(self, operation: str, name: str, values: Iterable[str], key: str) -> Sequence[Raw]:
        found: Sequence[Raw] = self._answer(operation, name, values).get(key, ())
        return found

    def _answer(self, operation: str, name: str, values: Iterable[str]) -> Answer:
        wanted = sorted(set(values))
        if not wanted:
            return {}
        try:
            return self._send(Call("ec2", operation, {"Filters": [{"Name": name, "Values": wanted}]}))
        except AwsProblem as problem:
            self.unread[operation] = problem.what
            return {}


def _table(raw: Raw) -> RouteTable:
    places = raw.get("Associations", ())
    routes = tuple(
        Route(route["DestinationCidrBlock"], _target(route), route.get("State") != "blackhole")
        for route in raw.get("Routes", ()) if route.get("DestinationCidrBlock")
    )  # fmt: skip
    subnets = frozenset(place["SubnetId"] for place in places if place.get("SubnetId"))
    return RouteTable(raw["RouteTableId"], raw.get("VpcId", ""), any(p.get("Main") for p in places), subnets, routes)


TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "VpcPeeringConnectionId",
)


def _target(route: Raw) -> str:
    return next((str(route[key]) for key in TARGETS if route.get(key)), "")


def _acl(raw: Raw) -> NetworkAcl:
    subnets = frozenset(place["SubnetId"] for place in raw.get("Associations", ()) if place.get("SubnetId"))
    entries = tuple(_entry(entry) for entry in raw.get("Entries", ()) if entry.get(IPV4))
    return NetworkAcl(raw["NetworkAclId"], subnets, entries)


def _entry(raw: Raw) -> AclEntry:
    ports = raw.get("PortRange") or {}
    return AclEntry(
        int(raw["RuleNumber"]),
        raw["RuleAction"] == "allow",
        bool(raw["Egress"]),
        str(raw["Protocol"]),
        raw[IPV4],
        (int(ports.get("From", 0)), int(ports.get("To", 65535))),
    )
