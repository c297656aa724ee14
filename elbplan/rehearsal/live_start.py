"""Prepares a rehearsal that starts from AWS's current state: the pending migrations, and further live values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.address import Address
from ..core.resource import differing_fields, field_values
from ..core.stack import Stack
from ..migrations.apply.pending import drift_refusal
from ..migrations.migration import Migration, references_of
from ..migrations.observe import observe_with_files
from ..migrations.position.locator import Locator
from ..migrations.position.position import Drifted, Position
from ..run.workflow import Cloud
from .environment import LiveValues

UNIQUE_FIELDS = ("name", "records")
"""Fields whose values belong to one load balancer or group in AWS, and cannot be copied to another."""


def start_from_live(aws: Cloud, stack: Stack, chain: Sequence[Migration]) -> tuple[list[Migration], LiveValues]:
    """The migrations that are not applied yet, and the live values of fields that no migration sets.

    Only reads AWS. Raises Refused if AWS is in no state of the migrations, as `elbplan apply` does.
    """
    observed = observe_with_files(aws, stack, references_of(chain))[stack.name]
    locator = Locator(observed, stack.ignore)
    position = locator.find(chain)
    if isinstance(position, Drifted):
        raise drift_refusal(stack.name, position)
    done = position.index == len(position.migration.entries)
    pending = [migration for migration in chain if migration.number >= position.migration.number + done]
    return pending, _live_values(locator, position, _changed_fields(pending))


def _changed_fields(pending: Sequence[Migration]) -> set[tuple[str, str, str]]:
    """Kind, name and field of everything that these migrations change."""
    entries = [entry for migration in pending for entry in migration.entries if entry.what]
    return {(e.what.kind, e.what.name, name) for e in entries if e.what and e.do != "create" for name in e.set}


def _live_values(
    locator: Locator, position: Position, changed: set[tuple[str, str, str]]
) -> dict[Address, dict[str, Any]]:
    """The values by the addresses before the migration: a deposed resource has its earlier address."""
    values: dict[Address, dict[str, Any]] = {}
    state = position.migration.states[position.index]
    partial = next((entry.what for entry in position.migration.entries[position.index :] if entry.writes), None)
    for address, live in sorted(position.lives.items(), key=lambda item: item[0].deposed != ""):
        expected = state.get(address)
        if expected is None or (position.partial and address == partial):
            continue
        model = locator.observed.portable_names.to_portable(live.model)
        differing = differing_fields(expected, model)
        names = [name for name in differing if (address.kind, address.name, name) not in changed]
        fields = field_values(model)
        values[address._replace(deposed="")] = {name: fields[name] for name in names if name not in UNIQUE_FIELDS}
    return {address: fields for address, fields in values.items() if fields}
