"""Ids of one account, and what a file calls them that is to hold in any: the subnet of zone a, the zone of a domain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.resource import Part, Resource, from_live, references, rewrite
from ..kinds import KINDS
from ..kinds.aws.queries import domain, zone_id
from .lookups import LookupFacts, is_by_name
from .resolve import NotFound, subnets_by_zone, vpc_of

R = TypeVar("R", bound=Resource)
P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class PortableNames:
    """Goes both ways between ids and symbols. Ids that the spec itself gives stay as they are.

    finds   what an id is called
    sets    what several ids are called together: the servers that bear a tag
    meant   the ids that each symbol stands for
    """

    finds: Mapping[str, Lookup] = field(default_factory=dict)
    sets: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    meant: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: LookupFacts, spec: Mapping[Address, Resource], told: Collection[Ref] = ()) -> PortableNames:
        """The symbols of what was looked up for a spec, and for files, which keep the words they were `told` in."""
        refs = {ref for resource in spec.values() for ref in references(resource)}
        meant = dict(_meant(facts, spec, {ref for ref in (*refs, *told) if isinstance(ref, Lookup)}))
        called: dict[str, Lookup] = {}
        for find, ids in sorted(meant.items(), key=lambda one: (one[0] in told, is_by_name(one[0]))):
            called |= {ids[0]: find} if len(ids) == 1 else {}
        literal = {ref.value for ref in told if isinstance(ref, AwsId)}
        given = literal | {r.value for r in refs if isinstance(r, AwsId) and called.get(r.value) not in told}
        several = sorted(meant.items(), key=lambda one: (one[0] not in told, -len(one[1]), one[0]))
        sets = {find: ids for find, ids in several if len(ids) > 1 and not literal & set(ids)}
        return cls({id: find for id, find in called.items() if id not in given}, sets, meant)

    def to_portable(self, resource: R) -> R:
        """The resource with symbols for ids."""

        def folded(ref: Ref) -> tuple[Ref, ...]:
            return (self.finds.get(ref.value, ref),) if isinstance(ref, AwsId) else (ref,)

        gathered = _gathered(resource, self.sets) if self.sets else resource
        return _with_other_ids(rewrite(gathered, folded), {id: find.query for id, find in self.finds.items()})

    def said(self, text: str) -> str:
        """A sentence with symbols for ids."""
        for id, find in self.finds.items():
            text = text.replace(id, find.query)
        for find, ids in self.sets.items():
            for id in ids:
                text = text.replace(id, find.query)
            text = re.sub(rf"({re.escape(find.query)}[^\s,;]*)(, \1)+(?![^\s,;])", r"\1", text)
        return text

    def to_ids(self, resource: R) -> R:
        """The resource with ids for symbols; a name or tag that nothing bears stays.

        Raises NotFound for a symbol that means nothing in this account.
        """

        def unfolded(ref: Ref) -> tuple[Ref, ...]:
            if not isinstance(ref, Lookup) or (is_by_name(ref) and ref not in self.meant):
                return (ref,)
            if ref not in self.meant:
                what = ref.what.replace("_", " ")
                raise NotFound(f"a migration speaks of the {what} {ref.query}, which is not in this account and region")
            return tuple(map(AwsId, self.meant[ref]))

        zones = {find.query: ids[0] for find, ids in self.meant.items() if find.what == "hosted_zone"}
        return _with_other_ids(rewrite(resource, unfolded), zones)


def _meant(
    facts: LookupFacts, spec: Mapping[Address, Resource], asked: set[Lookup]
) -> Iterator[tuple[Lookup, Sequence[str]]]:
    """Each symbol with its ids: the network's, the zones of domains, and what was asked for by name or tag."""
    vpc = vpc_of(spec, facts)
    if vpc:
        refs = (ref for resource in spec.values() for ref in references(resource))
        queries = sorted(ref.query for ref in refs if isinstance(ref, Lookup) and ref.what == "vpc")
        yield Lookup("vpc", queries[0] if queries else "default"), [vpc]
    for zone, subnet in subnets_by_zone(facts, vpc).items():
        yield Lookup("subnet", zone.removeprefix(facts.region)), [subnet]
    names = [domain(zone["Name"]) for zone in facts.zones if _public(zone)]
    for hosted in facts.zones:
        if _public(hosted) and names.count(domain(hosted["Name"])) == 1:
            yield Lookup("hosted_zone", domain(hosted["Name"])), [zone_id(hosted["Id"])]
    for find, ids in facts.found.items():
        if find in asked and is_by_name(find) and ids:
            yield find, ids


def _public(zone: Mapping[str, Any]) -> bool:
    return not zone.get("Config", {}).get("PrivateZone")


def _gathered(part: P, sets: Mapping[Lookup, Sequence[str]]) -> P:
    """The part with one symbol in each list for all the ids that it stands for."""
    fields = {name: _gathered_in(getattr(part, name), sets) for name in type(part).model_fields}
    return from_live(type(part), fields)


def _gathered_in(value: Any, sets: Mapping[Lookup, Sequence[str]]) -> Any:
    if isinstance(value, Part):
        return _gathered(value, sets)
    if not isinstance(value, tuple) or isinstance(value, Address):
        return value
    left = [_gathered_in(item, sets) for item in value]
    for find, ids in sets.items():
        left = _one_for_all(left, find, ids)
    return tuple(left)


def _one_for_all(items: Sequence[Any], find: Lookup, ids: Sequence[str]) -> list[Any]:
    """Members that differ in nothing but these ids, and are all there, become one."""
    shapes = [(item, _shaped(item, id, find), id) for id in ids for item in items if AwsId(id) in set(references(item))]
    whole = [shape for _, shape, id in shapes if id == ids[0] and _complete(shape, shapes, ids)]
    gone = [item for item, shape, _ in shapes if shape in whole]
    return [item for item in items if item not in gone] + whole


def _shaped(item: Any, id: str, find: Lookup) -> Any:
    def change(ref: Ref) -> tuple[Ref, ...]:
        return (find,) if ref == AwsId(id) else (ref,)

    return rewrite(item, change) if isinstance(item, Part) else find


def _complete(shape: Any, shapes: Iterable[tuple[Any, Any, str]], ids: Sequence[str]) -> bool:
    return {id for _, other, id in shapes if other == shape} == set(ids)


def _with_other_ids(resource: R, words: Mapping[str, str]) -> R:
    """The resource with other words for the ids that stand inside its texts."""
    changed: R = KINDS[resource.kind].with_other_ids(resource, words)
    return changed
