"""The files of one stack, checked: each begins where the one before it ends, and does what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.fingerprint import fingerprint
from ..core.kind import Kinds
from ..core.simulate import State
from ..errors import Problem, SpecProblem
from ..spec.tree import Source
from .migration import Migration
from .read import NAME, Reader
from .replay import Misfit, after, start_of
from .store import HEAD, Folder, head_of

REFRESH = "if the edit is meant, elbplan rebase --refresh computes it anew"


def load(folder: Folder, kinds: Kinds, *, trusting: bool = False) -> list[Migration]:
    """The migrations in their order, each with its states. Raises SpecProblem with all that is wrong.

    When `trusting` the steps alone are believed: from, to, then and HEAD are computed, not compared.
    """
    problems: list[Problem] = []
    found: list[Migration] = []
    readers: list[Reader] = []
    for number, file in enumerate(folder.files(), 1):
        reader = Reader(Source(str(file), file.read_text(encoding="utf-8")), kinds)
        migration = _one(reader, file.name, number, folder.stack)
        problems += reader.problems
        if migration:
            found.append(migration)
            readers.append(reader)
    if not problems:
        found = _played(found, readers, kinds, trusting)
        problems = [problem for reader in readers for problem in reader.problems]
    if not problems and not trusting and found:
        problems += _head(folder, found[-1])
    if problems:
        raise SpecProblem(problems)
    return found


def _one(reader: Reader, name: str, number: int, stack: str) -> Migration | None:
    named = NAME.fullmatch(name)
    if not named or int(named[1]) != number:
        hint = f"the next number is {number:04d}, as in {number:04d}_more_memory.yaml"
        reader.problems.append(Problem(reader.source.file, 1, 1, "files are numbered without gaps", hint))
        return None
    migration = reader.migration(number, named[2])
    if migration and migration.stack != stack:
        reader.problem(("stack",), f"this file is about {migration.stack}, but lies in the folder of {stack}")
    return migration


def _played(found: Sequence[Migration], readers: Sequence[Reader], kinds: Kinds, trusting: bool) -> list[Migration]:
    """Each with its states; after a file that cannot be played none is."""
    state: State = {}
    before = "absent"
    played: list[Migration] = []
    for migration, reader in zip(found, readers, strict=True):
        if migration.start != before and not trusting:
            last = played[-1].id if played else "nothing"
            what = f"it begins at {migration.start}, but {last} ends at {before}"
            reader.problem(("from",), what, "two branches met? save the later one anew")
            break
        one = play(migration, state, kinds, reader, trusting=trusting)
        if reader.problems:
            break
        played.append(one)
        state, before = one.last, one.end
    return played


def play(
    migration: Migration, state: State, kinds: Kinds, reader: Reader | None = None, *, trusting: bool = False
) -> Migration:
    """The migration with its states. What does not fit is noted at the reader; without one Misfit is raised.

    Unless `trusting`, so is what does not reproduce.
    """
    states = [start_of(state, migration.entries)]
    entries = []
    for index, entry in enumerate(migration.entries):
        try:
            states.append(after(states[-1], entry, kinds))
        except Misfit as misfit:
            if reader is None:
                raise
            reader.problem(("steps", index, *misfit.path), str(misfit), misfit.hint)
            return migration
        now = fingerprint(states[-1], kinds)
        if reader and not trusting and entry.then and entry.then != now.text:
            reader.problem(("steps", index, "then"), f"this step leads to {now}, not to {entry.then}", REFRESH)
            return migration
        entries.append(replace(entry, then=now.text if entry.writes else ""))
    end = fingerprint(states[-1], kinds).text
    if reader and not trusting and end != migration.end:
        reader.problem(("to",), f"the steps lead to {end}, not to {migration.end}", REFRESH)
    start = fingerprint(states[0], kinds).text
    return replace(migration, start=start, end=end, entries=tuple(entries), states=tuple(states))


def _head(folder: Folder, last: Migration) -> list[Problem]:
    file = folder.path / HEAD
    said = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    if said == head_of(folder, last):
        return []
    what = "HEAD is missing" if not said else f"HEAD does not pin {last.id} as it is now: it says {said}"
    return [Problem(str(file), 1, 1, what, "two branches met, or a file was edited; elbplan rebase --refresh pins it")]
