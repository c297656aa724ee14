"""Files moved to a new start: carried as they are where they fit, else planned anew with a person's words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...core.fingerprint import fingerprint
from ...core.kind import Kinds
from ...core.simulate import State
from ...core.stack import Stack
from ...errors import Refused
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
    """Puts files behind others, so that the last of them ends in what the spec wants.

    wanted   what the spec wants, in the words of files
    spec     its hash
    notes    what a person should know of what was done, a sentence each
    """

    stack: Stack
    wanted: State
    kinds: Kinds
    spec: str
    notes: list[str] = field(default_factory=list)

    def move_behind(self, stay: Sequence[MigrationFile], move: Sequence[MigrationFile]) -> list[MigrationFile]:
        """All files in their new order. Raises Refused where something protected would go."""
        moved = list(stay)
        for index, kept in enumerate(move):
            last = index == len(move) - 1
            one = self._carried(kept, moved, last=last)
            if one is None:
                return self._anew(moved, move[index:])
            if one.migration.start != one.migration.end:
                moved.append(one)
            else:
                self.notes.append(f"{kept.migration.id} is left out: all that it does is done before it")
        return moved

    def ends_as_wanted(self, state: State) -> bool:
        """Is this state what the spec wants?"""
        return offline_plan(self.stack, state, with_rule_names_of(self.wanted, state), self.kinds).empty

    def _carried(self, kept: MigrationFile, before: Sequence[MigrationFile], *, last: bool) -> MigrationFile | None:
        """The same steps on another start; None if they do not fit there, or do not end in what the spec wants."""
        draft = replace(kept.migration, number=len(before) + 1, spec=self.spec if last else kept.migration.spec)
        try:
            made = play(draft, _end(before), self.kinds, trust_steps=True)
        except InvalidStep as misfit:
            self.notes.append(f"{kept.migration.id} does not fit behind {_named(before)}: {misfit}")
            return None
        if last and not self.ends_as_wanted(made.last):
            what = "does not end in what the spec wants"
            self.notes.append(f"{kept.migration.id} {what}, or would not any more behind {_named(before)}")
            return None
        there = MigrationFile(made, rewritten(made, kept.text), kept.old_file)
        if not _holds_true(there, _end(before), self.kinds):
            self.notes.append(f"{kept.migration.id} does not lead from state to state behind {_named(before)}")
            return None
        return there

    def _anew(self, before: Sequence[MigrationFile], move: Sequence[MigrationFile]) -> list[MigrationFile]:
        """One file in place of these."""
        last = move[-1].migration
        for kept in move[:-1]:
            self.notes.append(f"{kept.migration.id} is taken into {last.name}, which is planned anew")
        start = _end(before)
        plan = offline_plan(self.stack, start, with_rule_names_of(self.wanted, start), self.kinds)
        if plan.empty:
            self.notes.append(f"{last.id} is left out: what the spec wants is done before it")
            return list(before)
        history = [one.migration for one in before]
        title = last.title
        new = migration_of(plan, history, self.kinds, PortableNames(), name=last.name, title=title, spec=self.spec)
        made = self._reworded(new, [kept.migration for kept in move], _end(before))
        self.notes.append(f"{made.id} is planned anew, from {_named(before)} to what the spec wants")
        return [*before, MigrationFile(made, text_of(made), move[-1].old_file)]

    def _reworded(self, new: Migration, old: Sequence[Migration], start: State) -> Migration:
        def fits(entries: Sequence[MigrationStep]) -> bool:
            try:
                made = play(replace(new, entries=tuple(entries)), start, self.kinds, trust_steps=True)
            except InvalidStep:
                return False
            return made.end == new.end

        entries = new.entries
        for one in old:
            rewording = EditCarryOver(one.entries, self._usual(one))
            entries = rewording.apply_to(entries, fits)
            self.notes += [f"not carried over from {one.id}: {lost}" for lost in rewording.lost]
        return play(replace(new, entries=entries), start, self.kinds, trust_steps=True)

    def _usual(self, old: Migration) -> tuple[MigrationStep, ...] | None:
        """The steps of a file as elbplan would have planned them; None where that cannot be known."""
        if not old.states or any(address.deposed for address in old.last):
            return None
        start = renamed(old.states[0], {a: a._replace(deposed="") for a in old.states[0]})
        try:
            plan = offline_plan(self.stack, start, old.last, self.kinds)
            before = [Migration(old.stack, old.number - 1, "before", states=(start,))]
            return migration_of(plan, before, self.kinds, PortableNames(), name=old.name).entries
        except (Refused, InvalidStep):
            return None


def _end(files: Sequence[MigrationFile]) -> State:
    return files[-1].migration.last if files else {}


def _holds_true(kept: MigrationFile, start: State, kinds: Kinds) -> bool:
    """Could it be loaded, and told at each step what is old and what is new?"""
    reader = MigrationParser(Source(kept.file, kept.text), kinds)
    read = reader.migration(kept.migration.number, kept.migration.name)
    made = play(read, start, kinds, reader) if read else kept.migration
    twins = any(len(fingerprint(state, kinds).parts) < len(state) for state in made.states)
    return not reader.problems and not twins


def _named(files: Sequence[MigrationFile]) -> str:
    return files[-1].migration.id if files else "nothing"
