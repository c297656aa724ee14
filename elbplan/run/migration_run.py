"""What a run of a migration is to come to, as its record will tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .lock.record import Record, State
from .outcome import Outcome

LEFT = "left"
"""The way of a run by the spec alone, by which somebody left the migrations of a stack on purpose."""


@dataclass(frozen=True)
class Aim:
    """A run of one file.

    file, sha   the migration and its SHA-256
    way         "" step by step, `straight` to its end, `back` to where it began; `left` of a run without file
    start, at   how many of its steps are done before the run, and after it if all goes well
    state       what the run is then: `done`, `held`, `returned`
    """

    file: str
    sha: str
    way: str = ""
    start: int = 0
    at: int = 0
    state: State = "done"

    def begun(self, record: Record) -> Record:
        """The record at the start."""
        return replace(record, file=self.file, sha=self.sha, way=self.way, at=self.start)

    def reached(self, outcome: Outcome) -> int:
        """How many steps are done by this outcome; of what was interrupted, as many as there were before."""
        return self.at if outcome.whole else self.start


def last_aim(records: Sequence[Record]) -> Record | None:
    """The newest record of a migration's run."""
    return next((record for record in reversed(records) if record.file), None)
