"""What a stack's files and spec name but do not make, put into a double: networks, servers, certificates, zones."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.resource import Resource, references
from ..core.simulate import State
from ..errors import Refused
from .fake_aws import FakeAws

DEFAULT = Lookup("vpc", "default")
TWO = 2
"""So many bear a tag that servers or subnets are found by: all of them are meant, and one would not show it."""


def create_surroundings(double: FakeAws, region: str, told: Sequence[State], spec: State) -> None:
    """Put up all that the states of files and the spec point at and that no stack makes, with the ids that they name.

    Files name hosted zones as they are, a spec the names that are to stand in one. Raises Refused for what a double
    cannot have.
    """
    states = [*told, spec]
    rest = {ref for state in states for ref in _refs(state)}
    _strange(rest)
    for name, id in sorted(_hosted_zones(told, spec)):
        double.plant("hosted_zone", id, region, name=name)
    names = sorted({name for name, zone in _standing(spec) if isinstance(zone, Lookup)})
    letters = sorted(double.seed(region, hosted_zones=names)["subnets"])
    for image in sorted({image for state in states for image in _images(state)}):
        double.plant("image", image, region)
    for arn in sorted(ref.value for ref in rest if isinstance(ref, AwsId) and ":acm:" in ref.value):
        double.plant("certificate", arn, region, names=_names(states))
    for id in sorted(ref.value for ref in rest if isinstance(ref, AwsId) and ref.value.startswith("eipalloc-")):
        double.plant("elastic_ip", id, region)
    ground = NetworkLayout(double, region, letters)
    for vpc in sorted({_vpc_of(state) for state in states if state}, key=str):
        ground.network(vpc, [state for state in states if _vpc_of(state) == vpc])


@dataclass
class NetworkLayout:
    """The networks that are laid out so far."""

    double: FakeAws
    region: str
    letters: Sequence[str]
    zones: dict[Ref, str] = field(default_factory=dict)
    there: set[Ref] = field(default_factory=set)

    def network(self, vpc: Ref, states: Sequence[State]) -> None:
        """One network with its subnets, groups and servers."""
        id = ""
        if vpc != DEFAULT:
            id = self._plant("vpc", vpc, cidr=_range(states))
        places = self._subnets(id, states)
        for group in sorted(_pointed(states, "security_group", "sg-"), key=str):
            self._plant("security_group", group, vpc=id)
        common = [z for z in self.letters if all(z in self._served(state) for state in states)]
        zones = [z for z in common if not places or z in places] or [*places] or list(self.letters)
        for number, server in enumerate(sorted(_pointed(states, "instance", "i-"), key=str)):
            for more in range(TWO if _many(server, states) else 1):
                zone = zones[(number + more) % len(zones)]
                place = {"subnet": places[zone]} if zone in places else {"zone": zone}
                self._plant("instance", server, again=bool(more), **place)

    def _subnets(self, vpc: str, states: Sequence[State]) -> dict[str, str]:
        """The subnets by zone: those that are named, and in a network of its own one for each zone spoken of."""
        places: dict[str, str] = {}
        for several in _places(states):
            free = [z for z in self.letters if z not in {self.zones.get(ref) for ref in several}]
            for ref in [ref for ref in several if ref not in self.zones]:
                many = len(several) == 1 and str(ref).startswith("tag:")
                for zone in [free.pop(0) for _ in range(TWO if many else 1) if free]:
                    self.zones[ref] = zone
                    places[zone] = self._plant("subnet", ref, again=True, zone=zone, vpc=vpc)
        if vpc:
            for zone in self._spoken(states):
                if zone not in places:
                    places[zone] = self.double.plant("subnet", "", self.region, zone=zone, vpc=vpc)
        return places

    def _spoken(self, states: Sequence[State]) -> list[str]:
        queries = {ref.query for state in states for ref in _refs(state) if isinstance(ref, Lookup) and _lies(ref)}
        return list(self.letters) if any(not query.isalpha() for query in queries) else sorted(queries)

    def _served(self, state: State) -> set[str]:
        """The zones in which all balancers of a state stand."""
        each = [{zone for ref in r.subnets for zone in self._zone(ref)} for r in _of("load_balancer", state)]
        return set.intersection(*each) if each else set(self.letters)

    def _zone(self, ref: Ref) -> Sequence[str]:
        if ref in self.zones:
            return [self.zones[ref]]
        query = ref.query if isinstance(ref, Lookup) else "*"
        if query.startswith("#"):
            return [self.letters[int(query[1:]) % len(self.letters)]]
        return self.letters if query == "*" else [query[-1:]]

    def _plant(self, kind: str, ref: Ref, again: bool = False, **wanted: Any) -> str:
        if ref in self.there and not again:
            return ""
        self.there.add(ref)
        if isinstance(ref, Lookup):
            wanted["tags"] = _tags(ref.query)
        return self.double.plant(kind, ref.value if isinstance(ref, AwsId) else "", self.region, **wanted)


def _refs(state: State) -> Iterator[Ref]:
    for resource in state.values():
        yield from references(resource)


def _of(kind: str, state: State) -> Iterator[Any]:
    return (resource for address, resource in state.items() if address.kind == kind)


def _named(ref: Ref) -> bool:
    return isinstance(ref, Lookup) and ref.query.startswith(("name:", "tag:"))


def _lies(ref: Lookup) -> bool:
    return ref.what == "subnet" and not _named(ref)


def _pointed(states: Iterable[State], what: str, prefix: str) -> set[Ref]:
    """What is pointed at by id, or by a name or tag."""
    refs = {ref for state in states for ref in _refs(state)}
    ids: set[Ref] = {ref for ref in refs if isinstance(ref, AwsId) and ref.value.startswith(prefix)}
    return ids | {ref for ref in refs if isinstance(ref, Lookup) and ref.what == what and _named(ref)}


def _many(server: Ref, states: Iterable[State]) -> bool:
    """Is it a tag that only lists of targets speak of?"""
    alone = {ref for state in states for r in _of("elastic_ip", state) for ref in references(r)}
    return str(server).startswith("tag:") and server not in alone


def _places(states: Iterable[State]) -> Iterator[list[Ref]]:
    """The subnets that are named, those of one balancer together, which lie in different zones."""
    together = [r.subnets for state in states for r in _of("load_balancer", state)]
    together += [(r.subnet,) for state in states for r in _of("instance", state)]
    for subnets in sorted(set(together), key=lambda them: -len(them)):
        if named := [ref for ref in subnets if isinstance(ref, AwsId) or _named(ref)]:
            yield named


def _vpc_of(state: State) -> Ref:
    """The network of a state: a stack stands in one."""
    refs = [ref for ref in _refs(state) if _is_vpc(ref)]
    return refs[0] if refs else DEFAULT


def _is_vpc(ref: Ref) -> bool:
    return (isinstance(ref, Lookup) and ref.what == "vpc") or (isinstance(ref, AwsId) and ref.value.startswith("vpc-"))


def _range(states: Iterable[State]) -> str:
    """The /16 around the first address that is a target, so that it lies in the network."""
    members = [m for state in states for r in _of("targets", state) for m in r.members if m.address and not m.zone]
    for member in members:
        if not member.address.startswith("arn:") and ":" not in member.address:
            return str(ipaddress.ip_network(f"{member.address}/16", strict=False))
    return "10.0.0.0/16"


def _hosted_zones(told: Sequence[State], spec: State) -> set[tuple[str, str]]:
    """Each zone by its name and, where one is given, its id: a zone of an id is as wide as all that stands in it."""
    zones: dict[str, str] = {}
    for name, ref in (pair for state in (*told, spec) for pair in _standing(state)):
        if isinstance(ref, AwsId):
            parent = name.partition(".")[2] if name.count(".") > 1 else name
            zones[ref.value] = min(zones.get(ref.value, parent), parent, key=len)
    found = {ref.query for state in told for _, ref in _standing(state) if isinstance(ref, Lookup)}
    return {(name, id) for id, name in zones.items()} | {(name, "") for name in found - set(zones.values())}


def _standing(state: State) -> Iterator[tuple[str, Ref]]:
    """Names with the zones that they stand in."""
    for record in _of("record", state):
        yield record.name, record.zone
    for certificate in _of("certificate", state):
        yield from ((proof.domain.removeprefix("*."), proof.zone) for proof in certificate.proofs)


def _names(states: Iterable[State]) -> list[str]:
    """What a certificate that somebody brings along is good for: every name there is."""
    names = {name for state in states for name, _ in _standing(state)}
    return sorted(names) or ["example.com"]


def _images(state: State) -> Iterator[str]:
    return (r.image for r in _of("instance", state) if r.image.startswith("ami-"))


def _tags(query: str) -> dict[str, str]:
    if query.startswith("name:"):
        return {"Name": query.removeprefix("name:")}
    key, _, value = query.removeprefix("tag:").partition("=")
    return {key: value}


PLANTED = ("vpc-", "subnet-", "sg-", "i-", "eipalloc-", "Z")


def _strange(refs: Iterable[Ref]) -> None:
    """Raises Refused for what cannot be planted."""
    ids = [ref.value for ref in refs if isinstance(ref, AwsId)]
    strange = sorted(id for id in ids if not id.startswith(PLANTED) and ":acm:" not in id)
    if strange:
        hint = "such a stack can be tried in an account of its own"
        raise Refused(f"this cannot be rehearsed: a rehearsal has no {', '.join(strange)}", hint=hint)


def without_deposed(resources: State) -> dict[Address, Resource]:
    """A state as a spec would say it: nothing in it is former."""
    return {address: resource for address, resource in resources.items() if not address.deposed}
