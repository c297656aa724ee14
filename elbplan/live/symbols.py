"""Ids of one account, and what a file calls them that is to hold in any: the subnet of zone a, the zone of a domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..core.address import Address, Find, Id, Ref
from ..core.resource import Resource, references, rewrite
from ..kinds.load_balancer import LoadBalancer
from ..kinds.reading import domain, zone_id
from .lookups import Facts, NotFound, subnets_by_zone, vpc_of

R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Symbols:
    """Goes both ways between ids and symbols. Ids that the spec itself gives stay as they are."""

    finds: Mapping[str, Find] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Facts, spec: Mapping[Address, Resource]) -> Symbols:
        """The symbols of what was looked up for a spec."""
        refs = {ref for resource in spec.values() for ref in references(resource)}
        finds: dict[str, Find] = {}
        vpc = vpc_of(spec, facts)
        if vpc:
            queries = sorted(ref.query for ref in refs if isinstance(ref, Find) and ref.what == "vpc")
            finds[vpc] = Find("vpc", queries[0] if queries else "default")
        for zone, subnet in subnets_by_zone(facts, vpc).items():
            finds[subnet] = Find("subnet", zone.removeprefix(facts.region))
        names = [domain(zone["Name"]) for zone in facts.zones if _public(zone)]
        for hosted in facts.zones:
            if _public(hosted) and names.count(domain(hosted["Name"])) == 1:
                finds[zone_id(hosted["Id"])] = Find("hosted_zone", domain(hosted["Name"]))
        given = {ref.value for ref in refs if isinstance(ref, Id)}
        return cls({id: find for id, find in finds.items() if id not in given})

    def fold(self, resource: R) -> R:
        """The resource with symbols for ids."""

        def folded(ref: Ref) -> tuple[Ref, ...]:
            return (self.finds.get(ref.value, ref),) if isinstance(ref, Id) else (ref,)

        return _remarked(rewrite(resource, folded), {id: find.query for id, find in self.finds.items()})

    def said(self, text: str) -> str:
        """A sentence with symbols for ids."""
        for id, find in self.finds.items():
            text = text.replace(id, find.query)
        return text

    def unfold(self, resource: R) -> R:
        """The resource with ids for symbols. Raises NotFound for a symbol that means nothing in this account."""
        ids = {find: id for id, find in self.finds.items()}

        def unfolded(ref: Ref) -> tuple[Ref, ...]:
            if not isinstance(ref, Find):
                return (ref,)
            if ref not in ids:
                what = ref.what.replace("_", " ")
                raise NotFound(f"a migration speaks of the {what} {ref.query}, which is not in this account and region")
            return (Id(ids[ref]),)

        zones = {find.query: id for find, id in ids.items() if find.what == "hosted_zone"}
        return _remarked(rewrite(resource, unfolded), zones)


def _public(zone: Mapping[str, Any]) -> bool:
    return not zone.get("Config", {}).get("PrivateZone")


def _remarked(resource: R, zones: Mapping[str, str]) -> R:
    """A balancer remembers its names as ZONE/name/TYPE, which holds an id as well."""
    if not isinstance(resource, LoadBalancer):
        return resource
    records = []
    for text in resource.records:
        zone, slash, rest = text.partition("/")
        records.append(f"{zones.get(zone, zone)}{slash}{rest}")
    changed: R = type(resource).model_validate({**dict(resource), "records": records})
    return changed
