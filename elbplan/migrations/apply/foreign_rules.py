"""Reads what others made for the security groups that the rest of a migration deletes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ...core.foreign import ForeignReference
from ...kinds.aws.foreign_rules import with_foreign_rules
from ...live.foreign_rules import read_foreign_rules
from ...run.workflow import Cloud
from ..position.position import Position

References = Mapping[str, Sequence[ForeignReference]]
"""By AWS id of a security group: the rules of others that refer to it."""


def references_to_deleted(aws: Cloud, stack: str, found: Position) -> References:
    """The rules of others that refer to what the rest of the file deletes. Asks AWS only if it deletes a group."""
    rest = found.migration.entries[found.index :]
    names = {entry.what for entry in rest if entry.do == "delete"}
    deleted = [live for address, live in found.lives.items() if address in names]
    return read_foreign_rules(aws.send, aws.region, stack, list(found.lives.values()), deleted)


def with_references(found: Position, references: References) -> Position:
    """The position; its security groups know which rules their delete revokes."""
    lives = {
        address: with_foreign_rules(live, references.get(live.id, ())) for address, live in found.lives.items()
    }  # fmt: skip
    return replace(found, lives=lives)
