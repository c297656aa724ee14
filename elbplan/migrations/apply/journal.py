"""What the runs of a stack wrote down of its files: held where, taken back, edited since. Pure.

Nothing of it says where live stands; that is seen. It only tells a hold that is over from one that was never reached.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...run.lock.record import RunRecord
from ...run.migration_run import last_migration_run
from ..migration import Migration

HoldPlace = tuple[str, int]
"""A hold: the file and the index of its step."""


@dataclass(frozen=True)
class RunJournal:
    """What is known of the files from the records of their runs.

    run       the id of the last run of a file; empty if there was none
    held      the hold that the last run ended at, with the file's SHA-256 then, and since when it holds
    returned  the file that was taken back, with its SHA-256 then, and the number of the run
    under_way the last run, if it was to go straight to a file's end or back, and did not get there
    at        how many steps of a file are surely done
    done      the SHA-256 that each file had when it was applied to its end
    """

    run: str = ""
    held: HoldPlace | None = None
    held_sha: str = ""
    since: float = 0
    returned: tuple[str, str, int] | None = None
    under_way: RunRecord | None = None
    at: Mapping[str, int] = field(default_factory=dict)
    done: Mapping[str, RunRecord] = field(default_factory=dict)

    def holds(self, held: HoldPlace, migration: Migration) -> bool:
        """Did the last run end at this very hold of this very file?"""
        return self.held == held and self.held_sha == migration.sha

    def taken_back(self, migration: Migration) -> int:
        """The number of the run that took this file back, if it has not been edited since; else 0."""
        if self.returned is None or self.returned[:2] != (migration.id, migration.sha):
            return 0
        return self.returned[2]


def journal_of(records: Sequence[RunRecord]) -> RunJournal:
    """From the records of a stack, the oldest first."""
    last = last_migration_run(records)
    if last is None:
        return RunJournal()
    at = {record.file: record.at for record in records if record.file and not record.mode}
    return RunJournal(
        run=last.run,
        held=(last.file, last.at) if last.state == "held" else None,
        held_sha=last.sha,
        since=last.ended,
        returned=(last.file, last.sha, last.number) if last.state == "rolled-back" else None,
        under_way=last if last.mode and last.state not in ("done", "rolled-back") else None,
        at=at,
        done=_done(records),
    )


def _done(records: Sequence[RunRecord]) -> dict[str, RunRecord]:
    """A file that was taken back may be edited; so may all behind it."""
    done: dict[str, RunRecord] = {}
    for record in records:
        if record.mode == "rollback":
            done = {file: one for file, one in done.items() if file < record.file}
        elif record.file and record.state == "done":
            done[record.file] = record
    return done


def edited(migrations: Sequence[Migration], told: RunJournal) -> list[tuple[Migration, RunRecord]]:
    """The files that were applied and are not as they were then, with the run that applied them."""
    return [(m, told.done[m.id]) for m in migrations if m.id in told.done and told.done[m.id].sha != m.sha]
