"""What a run of a migration is to come to, as its record will tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .lock.record import RunRecord, RunState
from .outcome import Outcome

LEFT = "left"
"""The way of a run by the spec alone, by which somebody left the migrations of a stack on purpose."""


@dataclass(frozen=True)
class MigrationRun:
    """A run of one file.

    file, sha   the migration and its SHA-256
    mode         "" step by step, `direct` to its end, `rollback` to where it began; `left` of a run without file
    start, at   how many of its steps are done before the run, and after it if all goes well
    state       what the run is then: `done`, `held`, `rolled-back`
    """

    file: str
    sha: str
    mode: str = ""
    start: int = 0
    at: int = 0
    state: RunState = "done"

    def begun(self, record: RunRecord) -> RunRecord:
        """The record at the start."""
        return replace(record, file=self.file, sha=self.sha, mode=self.mode, at=self.start)

    def reached(self, outcome: Outcome) -> int:
        """How many steps are done by this outcome; of what was interrupted, as many as there were before."""
        return self.at if outcome.complete else self.start


def last_migration_run(records: Sequence[RunRecord]) -> RunRecord | None:
    """The newest record of a migration's run."""
    return next((record for record in reversed(records) if record.file), None)
