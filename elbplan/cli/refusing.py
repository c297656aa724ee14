"""What an apply of files does not do, before anything is written: each refusal says where, what, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..core.stack import Stack
from ..errors import Problem, Refused, SpecProblem, UsageProblem
from .allowing import EDITED

if TYPE_CHECKING:
    from ..history.migration import Migration
    from ..history.pending import Pending
    from ..history.store import Folder
    from ..history.told import Told


def refuse_edited(folder: Folder, migrations: Sequence[Migration], told: Told, allow: Collection[str]) -> None:
    """Raises SpecProblem for a file that was edited after it was applied."""
    from ..history.told import edited

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
    from ..history.lint import Page, Seen, blocking
    from ..kinds import KINDS

    migration = pending.migration
    assert migration is not None
    seen = Seen(children=pending.children)
    found = [one for one in blocking(migration, KINDS, allow, seen) if one.step >= pending.entry]
    if found:
        file = folder.path / migration.file
        page = Page.of(migration, str(file), file.read_text(encoding="utf-8"))
        flags = ",".join(dict.fromkeys(one.hazard.name for one in found))
        hint = f"write allow: and because: at the step, or pass --allow {flags}; nothing was changed"
        raise Refused("\n".join(str(page.problem(one)) for one in found), hint=hint)


def refuse_taken_back(stack: Stack, told: Told, migration: Migration) -> None:
    """Raises Refused for a file that a run took back, and that nobody has edited since."""
    if run := told.taken_back(migration):
        raise Refused(
            f"{stack.name}: run {run} took {migration.id} back",
            hint="edit it, or apply --again applies it once more as it is; git revert and plan --save end it",
        )


def refuse_repeated(stack: Stack, pending: Pending, reached: tuple[int, int]) -> None:
    """Raises Refused where AWS is before a step that this apply has done: somebody undid it by hand."""
    migration = pending.migration
    assert migration is not None
    number, done = reached
    until = done if migration.number == number else len(migration.entries)
    if migration.number <= number and any(entry.writes for entry in migration.entries[pending.entry : until]):
        where = pending.standing.place if pending.standing else migration.id
        what = f"{stack.name}: somebody changed AWS while this apply held: it is at {where} again"
        raise Refused(f"{what}; nothing more is done", hint="elbplan apply goes on from there, and does the rest again")


def refuse_other_files(folder: Folder, agreed: Sequence[Migration]) -> None:
    """Raises Refused where the files are not those with which this apply began, SpecProblem where they are wrong."""
    now = {(one.id, one.sha) for one in files_of(folder)}
    if changed := sorted(one.id for one in agreed if (one.id, one.sha) not in now):
        files = ", ".join(str(folder.path / f"{id}.yaml") for id in changed)
        raise Refused(f"{files} was edited while it held; nothing more is done", hint="elbplan apply goes on by it")


def files_of(folder: Folder) -> list[Migration]:
    """The checked files. Raises SpecProblem, UsageProblem."""
    from ..history.chain import load
    from ..kinds import KINDS

    found = load(folder, KINDS)
    if not found:
        raise UsageProblem(f"{folder.path} holds no migration", hint="elbplan plan --save NAME writes the first")
    return found


def refuse_beyond(stack: Stack, last: Migration, pending: Pending) -> None:
    """Raises Refused, naming the spec, if it wants what no file does."""
    if not pending.beyond:
        return
    more = "\n".join(f"  {gap.wish}" for gap in pending.beyond)
    raise Refused(
        f"{stack.file or stack.name}:{stack.line}:1  {stack.name}: "
        f"the spec wants more than its migrations, which end with {last.id}:\n{more}",
        hint=f"elbplan plan --save NAME writes the next file; apply --to {last.number:04d} leaves the spec out",
    )
