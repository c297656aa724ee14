"""What the hosted zones of the account tell of records: private zones by name, and the names of zones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.address import Lookup
from ..core.call import Call, ReadProgram
from ..core.permission import Permission
from ..core.resource import Resource, references
from ..kinds.aws.queries import domain, private_zone_named, private_zones, zone_id
from ..kinds.permissions.limits import ZONES
from ..kinds.permissions.zones import WHOLE_ZONES
from ..kinds.record import Record


def _private_names(resource: Resource) -> Iterator[str]:
    """The names of the private zones that a resource looks up."""
    for ref in references(resource):
        if isinstance(ref, Lookup) and ref.what == "hosted_zone" and (name := private_zone_named(ref.query)):
            yield name


PERMISSIONS = (Permission("route53:GetHostedZone", ("compare",), (ZONES,), each=_private_names, why=WHOLE_ZONES),)

ZoneVpcs = Mapping[str, frozenset[str]]
"""By id of a private zone, the VPCs that it is associated with."""


def read_zone_vpcs(lookups: Iterable[Lookup], zones: Sequence[Mapping[str, Any]]) -> ReadProgram[ZoneVpcs]:
    """The VPCs of the private zones that these lookups can mean. Without such a lookup, it costs no call."""
    names = {private_zone_named(lookup.query) for lookup in lookups if lookup.what == "hosted_zone"} - {""}
    ids = sorted({id for name in names for id in private_zones(name, zones)})
    calls = [Call("route53", "GetHostedZone", {"Id": id}, done_if=("NoSuchHostedZone",)) for id in ids]
    answers = (yield calls) if calls else []
    return {
        id: frozenset(str(vpc["VPCId"]) for vpc in answer.get("VPCs", ()))
        for id, answer in zip(ids, answers, strict=True)
    }


def private_zone(
    name: str, zones: Sequence[Mapping[str, Any]], vpcs: ZoneVpcs, vpc: str | None
) -> tuple[Sequence[str], str]:
    """The id of the private zone with this name for a VPC, and the message for the case that there is none."""
    ids = private_zones(name, zones)
    if not ids:
        return [], (
            f"there is no private hosted zone {name} in this account (if one of another account is associated with the "
            "VPC, write the record in a spec of that account)"
        )
    associated = [id for id in ids if vpc in vpcs.get(id, ())]
    if len(associated) == 1:
        return associated, ""
    found = ", ".join(f"{id} for {', '.join(sorted(vpcs.get(id, ()))) or 'no VPC'}" for id in ids)
    return [], (
        f"the private hosted zone {name} is not associated with {vpc or 'the VPC of the stack'}, so nobody there would "
        f"find the name ({found}): associate it, or write the id of the zone if its clients are in another VPC"
    )


def apex_problems(record: Record, zones: Sequence[Mapping[str, Any]]) -> list[str]:
    """A message for a CNAME with the name of its zone: RFC 1034, section 3.6.2, allows none there."""
    names = {zone_id(raw["Id"]): domain(raw["Name"]) for raw in zones}
    if record.type != "CNAME" or names.get(str(record.zone)) != record.name:
        return []
    return [
        f"{record.name} is the name of its hosted zone, and Route 53 allows no CNAME there: leave out `type: cname`"
    ]
