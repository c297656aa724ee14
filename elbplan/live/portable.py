"""Names for AWS ids that are valid in any account: the subnet of zone a, the hosted zone of a domain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..core.address import Address, AwsId, Lookup, Ref
from ..core.resource import Part, Resource, from_live, references, rewrite
from ..kinds import KINDS
from ..kinds.aws.queries import domain, private_zone_named, zone_id
from .lookups import LookupFacts
from .named_lookups import is_by_name
from .resolve import NotFound, subnets_by_zone, vpc_of, zone_ids
from .vpcs import in_vpc, vpcs_of

R = TypeVar("R", bound=Resource)
P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class PortableNames:
    """Translates AWS ids into lookups, and back. Ids that the spec itself contains stay unchanged.

    lookups   the lookup of each id
    sets      lookups of several ids together: the instances with a tag
    ids       the ids of each lookup
    vpcs      the VPC of each subnet
    """

    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    sets: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    ids: Mapping[Lookup, Sequence[str]] = field(default_factory=dict)
    vpcs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, facts: LookupFacts, spec: Mapping[Address, Resource], file_references: Collection[Ref] = ()
    ) -> PortableNames:
        """The names for a spec and for migration files. References in files (`file_references`) keep their form."""
        refs = {ref for resource in spec.values() for ref in references(resource)}
        meant = dict(_meant(facts, spec, {ref for ref in (*refs, *file_references) if isinstance(ref, Lookup)}))
        names: dict[str, Lookup] = {}
        for lookup, ids in sorted(meant.items(), key=lambda item: (item[0] in file_references, is_by_name(item[0]))):
            names |= {ids[0]: lookup} if len(ids) == 1 else {}
        literal = {ref.value for ref in file_references if isinstance(ref, AwsId)}
        given = literal | {r.value for r in refs if isinstance(r, AwsId) and names.get(r.value) not in file_references}
        several = sorted(meant.items(), key=lambda item: (item[0] not in file_references, -len(item[1]), item[0]))
        sets = {lookup: ids for lookup, ids in several if len(ids) > 1 and not literal & set(ids)}
        return cls(
            {id: lookup for id, lookup in names.items() if id not in given}, sets, meant, vpcs_of(facts.described)
        )

    def to_portable(self, resource: R) -> R:
        """The resource with lookups for ids."""

        def lookup_of(ref: Ref) -> tuple[Ref, ...]:
            return (self.lookups.get(ref.value, ref),) if isinstance(ref, AwsId) else (ref,)

        gathered = _gathered(resource, self.sets) if self.sets else resource
        return _with_other_ids(rewrite(gathered, lookup_of), {id: lookup.query for id, lookup in self.lookups.items()})

    def portable_text(self, text: str) -> str:
        """A text with names for ids."""
        for id, lookup in self.lookups.items():
            text = text.replace(id, lookup.query)
        for lookup, ids in self.sets.items():
            for id in ids:
                text = text.replace(id, lookup.query)
            text = re.sub(rf"({re.escape(lookup.query)}[^\s,;]*)(, \1)+(?![^\s,;])", r"\1", text)
        return text

    def to_ids(self, resource: R) -> R:
        """The resource with ids for lookups. A lookup by a name or tag that no resource has stays.

        Raises NotFound for any other lookup that finds nothing in this account.
        """

        def ids_of(ref: Ref) -> tuple[Ref, ...]:
            if not isinstance(ref, Lookup) or (is_by_name(ref) and ref not in self.ids):
                return (ref,)
            if ref not in self.ids:
                what = ref.what.replace("_", " ")
                raise NotFound(
                    f"a migration file refers to the {what} {ref.query}, which is not in this account and region"
                )
            return tuple(map(AwsId, self.ids[ref]))

        zones = {lookup.query: ids[0] for lookup, ids in self.ids.items() if lookup.what == "hosted_zone"}
        return _with_other_ids(in_vpc(rewrite(resource, ids_of), self.vpcs), zones)


def _meant(
    facts: LookupFacts, spec: Mapping[Address, Resource], lookups: set[Lookup]
) -> Iterator[tuple[Lookup, Sequence[str]]]:
    """Each lookup with its ids: VPC and subnets, hosted zones, and the resources looked up by name or tag."""
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
    for lookup in sorted(lookups):
        if private_zone_named(lookup.query) and (found := zone_ids(lookup, facts, vpc)[0]):
            yield lookup, found
    for lookup, ids in facts.found.items():
        if lookup in lookups and is_by_name(lookup) and ids:
            yield lookup, ids


def _public(zone: Mapping[str, Any]) -> bool:
    return not zone.get("Config", {}).get("PrivateZone")


def _gathered(part: P, sets: Mapping[Lookup, Sequence[str]]) -> P:
    """The part, in whose lists one lookup stands for all of its ids."""
    fields = {name: _gathered_in(getattr(part, name), sets) for name in type(part).model_fields}
    return from_live(type(part), fields)


def _gathered_in(value: Any, sets: Mapping[Lookup, Sequence[str]]) -> Any:
    if isinstance(value, Part):
        return _gathered(value, sets)
    if not isinstance(value, tuple) or isinstance(value, Address):
        return value
    left = [_gathered_in(item, sets) for item in value]
    for lookup, ids in sets.items():
        left = _with_lookup(left, lookup, ids)
    return tuple(left)


def _with_lookup(items: Sequence[Any], lookup: Lookup, ids: Sequence[str]) -> list[Any]:
    """The items; one item with the lookup replaces items that differ only in these ids and have all of them."""
    shapes = [
        (item, _shaped(item, id, lookup), id) for id in ids for item in items if AwsId(id) in set(references(item))
    ]
    whole = [shape for _, shape, id in shapes if id == ids[0] and _complete(shape, shapes, ids)]
    gone = [item for item, shape, _ in shapes if shape in whole]
    return [item for item in items if item not in gone] + whole


def _shaped(item: Any, id: str, lookup: Lookup) -> Any:
    def change(ref: Ref) -> tuple[Ref, ...]:
        return (lookup,) if ref == AwsId(id) else (ref,)

    return rewrite(item, change) if isinstance(item, Part) else lookup


def _complete(shape: Any, shapes: Iterable[tuple[Any, Any, str]], ids: Sequence[str]) -> bool:
    return {id for _, other, id in shapes if other == shape} == set(ids)


def _with_other_ids(resource: R, words: Mapping[str, str]) -> R:
    """The resource with other words for the ids that stand inside its texts."""
    changed: R = KINDS[resource.kind].with_other_ids(resource, words)
    return changed
