"""What a run of a migration is to come to, as its record will tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .outcome import Outcome
from .record import LEFT, Record, State


@dataclass(frozen=True)
class Aim:
    """A run of one file.

    file, sha   the migration and its SHA-256
    way         "" step by step, `straight` to its end, `back` to where it began; `left`: from here on no file counts
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


LEAVING = Aim("", "", LEFT)


def of_files(records: Sequence[Record]) -> Sequence[Record]:
    """The records since the migrations were left, if they ever were: what ran before tells nothing of files."""
    left = [index for index, record in enumerate(records) if record.way == LEFT]
    return records[left[-1] + 1 :] if left else records


def last_aim(records: Sequence[Record]) -> Record | None:
    """The newest record of a migration's run."""
    return next((record for record in reversed(of_files(records)) if record.file), None)
