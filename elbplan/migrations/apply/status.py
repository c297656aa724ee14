"""The files of a stack at a glance: which are done, where it stands, what somebody changed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...errors import SpecProblem
from ...run.lock.record import RunRecord
from ...run.status import FileRow, StackMigrations
from ..files.folder import Folder
from ..files.loader import load
from ..migration import Migration
from ..position.locator import Drifted, Position
from .journal import RunJournal
from .pending import PendingFinder, uncovered_by_migrations


def migrations_status(looker: PendingFinder, folder: Folder, records: Sequence[RunRecord]) -> StackMigrations:
    """How the files stand, from one look at AWS. A chain that is wrong is told, not raised."""
    try:
        migrations = load(folder)
    except SpecProblem as problem:
        first = problem.problems[0]
        more = f", and {len(problem.problems) - 1} more" if len(problem.problems) > 1 else ""
        return StackMigrations(
            wrong=f"{first.file}:{first.line}:{first.column}  {first.what}{more}; elbplan lint tells all"
        )
    if not migrations:
        return StackMigrations()
    seen = looker.observe(migrations)[looker.stack.name]
    found = looker.locator(seen).find(migrations)
    place = found.nearest if isinstance(found, Drifted) else found
    rows = tuple(_rows(migrations, place, looker.journal, records))
    drift = found.drift or place.drift
    more_wanted = uncovered_by_migrations(looker.stack, seen, migrations[-1], looker.kinds)
    return StackMigrations(
        rows,
        drift=tuple(gap.text for gap in drift),
        in_the_way=isinstance(found, Drifted),
        beyond=tuple(gap.wish for gap in more_wanted),
    )


def _rows(
    migrations: Sequence[Migration], place: Position, told: RunJournal, records: Sequence[RunRecord]
) -> Iterator[FileRow]:
    for migration in migrations:
        run = next((record for record in reversed(records) if record.file == migration.id), None)
        yield FileRow(migration.id, *_state(migration, place, told), run)


def _state(migration: Migration, place: Position, told: RunJournal) -> tuple[str, str]:
    """Where a file stands, in one word, and more of it."""
    here, steps = place.migration.number, len(migration.entries)
    if migration.number < here or (migration.number == here and place.index == steps):
        return "done", ""
    if migration.number == here and place.index:
        held = told.held is not None and told.held[0] == migration.id and told.holds(told.held, migration)
        if held and told.held is not None:
            return "held", f"at step {told.held[1] + 1} of {steps}"
        return "begun", f"{place.index} of {steps} steps done"
    if run := told.taken_back(migration):
        return "rolled-back", f"by run {run}"
    return "pending", f"{steps} steps"
