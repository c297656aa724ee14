"""Instances that the spec names by id or tag and that elbplan did not create: what AWS would refuse or not reach. Pure.

AWS registers only running instances of the target group's VPC, and sends no requests to an Availability Zone that the
load balancer does not have:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..core.address import Address, AwsId, Ref
from ..core.change import Change, Diff
from ..core.resource import Resource
from .auto_scaling_attachment import AutoScalingAttachment
from .aws.auto_scaling import ScalingGroup
from .aws.ingress_rules import Permission
from .aws.queries import STARTABLE
from .listener import Listener
from .load_balancer import LoadBalancer
from .rule import Rule
from .target import Target, member_key
from .target_group import TargetGroup
from .targets import Targets
from .traffic import attached_groups, filled_group_of

State = Mapping[Address, Resource]


@dataclass(frozen=True)
class ExternalServer:
    """An instance as DescribeInstances describes it.

    groups  the ids of its security groups
    since   the moment when it stopped, if it is stopped and AWS tells it
    """

    id: str
    region: str
    state: str = "running"
    vpc: str = ""
    zone: str = ""
    groups: tuple[str, ...] = ()
    name: str = ""
    since: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True)
class ServerGroup:
    """A security group of instances. `is_default` is the group that AWS makes with a VPC; `stack` owns it, if any."""

    name: str = ""
    is_default: bool = False
    stack: str = ""


@dataclass(frozen=True)
class Subnet:
    """A subnet. `cidr` is empty if elbplan did not read it."""

    zone: str
    cidr: str = ""


@dataclass(frozen=True)
class ExternalServers:
    """The instances that the spec names, and what surrounds them. All keys are AWS ids.

    rules    the inbound rules of the instances' security groups
    groups   the instances' security groups
    subnets  the subnets that load balancers can have, as far as elbplan read them
    scaling  the Auto Scaling groups that the spec names, by the id of `ScalingGroup.ref`
    """

    servers: Mapping[str, ExternalServer] = field(default_factory=dict)
    rules: Mapping[str, Sequence[Permission]] = field(default_factory=dict)
    groups: Mapping[str, ServerGroup] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    scaling: Mapping[str, ScalingGroup] = field(default_factory=dict)

    def zones(self, balancer: LoadBalancer) -> set[str] | None:
        """The zones of a load balancer; None if a zone is unknown."""
        subnets = [self.subnets.get(str(subnet)) for subnet in balancer.subnets]
        return {subnet.zone for subnet in subnets if subnet} if all(subnets) else None


NO_SERVERS = ExternalServers()
"""The spec names no instances, or nobody read them."""


@dataclass(frozen=True)
class Registration:
    """Targets that a plan registers, with their group and its load balancer."""

    address: Address
    group: TargetGroup
    balancer: LoadBalancer | None
    members: Sequence[tuple[Target, ExternalServer]]

    @property
    def servers(self) -> list[ExternalServer]:
        """Each server once."""
        return list(dict.fromkeys(server for _, server in self.members))


def registrations(diff: Diff, desired: State, external: ExternalServers) -> Iterator[Registration]:
    """The external servers that the plan registers. A server that is registered already does not count."""
    for change in diff.changes if external.servers else ():
        if change.action in ("create", "update", "replace") and change.after is not None:
            added = _added(change, change.after, external)
            yield from registration(change.address, change.after, added, desired, external)


def members_of(resource: Resource, external: ExternalServers) -> Sequence[Target]:
    """The targets that a resource registers: its members, or the instances of its Auto Scaling groups."""
    if isinstance(resource, Targets):
        return resource.members
    named = resource.auto_scaling_groups if isinstance(resource, AutoScalingAttachment) else ()
    groups = [group for ref in named if (group := external.scaling.get(str(ref)))]
    return [Target(instance=AwsId(id)) for group in groups for id in group.in_service]


def registration(
    address: Address, resource: Resource, members: Sequence[Target], desired: State, external: ExternalServers
) -> Iterator[Registration]:
    """The external servers among these members of targets or Auto Scaling groups; nothing if there are none."""
    ref = filled_group_of(resource)
    group = desired.get(ref) if isinstance(ref, Address) else None
    known = [(member, server) for member in members if (server := external.servers.get(str(member.instance)))]
    if known and isinstance(group, TargetGroup) and group.target_type == "instance":
        assert ref is not None
        yield Registration(address, group, balancer_of(ref, desired), known)


def _added(change: Change, after: Resource, external: ExternalServers) -> list[Target]:
    """The members that are not registered yet."""
    before = change.before if change.action == "update" else None
    old = {member_key(member) for member in members_of(before, external)} if before is not None else set()
    return [member for member in members_of(after, external) if member_key(member) not in old]


def balancer_of(group: Ref, desired: State) -> LoadBalancer | None:
    """The stack's load balancer that uses a group: the group names it, or a listener forwards to the group."""
    model = desired.get(group) if isinstance(group, Address) else None
    ref = model.balancer if isinstance(model, TargetGroup) else None
    balancer = desired.get(ref) if isinstance(ref, Address) else None
    if balancer is None:
        listeners = [resource for resource in desired.values() if group in attached_groups(resource)]
        parents = [_parent(resource, desired) for resource in listeners]
        balancer = next((parent for parent in parents if parent is not None), None)
    return balancer if isinstance(balancer, LoadBalancer) else None


def _parent(resource: Resource, desired: State) -> Resource | None:
    """The load balancer of a listener, also of the listener of a rule."""
    if isinstance(resource, Rule):
        listener = desired.get(resource.listener) if isinstance(resource.listener, Address) else None
        return _parent(listener, desired) if listener is not None else None
    ref = resource.load_balancer if isinstance(resource, Listener) else None
    return desired.get(ref) if isinstance(ref, Address) else None


def not_running(registration: Registration) -> list[ExternalServer]:
    """The servers that AWS does not register because they are stopped."""
    return [server for server in registration.servers if server.state in STARTABLE]


def in_other_vpc(registration: Registration) -> list[ExternalServer]:
    """The servers that AWS does not register because they are in another VPC than the group."""
    vpc = registration.group.vpc
    if not isinstance(vpc, AwsId):
        return []
    return [server for server in registration.servers if server.vpc and server.vpc != vpc.value]


def in_other_zone(registration: Registration, external: ExternalServers) -> list[ExternalServer]:
    """The servers of the group's VPC in zones that the load balancer does not have, as far as these are known."""
    zones = external.zones(registration.balancer) if registration.balancer else None
    elsewhere = in_other_vpc(registration)
    return [
        server
        for server in registration.servers
        if zones and server.zone and server.zone not in zones and server not in elsewhere
    ]
