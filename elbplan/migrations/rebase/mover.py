"""Moves migrations to a new start: keeps their steps if they fit there, else plans them again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...core.fingerprint import fingerprint
from ...core.simulate import State
from ...core.stack import Stack
from ...errors import Refused
from ...kinds import KINDS
from ...live.portable import PortableNames
from ...spec.yaml.tree import Source
from ..files.fingerprints import rewritten
from ..files.folder import MigrationFile
from ..files.loader import play
from ..files.parser import MigrationParser
from ..files.writer import text_of
from ..migration import Migration, MigrationStep
from ..save import migration_of
from ..simulate import InvalidStep, renamed
from .carry_over import EditCarryOver
from .offline_plan import offline_plan, with_rule_names_of


@dataclass
class FileMover:
    """Puts migrations behind others, so that the last one ends in the state that the spec wants.

    wanted   the state that the spec wants, as migrations write it
    spec     the hash of the spec
    notes    a sentence about each change that a person should know
    """

    stack: Stack
    wanted: State
    spec: str
    notes: list[str] = field(default_factory=list)

    def move_behind(self, stay: Sequence[MigrationFile], move: Sequence[MigrationFile]) -> list[MigrationFile]:
        """All files in their new order. Raises Refused if it would delete a protected resource."""
        files = list(stay)
        for index, file in enumerate(move):
            moved = self._moved(file, files, last=index == len(move) - 1)
            if moved is None:
                return self._planned_again(files, move[index:])
            if moved.migration.start != moved.migration.end:
                files.append(moved)
            else:
                self.notes.append(f"{file.migration.id} is deleted: the files before it already do all that it does")
        return files

    def ends_as_wanted(self, state: State) -> bool:
        """True if this is the state that the spec wants."""
        return offline_plan(self.stack, state, with_rule_names_of(self.wanted, state)).empty

    def _moved(self, file: MigrationFile, before: Sequence[MigrationFile], *, last: bool) -> MigrationFile | None:
        """The same steps on the new start; None if they do not fit there, or do not end in the wanted state."""
        id = file.migration.id
        spec = self.spec if last else file.migration.spec
        try:
            draft = replace(file.migration, number=len(before) + 1, spec=spec)
            migration = play(draft, _end_state(before), trust_steps=True)
        except InvalidStep as error:
            self.notes.append(f"{id} does not fit behind {_last_id(before)}: {error}")
            return None
        if last and not self.ends_as_wanted(migration.last):
            self.notes.append(f"{id} does not end in what the spec wants, at least not behind {_last_id(before)}")
            return None
        moved = MigrationFile(migration, rewritten(migration, file.text), file.old_file)
        if not _can_be_loaded(moved, _end_state(before)):
            self.notes.append(f"{id} cannot be loaded behind {_last_id(before)}: its states are not distinct there")
            return None
        return moved

    def _planned_again(self, before: Sequence[MigrationFile], move: Sequence[MigrationFile]) -> list[MigrationFile]:
        """The files before, and one new file in place of those that should move."""
        last = move[-1].migration
        for file in move[:-1]:
            self.notes.append(f"{file.migration.id} becomes part of {last.name}, which is planned again")
        start = _end_state(before)
        plan = offline_plan(self.stack, start, with_rule_names_of(self.wanted, start))
        if plan.empty:
            self.notes.append(f"{last.id} is deleted: the files before it already do all that the spec wants")
            return list(before)
        chain = [file.migration for file in before]
        name, title = last.name, last.title
        draft = migration_of(plan, chain, PortableNames(), name=name, title=title, spec=self.spec)
        migration = self._with_edits(draft, [file.migration for file in move], start)
        self.notes.append(f"{migration.id} is planned again, from {_last_id(before)} to what the spec wants")
        return [*before, MigrationFile(migration, text_of(migration), move[-1].old_file)]

    def _with_edits(self, new: Migration, old: Sequence[Migration], start: State) -> Migration:
        def keeps_end(entries: Sequence[MigrationStep]) -> bool:
            try:
                migration = play(replace(new, entries=tuple(entries)), start, trust_steps=True)
            except InvalidStep:
                return False
            return migration.end == new.end

        entries = new.entries
        for migration in old:
            edits = EditCarryOver(migration.entries, self._as_planned(migration))
            entries = edits.apply_to(entries, keeps_end)
            self.notes += [f"not carried over from {migration.id}: {lost}" for lost in edits.lost]
        return play(replace(new, entries=entries), start, trust_steps=True)

    def _as_planned(self, old: Migration) -> tuple[MigrationStep, ...] | None:
        """The steps that elbplan would have planned for a file; None if that is not known."""
        if not old.states or any(address.deposed for address in old.last):
            return None
        start = renamed(old.states[0], {a: a._replace(deposed="") for a in old.states[0]})
        try:
            plan = offline_plan(self.stack, start, old.last)
            before = [Migration(old.stack, old.number - 1, "before", states=(start,))]
            return migration_of(plan, before, PortableNames(), name=old.name).entries
        except (Refused, InvalidStep):
            return None


def _end_state(files: Sequence[MigrationFile]) -> State:
    return files[-1].migration.last if files else {}


def _can_be_loaded(file: MigrationFile, start: State) -> bool:
    """True if the file has no problems, and old and new resources are distinct in each of its states."""
    reader = MigrationParser(Source(file.file, file.text))
    parsed = reader.migration(file.migration.number, file.migration.name)
    migration = play(parsed, start, reader) if parsed else file.migration
    has_twins = any(len(fingerprint(state, KINDS).parts) < len(state) for state in migration.states)
    return not reader.problems and not has_twins


def _last_id(files: Sequence[MigrationFile]) -> str:
    return files[-1].migration.id if files else "nothing"
