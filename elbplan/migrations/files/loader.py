"""Loads the migrations of one stack and checks that each begins where the one before it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...core.address import Address
from ...core.fingerprint import Hashes, fingerprint
from ...core.simulate import State
from ...core.suggest import closest
from ...errors import SpecProblem
from ...kinds import KINDS
from ..migration import Migration, MigrationStep
from ..simulate import InvalidStep, start_state, state_after
from .folder import Folder, head_conflicts, head_problems
from .parser import MigrationParser
from .texts import ParsedFile, link_problems, numbering_problems, parse_files

REFRESH = "if you want the edit, elbplan rebase --refresh {} computes the fingerprints again"


def load(folder: Folder, *, trust_steps: bool = False) -> list[Migration]:
    """The migrations in their order, each with its states. Raises SpecProblem with every problem.

    With `trust_steps`, from, to, then and HEAD are computed from the steps and not compared with the files.
    """
    files, problems = parse_files(folder)
    if not problems:  # an unreadable file would be reported as missing
        problems = [*numbering_problems(files), *([] if trust_steps else link_problems(files))]
    problems += [] if trust_steps else head_conflicts(folder)
    if problems:
        raise SpecProblem(problems)
    migrations = _simulated(files, trust_steps)
    if migrations and not trust_steps and (problems := head_problems(folder, migrations[-1])):
        raise SpecProblem(problems)
    return migrations


def _simulated(files: Sequence[ParsedFile], trust_steps: bool) -> list[Migration]:
    """The migrations with their states. Raises SpecProblem at the first file that cannot be simulated."""
    state: State = {}
    migrations: list[Migration] = []
    for file in files:
        migration = play(file.migration, state, file.reader, trust_steps=trust_steps)
        if file.reader.problems:
            raise SpecProblem(file.reader.problems)
        migrations.append(migration)
        state = migration.last
    return migrations


def play(
    migration: Migration,
    state: State,
    reader: MigrationParser | None = None,
    *,
    trust_steps: bool = False,
) -> Migration:
    """The migration with its simulated states and fingerprints.

    Adds problems to the reader; without a reader, raises InvalidStep. Unless `trust_steps`, a fingerprint that
    differs from the one in the file is a problem too.
    """
    states = [start_state(state, migration.entries)]
    entries: list[MigrationStep] = []
    hashes: Hashes = {}
    refresh = REFRESH.format(migration.stack)
    for index, entry in enumerate(migration.entries):
        try:
            if not entry.writes:
                check_gate(states, migration.entries[: index + 1])
            states.append(state_after(states[-1], entry))
        except InvalidStep as error:
            if reader is None:
                raise
            reader.problem(("steps", index, *error.path), str(error), error.hint)
            return migration
        then = fingerprint(states[-1], KINDS, hashes)
        if reader and not trust_steps and entry.then and entry.then != then.text:
            reader.problem(("steps", index, "then"), f"this step leads to {then}, not to {entry.then}", refresh)
            return migration
        entries.append(replace(entry, then=then.text if entry.writes else ""))
    end = fingerprint(states[-1], KINDS, hashes).text
    if reader and not trust_steps and end != migration.end:
        reader.problem(("to",), f"the steps lead to {end}, not to {migration.end}", refresh)
    start = fingerprint(states[0], KINDS, hashes).text
    return replace(migration, start=start, end=end, entries=tuple(entries), states=tuple(states))


def check_gate(states: Sequence[State], entries: Sequence[MigrationStep]) -> None:
    """Check the wait or hold that is the last of `entries`; `states` are S0 up to the state before it.

    A run skips a wait for a resource that does not exist, so a misspelled name would move traffic unchecked.
    Raises InvalidStep.
    """
    entry = entries[-1]
    if entry.what is None:
        return
    gates = [gate.name for gate in KINDS[entry.what.kind].gates]
    if entry.until not in gates:
        what = f"{entry.what} has no state {entry.until or '(none given)'} to wait for"
        hint = f"possible states: {', '.join(gates) or 'none'}"
        raise InvalidStep(what, "while" if entry.do == "hold" else "until", hint=hint)
    known = set(states[-1])
    if entry.do == "wait":  # a wait may name a group that was just deleted: its requests in flight still finish
        known |= _deleted(states, entries)
    if entry.what not in known:
        what = f"{entry.what} does not exist at this step"
        raise InvalidStep(what, "what", hint=_gate_hint(entry.what, known))


def _deleted(states: Sequence[State], entries: Sequence[MigrationStep]) -> set[Address]:
    """The resources that earlier steps of the file deleted."""
    steps = zip(entries, states, states[1:], strict=False)
    return {address for entry, before, after in steps if entry.do == "delete" for address in before.keys() - after}


def _gate_hint(what: Address, known: set[Address]) -> str:
    names = sorted(str(address) for address in known if address.kind == what.kind)
    if similar := closest(str(what), names):
        return f"did you mean {similar}? at this step there are: {', '.join(names)}"
    return f"at this step there are: {', '.join(names)}" if names else f"at this step there is no {what.kind}"
