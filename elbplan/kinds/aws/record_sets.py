"""Reads the record sets of Route 53 at the names that stacks want or have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...core.address import Address, Lookup, Ref
from ...core.call import Answer, Ask, Call, ReadProgram
from .caller_references import OwnZones
from .queries import domain, private_zone_named, private_zones, record_asks, zone_for
from .record_batches import RecordSet

RecordSets = dict[tuple[str, str, str, str], RecordSet]
"""Record sets by zone, name, type and set identifier."""


def zones_of_ref(stack: str, ref: Ref, zones: Sequence[Mapping[str, Any]], own: OwnZones) -> list[str]:
    """The id of a record's hosted zone; none if a lookup finds none, or several, and for a zone that is still new.

    Several private zones can have one name, and only the VPC of the stack tells which it is: returns all of them.
    """
    if isinstance(ref, Address):
        return [own[stack, ref]] if (stack, ref) in own else []
    if not isinstance(ref, Lookup):
        return [str(ref)]
    if name := private_zone_named(ref.query):
        return private_zones(name, zones)
    try:
        found = zone_for(ref.query, zones)
    except ValueError:
        return []
    return [found] if found else []


def read_sets(
    names: Iterable[tuple[str, str]], zones: Sequence[Mapping[str, Any]], calls: Sequence[Call] = ()
) -> ReadProgram[tuple[RecordSets, Sequence[Answer]]]:
    """The record sets at these names (zone and name), and others in the same answers.

    Sends `calls` in the same round, and returns their answers too.
    """
    by_zone: dict[str, set[str]] = {}
    for zone, name in names:
        by_zone.setdefault(zone, set()).add(domain(name))
    asks: list[Ask] = [ask for zone in sorted(by_zone) for ask in record_asks(zone, by_zone[zone], zones)]
    answers = (yield [*asks, *calls]) if asks or calls else []
    sets: RecordSets = {}
    for ask, answer in zip(asks, answers, strict=False):
        zone = ask.params["HostedZoneId"] if isinstance(ask, Call) else ""
        for raw in answer.get("ResourceRecordSets", []):
            sets[zone, domain(raw["Name"]), raw["Type"], raw.get("SetIdentifier", "")] = raw
    return sets, answers[len(asks) :]
