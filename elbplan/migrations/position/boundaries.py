"""Finds the steps of a migration between which its states lie, and the resources that its steps write. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.address import Address
from ...core.simulate import State
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ..migration import Migration, MigrationStep
from ..simulate import moves_of


def state_boundaries(migration: Migration) -> list[int]:
    """The numbers of steps after which a new state begins: 0 for the start, and the number of each writing step.

    The last boundary is the end of the migration: waits and holds after the last write do not begin another state.
    """
    boundaries = [0, *(i + 1 for i, entry in enumerate(migration.entries) if entry.writes)]
    return [*boundaries[:-1], len(migration.entries)]


def resources_written(entries: Sequence[MigrationStep], state: State, *, every: bool = False) -> set[str]:
    """The names of the resources that the next write changes, or `every` write. `state` is the state before it."""
    writing = [entry for entry in entries if entry.writes]
    entries = writing if every else writing[:1]
    addresses = {address for entry in entries for address in _addresses(entry, state)}
    return {f"{address.kind}.{address.name}" for address in addresses}


def _addresses(entry: MigrationStep, state: State) -> Iterator[Address]:
    if entry.do == "reorder":
        yield from moves_of(entry)
    for address in filter(None, (entry.what, entry.old)):
        yield address
        if address.kind == TargetGroup.kind and entry.do in ("moved", "adopt", "release"):
            yield address._replace(kind=Targets.kind)
        if address.kind == Record.kind and entry.do == "release":  # the load balancer's tags list its records
            yield from (other for other, r in state.items() if isinstance(r, LoadBalancer) and r.records)
