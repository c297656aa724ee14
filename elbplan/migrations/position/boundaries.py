"""Which steps of a file write, what they are about, and where between them a new state begins. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.address import Address
from ...core.simulate import State
from ...kinds.record import Record
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ..migration import Migration, MigrationStep
from ..simulate import moves_of


def state_boundaries(migration: Migration) -> list[int]:
    """The indices of entries at which a new state begins: after each that writes, and the start.

    The last of them is the end of the file: what is only waited for behind the last write is no state of its own.
    """
    last = len(migration.entries)
    found = [0, *(i + 1 for i, entry in enumerate(migration.entries) if entry.writes)]
    return [*found[:-1], last]


def resources_written(entries: Sequence[MigrationStep], state: State, *, every: bool = False) -> set[str]:
    """The names of what the next write is about, or `every` write; `state` is the one before it."""
    writing = [entry for entry in entries if entry.writes]
    about = {address for entry in (writing if every else writing[:1]) for address in _about(entry, state)}
    return {f"{address.kind}.{address.name}" for address in about}


def _about(entry: MigrationStep, state: State) -> Iterator[Address]:
    if entry.do == "reorder":
        yield from moves_of(entry)
    for address in filter(None, (entry.what, entry.old)):
        yield address
        if address.kind == TargetGroup.kind and entry.do in ("moved", "adopt", "release"):
            yield address._replace(kind=Targets.kind)
        if address.kind == Record.kind and entry.do == "release":
            yield from (other for other, resource in state.items() if getattr(resource, "records", ()))
