"""What the records of a stack's runs say about its migrations: holds that were reached, rollbacks, edits since. Pure.

It does not say where AWS stands: that is read from AWS. It distinguishes a hold that is over from one never reached.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...run.lock.record import RunRecord
from ...run.migration_run import last_migration_run
from ..migration import Migration

HoldPlace = tuple[str, int]
"""A hold: the file and the index of its step."""


@dataclass(frozen=True)
class RunJournal:
    """What the run records say.

    run           the id of the last run of a file; empty if there was none
    held          the hold that the last run ended at; `held_sha` is the file's SHA-256 then, `since` the time
    rolled_back   the file that was rolled back, with its SHA-256 then, and the number of the run
    under_way     the last run, if its mode was `direct` or `rollback` and it did not finish
    at            the number of steps of a file that are surely done
    done          for each file that was applied to its end, the record of that run
    """

    run: str = ""
    held: HoldPlace | None = None
    held_sha: str = ""
    since: float = 0
    rolled_back: tuple[str, str, int] | None = None
    under_way: RunRecord | None = None
    at: Mapping[str, int] = field(default_factory=dict)
    done: Mapping[str, RunRecord] = field(default_factory=dict)

    def holds(self, held: HoldPlace, migration: Migration) -> bool:
        """Did the last run end at this very hold of this very file?"""
        return self.held == held and self.held_sha == migration.sha

    def rolled_back_by(self, migration: Migration) -> int:
        """The number of the run that rolled this file back, if nobody has edited the file since; else 0."""
        if self.rolled_back is None or self.rolled_back[:2] != (migration.id, migration.sha):
            return 0
        return self.rolled_back[2]


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
        rolled_back=(last.file, last.sha, last.number) if last.state == "rolled-back" else None,
        under_way=last if last.mode and last.state not in ("done", "rolled-back") else None,
        at=at,
        done=_done(records),
    )


def _done(records: Sequence[RunRecord]) -> dict[str, RunRecord]:
    """A file that was rolled back may be edited, and so may every file after it."""
    done: dict[str, RunRecord] = {}
    for record in records:
        if record.mode == "rollback":
            done = {file: run for file, run in done.items() if file < record.file}
        elif record.file and record.state == "done":
            done[record.file] = record
    return done


def edited(migrations: Sequence[Migration], journal: RunJournal) -> list[tuple[Migration, RunRecord]]:
    """The files that were applied and are not as they were then, with the run that applied them."""
    found = []
    for migration in migrations:
        record = journal.done.get(migration.id)
        if record and record.sha != recorded_sha(migrations, migration, record.mode):
            found.append((migration, record))
    return found


def recorded_sha(migrations: Sequence[Migration], migration: Migration, mode: str) -> str:
    """The digest that a run records. A direct run applies every file up to this one at once, so it covers them all."""
    if mode != "direct":
        return migration.sha
    texts = [earlier.sha for earlier in migrations if earlier.number <= migration.number]
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()
