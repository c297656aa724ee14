"""What the records of a stack's runs tell one apply of its files, and whether it may still go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..errors import Refused
from ..run.record import LEFT, Record
from .told import Told, told_of


class Records(Protocol):
    """What a journal needs of the ledger."""

    def read(self, stack: str) -> list[Record]:
        """All records of a stack, the oldest first; what was written in the last second may be missing."""

    def get(self, stack: str, number: int) -> Record | None:
        """One record, as it is now."""


@dataclass
class Journal:
    """Read when an apply begins and each time that it goes on, since others run while it waits.

    told    what earlier runs tell of the files; None where a round begins and nobody has read yet
    seen    the newest record that this apply knows of: at its begin, or its own last one
    other   the newest run that went on with the files since then
    """

    stack: str
    told: Told | None = None
    seen: Record | None = None
    other: Record | None = None

    def read(self, ledger: Records) -> None:
        """Read the records. Raises Refused where another run took back or destroyed what this apply builds on."""
        records = ledger.read(self.stack)
        if self.told is None and self.seen is None:
            self.seen = records[-1] if records else None
        elif self.seen and not kept(records, self.seen) and (own := ledger.get(self.stack, self.seen.number)):
            records = [*records, own]  # the list may be a second old
        if what := undone(records, self.seen):
            hint = "elbplan status shows where it stands; elbplan apply begins there, with --again after a way back"
            raise Refused(f"{self.stack}: {what} while this apply held; nothing more is done", hint=hint)
        self.other = went_on(records, self.seen)
        self.told = self.told or told_of(records)

    def wrote(self, record: Record | None) -> None:
        """This apply has run something, and its record is the newest that it knows of."""
        self.seen = record or self.seen

    def renew(self) -> None:
        """A new round begins, which reads for itself what earlier runs tell."""
        self.told = None


def newer(records: Sequence[Record], seen: Record | None) -> list[Record]:
    """The records that came after the one that was the newest then; all of them if there was none."""
    return [record for record in records if seen is None or record.number > seen.number]


def kept(records: Sequence[Record], seen: Record) -> bool:
    """Is the record that was the newest then still there? A destroyed stack has none."""
    return any(record.run == seen.run for record in records)


def undone(records: Sequence[Record], seen: Record | None) -> str:
    """Who took back or destroyed the stack since then; empty if nobody did."""
    if seen is not None and not kept(records, seen):
        return f"the record of run {seen.number} is gone, so the stack was destroyed"
    for record in newer(records, seen):
        who = f"run {record.number} ({record.verb} by {record.who})"
        if record.verb == "destroy":
            return f"{who} was to destroy the stack"
        if record.way == "back" or record.state == "returned":
            return f"{who} took {record.file} back"
        if record.way == LEFT:
            return f"{who} left the migrations"
    return ""


def went_on(records: Sequence[Record], seen: Record | None) -> Record | None:
    """The newest run that went on with the files since then."""
    return next((record for record in reversed(newer(records, seen)) if record.file), None)
