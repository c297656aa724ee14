"""What a rehearsal proves: promises, how often each was tried, and what was found against them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..migrations.apply.options import ApplyResult
from ..migrations.migration import Migration


@dataclass(frozen=True)
class ProofFailure:
    """What does not hold, and at which step of the file (counted from 1; 0: at none in particular)."""

    what: str
    step: int = 0


@dataclass(frozen=True)
class Proof:
    """One promise, tried so many times."""

    text: str
    tried: str
    wrong: Sequence[ProofFailure] = ()

    @property
    def holds(self) -> bool:
        """Nothing was found against it."""
        return not self.wrong


def place_of(migration: Migration, wrong: ProofFailure) -> str:
    """`step 7 of 13 (update listener.443)`; "" for none in particular."""
    if not 0 < wrong.step <= len(migration.entries):
        return ""
    return f"step {wrong.step} of {len(migration.entries)} ({migration.entries[wrong.step - 1].text})"


def failure(result: ApplyResult) -> ProofFailure | None:
    """Why an apply did not arrive at the end of its file; None if it did."""
    if result.state == "applied":
        return None
    return ProofFailure(result.reason, 0 if result.entry is None else result.entry + 1)


def count(things: Sequence[Any], noun: str) -> str:
    """`1 step`, `3 steps`"""
    number = len(things)
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
