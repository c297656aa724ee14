"""A run of a migration, for its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .lock.record import RunRecord, RunState
from .outcome import Outcome

LEFT = "left"
"""The mode of a run by which a user stops using migrations for a stack and applies the spec instead."""


@dataclass(frozen=True)
class MigrationRun:
    """A run of one migration.

    file, sha   the file of the migration and its SHA-256
    mode        "" step by step, `direct` to its end, `rollback` to its start; `left` of a run without file
    start, at   how many of its steps are done before the run, and after the run if it is complete
    state       the state of a complete run: `done`, `held` or `rolled-back`
    """

    file: str
    sha: str
    mode: str = ""
    start: int = 0
    at: int = 0
    state: RunState = "done"

    def begun(self, record: RunRecord) -> RunRecord:
        """The record of the run at its start."""
        return replace(record, file=self.file, sha=self.sha, mode=self.mode, at=self.start)

    def reached(self, outcome: Outcome) -> int:
        """How many steps are done by this outcome. After an incomplete run: as many as before it."""
        return self.at if outcome.complete else self.start


def last_migration_run(records: Sequence[RunRecord]) -> RunRecord | None:
    """The newest record that belongs to a migration."""
    return next((record for record in reversed(records) if record.file), None)
