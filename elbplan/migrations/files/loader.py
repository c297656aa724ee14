"""The files of one stack, checked: each begins where the one before it ends, and does what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...core.fingerprint import fingerprint
from ...core.kind import Kinds
from ...core.simulate import State
from ...errors import SpecProblem
from ..gate_checks import check_gates
from ..migration import Migration
from ..simulate import InvalidStep, start_state, state_after
from .folder import Folder
from .head import head_conflicts, head_problems
from .parser import MigrationParser
from .texts import ParsedFile, link_problems, numbering_problems, parse_files

REFRESH = "if the edit is meant, elbplan rebase --refresh computes it anew"


def load(folder: Folder, kinds: Kinds, *, trusting: bool = False) -> list[Migration]:
    """The migrations in their order, each with its states. Raises SpecProblem with all that is wrong.

    When `trusting` the steps alone are believed: from, to, then and HEAD are computed, not compared.
    """
    found, problems = parse_files(folder, kinds)
    if not problems:  # or a file that cannot be read would be called missing
        problems = [*numbering_problems(found), *([] if trusting else link_problems(found))]
    problems += [] if trusting else head_conflicts(folder)
    if problems:
        raise SpecProblem(problems)
    played = _played(found, kinds, trusting)
    if played and not trusting and (problems := head_problems(folder, played[-1])):
        raise SpecProblem(problems)
    return played


def _played(found: Sequence[ParsedFile], kinds: Kinds, trusting: bool) -> list[Migration]:
    """Each with its states; after a file that cannot be played none is. Raises SpecProblem."""
    state: State = {}
    played: list[Migration] = []
    for text in found:
        one = play(text.migration, state, kinds, text.reader, trusting=trusting)
        if text.reader.problems:
            raise SpecProblem(text.reader.problems)
        played.append(one)
        state = one.last
    return played


def play(
    migration: Migration, state: State, kinds: Kinds, reader: MigrationParser | None = None, *, trusting: bool = False
) -> Migration:
    """The migration with its states. What does not fit is noted at the reader; without one InvalidStep is raised.

    Unless `trusting`, so is what does not reproduce.
    """
    states = [start_state(state, migration.entries)]
    entries = []
    for index, entry in enumerate(migration.entries):
        try:
            if not entry.writes:
                check_gates(states, migration.entries[: index + 1], kinds)
            states.append(state_after(states[-1], entry, kinds))
        except InvalidStep as misfit:
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
