"""What an apply of files does not do, before anything is written: each refusal says where, what, and what to do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..core.stack import Stack
from ..errors import AwsProblem, Problem, Refused, SpecProblem, UsageProblem, escaped
from ..migrations.apply.journal import RunJournal, edited
from ..migrations.apply.pending import Pending
from ..migrations.files.folder import Folder
from ..migrations.files.loader import load
from ..migrations.lint.lint import LintReport, LiveFacts, blocking
from ..migrations.migration import Migration
from ..run.lock.record import RunRecord
from ..run.migration_run import LEFT
from .context import App
from .hazard_flags import EDITED
from .locks import lock_manager_of
from .plans import Planned


@dataclass(frozen=True)
class ReachedHold:
    """A hold by the clock that this apply has waited for.

    run_id   the run that led to it; as long as that is the last one, nobody else has changed anything
    broken   what the hold watches did not stay as it should
    """

    pending: Pending
    run_id: str
    broken: bool


def refuse_edited(folder: Folder, migrations: Sequence[Migration], told: RunJournal, allow: Collection[str]) -> None:
    """Raises SpecProblem for a file that was edited after it was applied."""
    problems = [
        Problem(
            str(folder.path / migration.file), 1, 1,
            f"this file was edited after run {record.number} ({record.who}) had applied it",
            f"take the edit back and save a new file; if it changes nothing but words, apply --allow {EDITED}",
        )
        for migration, record in edited(migrations, told)
    ]  # fmt: skip
    if problems and EDITED not in allow:
        raise SpecProblem(problems)


def refuse_hazards(folder: Folder, pending: Pending, allow: Collection[str]) -> None:
    """Raises Refused, by file and line, for a hazard of what is still to do that nobody took on purpose."""
    migration = pending.migration
    assert migration is not None
    seen = LiveFacts(children=pending.children)
    found = [one for one in blocking(migration, allow, seen) if one.step >= pending.entry]
    if found:
        file = folder.path / migration.file
        page = LintReport.of(migration, str(file), file.read_text(encoding="utf-8"))
        flags = ",".join(dict.fromkeys(one.hazard.name for one in found))
        hint = f"write allow: and because: at the step, or pass --allow {flags}; nothing was changed"
        raise Refused("\n".join(str(page.problem(one)) for one in found), hint=hint)


def refuse_taken_back(stack: Stack, told: RunJournal | None, migration: Migration) -> None:
    """Raises Refused for a file that a run took back, and that nobody has edited since."""
    run = told.taken_back(migration) if told else 0
    if run:
        raise Refused(
            f"{stack.name}: run {run} took {migration.id} back",
            hint="edit it, or apply --retry applies it once more as it is; git revert and plan --save end it",
        )


def refuse_undone(stack: Stack, told: RunJournal, held: Pending, now: Pending) -> None:
    """Raises Refused if somebody took back what was done when this apply began to hold: it does not do it again."""
    assert held.migration is not None
    assert held.hold is not None
    hint = "elbplan plan shows where AWS stands; elbplan apply begins from there"
    if run := told.taken_back(held.migration):
        raise Refused(f"{stack.name}: run {run} took {held.migration.id} back while this apply held", hint=hint)
    if now.migration is None or now.migration.number > held.migration.number:
        return
    lost = now.migration.entries[now.entry : held.hold[1]]
    if now.migration.number < held.migration.number or any(entry.writes for entry in lost):
        if not told.run:
            raise Refused(f"{stack.name}: the stack was destroyed while this apply held", hint=hint)
        what = f"while this apply held at {held.place} of {held.migration.id}, AWS went back"
        raise Refused(f"{stack.name}: {what} to {now.place} of {now.migration.id}", hint=hint)


def refuse_edited_meanwhile(folder: Folder, held: Migration, migrations: Sequence[Migration]) -> None:
    """Raises Refused if the file that holds is not as it was when the hold began."""
    if not any(one.id == held.id and one.sha == held.sha for one in migrations):
        file = folder.path / held.file
        raise Refused(f"{file} was edited while it held", hint="elbplan apply goes on by the file as it is now")


def folders_of(stacks: Sequence[Stack], base: str) -> set[str]:
    """The names of the stacks that have a folder with migrations here."""
    return {stack.name for stack in stacks if os.path.isdir(os.path.join(base, stack.name))}


def refuse_without_folder(app: App, plans: Sequence[Planned], base: str) -> None:
    """Raises Refused for a stack that is run by migrations, by the word of its runs, where they are not found.

    A person may stand in another folder. Where the runs cannot be read, nothing is known, and nothing is refused.
    Runs of no migration (drift put back, a destroy that failed) change nothing; only one that left them on purpose.
    """
    for one in (one for one in plans if one.plan.lives):
        with contextlib.suppress(AwsProblem):
            records = lock_manager_of(app, one.cloud).ledger.read(one.plan.stack)
            last = next((run for run in reversed(records) if run.file or run.mode == LEFT), None)
            if last and last.file:
                raise _no_folder(one.plan.stack, last, base)


def _no_folder(stack: str, run: RunRecord, base: str) -> Refused:
    place = os.path.abspath(os.path.join(base, stack))
    found = "is a file, not a folder" if os.path.exists(place) else "is not there"
    what = f"{stack}: run {run.number} applied the migration {run.file}, and {place} {found}"
    hint = "go where that folder is, or pass --migrations DIR; apply --no-migrations leaves migrations for good"
    return Refused(what, hint=hint)


def files_of(folder: Folder) -> list[Migration]:
    """The checked files. Raises SpecProblem, UsageProblem."""
    found = load(folder)
    if not found:
        raise UsageProblem(f"{folder.path} holds no migration", hint="elbplan plan --save NAME writes the first")
    return found


def refuse_beyond(stack: Stack, last: Migration, pending: Pending) -> None:
    """Raises Refused, naming the spec, if it wants what no file does."""
    if not pending.beyond:
        return
    more = "\n".join(f"  {gap.wish}" for gap in pending.beyond)
    raise Refused(
        f"{escaped(stack.file) or stack.name}:{stack.line}:1  {stack.name}: "
        f"the spec wants more than its migrations, which end with {last.id}:\n{more}",
        hint=f"elbplan plan --save NAME writes the next file; apply --to {last.number:04d} leaves the spec out",
    )
