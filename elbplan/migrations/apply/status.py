"""The state of each migration of a stack, the drift, and what the spec wants beyond the migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...errors import SpecProblem
from ...run.lock.record import RunRecord
from ...run.status import FileRow, StackMigrations
from ..files.folder import Folder
from ..files.loader import load
from ..migration import Migration, references_of
from ..observe import observe_for_display
from ..position.position import Drifted, Position
from .journal import RunJournal
from .pending import PendingFinder, uncovered_by_migrations


def migrations_status(finder: PendingFinder, folder: Folder, records: Sequence[RunRecord]) -> StackMigrations:
    """The state of each file, from one read of AWS. Files that do not hold are reported in `wrong`, not raised."""
    try:
        migrations = load(folder)
    except SpecProblem as problem:
        first = problem.problems[0]
        more = f", and {len(problem.problems) - 1} more" if len(problem.problems) > 1 else ""
        return StackMigrations(
            wrong=f"{first.file}:{first.line}:{first.column}  {first.what}{more}; elbplan lint lists them"
        )
    if not migrations:
        return StackMigrations()
    seen = observe_for_display(finder.aws, finder.stack, references_of(migrations))
    found = finder.locator(seen).find(migrations)
    position = found.nearest if isinstance(found, Drifted) else found
    uncovered = uncovered_by_migrations(finder.stack, seen, migrations[-1])
    return StackMigrations(
        tuple(_rows(migrations, position, finder.journal, records)),
        drift=tuple(difference.text for difference in found.drift or position.drift),
        in_the_way=isinstance(found, Drifted),
        uncovered=tuple(difference.wish for difference in uncovered),
    )


def _rows(
    migrations: Sequence[Migration], position: Position, journal: RunJournal, records: Sequence[RunRecord]
) -> Iterator[FileRow]:
    for migration in migrations:
        run = next((record for record in reversed(records) if record.file == migration.id), None)
        yield FileRow(migration.id, *_state(migration, position, journal), run)


def _state(migration: Migration, position: Position, journal: RunJournal) -> tuple[str, str]:
    """The state of a file in one word, and its details."""
    current, steps = position.migration.number, len(migration.entries)
    if migration.number < current or (migration.number == current and position.index == steps):
        return "done", ""
    if migration.number == current and position.index:
        held = journal.held
        if held and held[0] == migration.id and journal.holds(held, migration):
            return "held", f"at step {held[1] + 1} of {steps}"
        return "begun", f"{position.index} of {steps} steps done"
    if run := journal.rolled_back_by(migration):
        return "rolled-back", f"by run {run}"
    return "pending", f"{steps} steps"
