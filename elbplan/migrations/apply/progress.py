"""Notices that an apply repeats the same steps: AWS accepts them, and never matches their result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import Refused
from ..migration import Migration
from .pending import Pending, PendingFinder

RUNS = 2
"""How often the same steps may run. Once is too strict: AWS may answer a read from before the write."""

Steps = tuple[str, int, tuple[str, ...]]
"""The file, the index of the first step, and the ids of the steps."""


@dataclass
class Progress:
    """Counts how often the last steps ran in a row."""

    steps: Steps | None = None
    runs: int = 0

    def ran(self, pending: Pending) -> None:
        """Counts a run in which no step failed."""
        steps = _steps(pending)
        self.steps, self.runs = steps, self.runs + 1 if steps == self.steps else 1

    def repeats(self, pending: Pending) -> bool:
        """True if these steps ran already as often as they may."""
        return not pending.plan.empty and self.runs >= RUNS and _steps(pending) == self.steps


def no_progress(finder: PendingFinder, migrations: Sequence[Migration], pending: Pending) -> Refused:
    """The error that names the steps, and how AWS differs from their result."""
    migration = pending.migration
    assert migration is not None
    observed = finder.observe(migrations)[finder.stack.name]
    found = finder.locator(observed).differences_after(migration, pending.entry + pending.reach)
    steps = ", ".join(f"{step.do} {step.address}" for step in pending.plan.steps)
    differing = "\n".join(f"  {difference.text}" for difference in found)
    return Refused(
        f"{finder.stack.name}: {pending.place_of(pending.entry)} of {migration.id} ran {RUNS} times ({steps}), and AWS "
        f"does not match its result. Differences:\n{differing}",
        hint="check that nobody else changes or untags these resources, then elbplan apply; or change the step in "
        f"{migration.file}",
    )


def _steps(pending: Pending) -> Steps:
    assert pending.migration is not None
    return pending.migration.id, pending.entry, tuple(step.id for step in pending.plan.steps)
