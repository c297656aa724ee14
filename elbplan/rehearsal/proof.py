"""The results of a rehearsal: each proof says what was checked, how often, and which failures occurred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..migrations.apply.options import ApplyResult
from ..migrations.migration import Migration


@dataclass(frozen=True)
class ProofFailure:
    """A failure of a proof, and the number of the step in the migration. 0 means that it belongs to no step."""

    what: str
    step: int = 0


@dataclass(frozen=True)
class Proof:
    """One promise about a migration, how often it was checked, and the failures."""

    text: str
    tried: str
    wrong: Sequence[ProofFailure] = ()

    @property
    def holds(self) -> bool:
        """True if there is no failure."""
        return not self.wrong


def place_of(migration: Migration, problem: ProofFailure) -> str:
    """Returns `step 7 of 13 (update listener.443)`, or an empty text for a failure that belongs to no step."""
    if not 0 < problem.step <= len(migration.entries):
        return ""
    return f"step {problem.step} of {len(migration.entries)} ({migration.entries[problem.step - 1].text})"


def failure(result: ApplyResult) -> ProofFailure | None:
    """The reason why an apply did not reach the end of its migration; None if it did."""
    if result.state == "applied":
        return None
    return ProofFailure(result.reason, 0 if result.entry is None else result.entry + 1)


def count(things: Sequence[Any], noun: str) -> str:
    """`1 step`, `3 steps`"""
    number = len(things)
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
