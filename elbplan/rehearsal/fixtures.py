"""Creates in the simulator what a stack needs but does not create: networks, servers, certificates, hosted zones."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.resource import Resource, references
from ..core.simulate import State
from ..errors import Refused
from ..kinds.aws.auto_scaling import PREFIX, ScalingGroupName, is_scaling_group, scaling_group_name
from ..kinds.certificate import Certificate
from ..kinds.elastic_ip import ElasticIp
from ..kinds.instance import Instance
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.targets import Targets
from ..live.certificate_search import is_certificate
from .authorities import create_issuers
from .edge_fixtures import create_edge
from .fake_aws import Fixtures
from .secrets import create_secrets
from .trust_stores import PART, create_trust_stores

R = TypeVar("R", bound=Resource)

DEFAULT = Lookup("vpc", "default")

RESOURCES_A_TAG = 2
"""How many servers or subnets get a tag by which a list is looked up. With one, a wrong look-up would not show."""

KNOWN_IDS = ("vpc-", "subnet-", "sg-", "i-", "eipalloc-", "Z", PREFIX)
"""The prefixes of the ids, besides certificates, that the simulator can create."""


def create_surroundings(simulator: Fixtures, region: str, states: Sequence[State], spec: State) -> None:
    """Creates everything that the states and the spec refer to and that no stack creates, with the ids in them.

    Migrations name the hosted zones themselves; a spec names the records, and elbplan looks up their zones.
    Raises Refused for ids that the simulator cannot create.
    """
    every = [*states, spec]
    refs = {ref for state in every for ref in _refs(state)}
    _refuse_unknown_ids(refs)
    ids = sorted(ref.value for ref in refs if isinstance(ref, AwsId))
    for name, id in sorted(_hosted_zones(states, spec)):
        simulator.create_fixture("hosted_zone", id, region, name=name)
    names = sorted({name for name, zone in _names_with_zones(spec) if isinstance(zone, Lookup)})
    letters = sorted(simulator.create_defaults(region, hosted_zones=names)["subnets"])
    for image in sorted({image for state in every for image in _images(state)}):
        simulator.create_fixture("image", image, region)
    for arn in (id for id in ids if ":acm:" in id):
        simulator.create_fixture("certificate", arn, region, names=_certificate_names(every))
    for name in sorted(
        ref.query.removeprefix("name:") for ref in refs if is_certificate(ref) and isinstance(ref, Lookup)
    ):
        simulator.create_fixture("certificate", "", region, names=[name])
    create_issuers(simulator, region, every)
    create_secrets(simulator, region, every)
    create_trust_stores(simulator, region, refs)
    for id in (id for id in ids if id.startswith("eipalloc-")):
        simulator.create_fixture("elastic_ip", id, region)
    create_edge(simulator, region, every)
    layout = NetworkLayout(simulator, region, letters)
    for vpc in sorted({_vpc_of(state) for state in every if state}, key=str):
        layout.create(vpc, [state for state in every if _vpc_of(state) == vpc])


@dataclass
class NetworkLayout:
    """The networks that exist in the simulator so far.

    letters  the letters of the region's availability zones
    zones    the zone of each subnet
    created  the references whose resources exist
    """

    simulator: Fixtures
    region: str
    letters: Sequence[str]
    zones: dict[Ref, str] = field(default_factory=dict)
    created: set[Ref] = field(default_factory=set)

    def create(self, vpc: Ref, states: Sequence[State]) -> None:
        """Creates a VPC with its subnets, security groups and servers."""
        vpc_id = ""
        if vpc != DEFAULT:
            vpc_id = self._create_fixture("vpc", vpc, cidr=_cidr(states))
        subnets = self._subnets(vpc_id, states)
        for group in sorted(_refs_to(states, "security_group", "sg-"), key=str):
            self._create_fixture("security_group", group, vpc=vpc_id)
        common = [z for z in self.letters if all(z in self._served_zones(state) for state in states)]
        zones = [z for z in common if not subnets or z in subnets] or [*subnets] or list(self.letters)
        for number, server in enumerate(sorted(_refs_to(states, "instance", "i-"), key=str)):
            for more in range(RESOURCES_A_TAG if _finds_several(server, states) else 1):
                zone = zones[(number + more) % len(zones)]
                place = {"subnet": subnets[zone]} if zone in subnets else {"zone": zone}
                self._create_fixture("instance", server, again=bool(more), **place)
        for group in sorted({ref for state in states for ref in _refs(state) if _is_scaling_group(ref)}, key=str):
            places = [subnets[zone] for zone in zones if zone in subnets]
            wanted = {"vpc_subnets": places} if places else {"zones": zones}
            self._create_scaling_group(group, **wanted)

    def _create_scaling_group(self, ref: Ref, **wanted: Any) -> None:
        """Creates an Auto Scaling group with an instance in each zone. One that is named by tag gets a name."""
        if ref not in self.created:
            self.created.add(ref)
            if isinstance(ref, Lookup):
                wanted["tags"] = _tags(ref.query)
            name = scaling_group_name(ref).removeprefix("tag:")
            self.simulator.create_fixture("auto_scaling_group", name, self.region, **wanted)

    def _subnets(self, vpc: str, states: Sequence[State]) -> dict[str, str]:
        """Creates the subnets and returns them by zone: named subnets, and one for each zone of a non-default VPC."""
        subnets: dict[str, str] = {}
        for refs in _named_subnets(states):
            free = [z for z in self.letters if z not in {self.zones.get(ref) for ref in refs}]
            for ref in [ref for ref in refs if ref not in self.zones]:
                several = len(refs) == 1 and str(ref).startswith("tag:")
                for zone in [free.pop(0) for _ in range(RESOURCES_A_TAG if several else 1) if free]:
                    self.zones[ref] = zone
                    subnets[zone] = self._create_fixture("subnet", ref, again=True, zone=zone, vpc=vpc)
        if vpc:
            for zone in self._requested_zones(states):
                if zone not in subnets:
                    subnets[zone] = self.simulator.create_fixture("subnet", "", self.region, zone=zone, vpc=vpc)
        return subnets

    def _requested_zones(self, states: Sequence[State]) -> list[str]:
        refs = {ref for state in states for ref in _refs(state)}
        queries = {ref.query for ref in refs if isinstance(ref, Lookup) and ref.what == "subnet" and not _is_named(ref)}
        return list(self.letters) if any(not query.isalpha() for query in queries) else sorted(queries)

    def _served_zones(self, state: State) -> set[str]:
        """The zones that all load balancers of a state have in common."""
        each = [{zone for ref in b.subnets for zone in self._zones_of(ref)} for b in _resources(LoadBalancer, state)]
        return set.intersection(*each) if each else set(self.letters)

    def _zones_of(self, subnet: Ref) -> Sequence[str]:
        if subnet in self.zones:
            return [self.zones[subnet]]
        query = subnet.query if isinstance(subnet, Lookup) else "*"
        if query.startswith("#"):
            return [self.letters[int(query[1:]) % len(self.letters)]]
        return self.letters if query == "*" else [query[-1:]]

    def _create_fixture(self, kind: str, ref: Ref, again: bool = False, **wanted: Any) -> str:
        if ref in self.created and not again:
            return ""
        self.created.add(ref)
        if isinstance(ref, Lookup):
            wanted["tags"] = _tags(ref.query)
        return self.simulator.create_fixture(kind, ref.value if isinstance(ref, AwsId) else "", self.region, **wanted)


def _is_scaling_group(ref: Ref) -> bool:
    named = isinstance(ref, AwsId) and is_scaling_group(ref.value)
    return named or (isinstance(ref, Lookup) and ref.what == SCALING_GROUP)


SCALING_GROUP = ScalingGroupName().kind


def _refs(state: State) -> Iterator[Ref]:
    for resource in state.values():
        yield from references(resource)


def _resources(model: type[R], state: State) -> Iterator[R]:
    return (resource for resource in state.values() if isinstance(resource, model))


def _is_named(ref: Ref) -> bool:
    """True for a look-up by name or tag."""
    return isinstance(ref, Lookup) and ref.query.startswith(("name:", "tag:"))


def _refs_to(states: Iterable[State], what: str, prefix: str) -> set[Ref]:
    """The references to such resources by id, name or tag."""
    refs = {ref for state in states for ref in _refs(state)}
    ids: set[Ref] = {ref for ref in refs if isinstance(ref, AwsId) and ref.value.startswith(prefix)}
    return ids | {ref for ref in refs if isinstance(ref, Lookup) and ref.what == what and _is_named(ref)}


def _finds_several(server: Ref, states: Iterable[State]) -> bool:
    """True for a tag that only lists of targets use: an elastic IP needs exactly one server."""
    single = {ref for state in states for address in _resources(ElasticIp, state) for ref in references(address)}
    return str(server).startswith("tag:") and server not in single


def _named_subnets(states: Iterable[State]) -> Iterator[list[Ref]]:
    """The subnets with an id, name or tag. Those of one load balancer come together: each needs its own zone."""
    together = [balancer.subnets for state in states for balancer in _resources(LoadBalancer, state)]
    together += [(instance.subnet,) for state in states for instance in _resources(Instance, state)]
    for subnets in sorted(set(together), key=lambda subnets: -len(subnets)):
        if named := [ref for ref in subnets if isinstance(ref, AwsId) or _is_named(ref)]:
            yield named


def _vpc_of(state: State) -> Ref:
    """The VPC of a state: a stack uses only one."""
    refs = [ref for ref in _refs(state) if _is_vpc(ref)]
    return refs[0] if refs else DEFAULT


def _is_vpc(ref: Ref) -> bool:
    return (isinstance(ref, Lookup) and ref.what == "vpc") or (isinstance(ref, AwsId) and ref.value.startswith("vpc-"))


def _cidr(states: Iterable[State]) -> str:
    """The /16 network around the first IP address among the targets, so that the VPC contains this address."""
    members = [member for state in states for targets in _resources(Targets, state) for member in targets.members]
    for address in (member.address for member in members if not member.zone):
        if address and not address.startswith("arn:") and ":" not in address:
            return str(ipaddress.ip_network(f"{address}/16", strict=False))
    return "10.0.0.0/16"


def _hosted_zones(states: Sequence[State], spec: State) -> set[tuple[str, str]]:
    """The name and id of each hosted zone; the id is empty if nothing requires a certain one.

    An id alone does not tell the name of its zone. The zone gets the shortest parent domain of all names in it.
    """
    zones: dict[str, str] = {}
    for name, ref in (pair for state in (*states, spec) for pair in _names_with_zones(state)):
        if isinstance(ref, AwsId):
            parent = name.partition(".")[2] if name.count(".") > 1 else name
            zones[ref.value] = min(zones.get(ref.value, parent), parent, key=len)
    names = {ref.query for state in states for _, ref in _names_with_zones(state) if isinstance(ref, Lookup)}
    return {(name, id) for id, name in zones.items()} | {(name, "") for name in names - set(zones.values())}


def _names_with_zones(state: State) -> Iterator[tuple[str, Ref]]:
    """The names of records and certificates, each with its hosted zone."""
    for record in _resources(Record, state):
        yield record.name, record.zone
    for certificate in _resources(Certificate, state):
        yield from ((proof.domain.removeprefix("*."), proof.zone) for proof in certificate.proofs)


def _certificate_names(states: Iterable[State]) -> list[str]:
    """The names of an existing certificate: all names of the stack."""
    names = {name for state in states for name, _ in _names_with_zones(state)}
    return sorted(names) or ["example.com"]


def _images(state: State) -> Iterator[str]:
    return (server.image for server in _resources(Instance, state) if server.image.startswith("ami-"))


def _tags(query: str) -> dict[str, str]:
    if query.startswith("name:"):
        return {"Name": query.removeprefix("name:")}
    key, _, value = query.removeprefix("tag:").partition("=")
    return {key: value}


def _refuse_unknown_ids(refs: Iterable[Ref]) -> None:
    """Raises Refused for ids that the simulator cannot create."""
    ids = [ref.value for ref in refs if isinstance(ref, AwsId)]
    known = (":acm:", ":wafv2:", PART)
    unknown = sorted(id for id in ids if not (id.startswith(KNOWN_IDS) or any(part in id for part in known)))
    if unknown:
        what = f"this cannot be rehearsed: the local AWS simulator cannot create {', '.join(unknown)}"
        raise Refused(what, hint="test such a stack in a separate AWS account")


def current_resources(state: State) -> dict[Address, Resource]:
    """The resources that a spec of this state has: all but the old sides of replacements."""
    return {address: resource for address, resource in state.items() if not address.deposed}
