"""Reads the hosted zones of a destroyed stack's names: AWS bills a zone also while nothing uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.address import AwsId, Lookup
from ..core.call import ReadProgram
from ..core.plan import Remaining
from ..core.stack import Stack
from ..kinds.aws.queries import HOSTED_ZONES, zone_for, zone_id
from ..kinds.record import Record
from ..kinds.server_endings import remaining_zones


def read_remaining_zones(stacks: Sequence[Stack]) -> ReadProgram[dict[str, list[Remaining]]]:
    """The hosted zones of each stack's records. The question is one that the records ask too, so it costs no call."""
    records = {stack.name: [r for r in stack.resources.values() if isinstance(r, Record)] for stack in stacks}
    if not any(records.values()):
        return {}
    (answer,) = yield [HOSTED_ZONES]
    return {stack: list(remaining_zones(_zones_of(own, answer["HostedZones"]))) for stack, own in records.items()}


def _zones_of(records: Sequence[Record], zones: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the records' zones, by id."""
    names = {zone_id(raw["Id"]): str(raw["Name"]) for raw in zones}
    ids = {_id(record, zones) for record in records}
    return {id: name for id, name in names.items() if id in ids}


def _id(record: Record, zones: Sequence[Mapping[str, Any]]) -> str | None:
    """The id of a record's zone; None if AWS does not have it, or has several with the name."""
    if isinstance(record.zone, AwsId):
        return record.zone.value
    try:
        return zone_for(record.zone.query, zones) if isinstance(record.zone, Lookup) else None
    except ValueError:
        return None
