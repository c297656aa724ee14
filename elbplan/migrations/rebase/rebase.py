"""Rebase: puts the migrations of two branches in one order, and plans a pending one for a changed spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...core.stack import Stack
from ...errors import Refused, SpecProblem, UsageProblem
from ...live.observe import Observed
from ..files.fingerprints import rewritten
from ..files.folder import Folder, MigrationFile, pinned_id
from ..files.texts import ParsedFile, parse_files
from ..migration import Migration, MigrationStep
from ..position.locator import Locator
from ..position.position import Position
from ..simulate import moves_of
from .branches import BranchChoice, Branches, choose_branch, find_branches
from .mover import FileMover
from .offline_plan import in_file_words


@dataclass(frozen=True)
class Rebased:
    """The files in their new order, and a sentence about each change that a person should know."""

    files: Sequence[MigrationFile]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rebase:
    """Rebases the migrations of one stack, with its spec and one observation of AWS."""

    folder: Folder
    stack: Stack
    observed: Observed

    def rebased(self, file: str = "", *, drifted: bool = False) -> Rebased:
        """The files in one order; it writes nothing. `file` names the migration that should move.

        Raises Refused if that migration is applied, or if AWS has drifted in a resource that a moving migration
        changes; the caller handles drift itself if it says `drifted`. Raises SpecProblem, UsageProblem.
        """
        parsed = self._parsed()
        branches = find_branches(parsed)
        positions = self._positions(branches)
        choice = self._choice(branches, positions, file)
        if branches.is_chain and positions[0].differs and not drifted:
            self._refuse_drift(positions[0], choice.move)
        files = {f.migration.id: MigrationFile(f.migration, f.text, f.migration.file) for f in parsed}
        stay = [replace(files[m.id], migration=replace(m, number=number)) for number, m in enumerate(choice.stay, 1)]
        move = [replace(files[migration.id], migration=migration) for migration in choice.move]
        mover = FileMover(self.stack, in_file_words(self.observed), self.stack.spec_hash)
        new = self._with_spec_hash(mover, mover.move_behind(stay, move), positions)
        notes = [*([choice.why] if choice.why else []), *mover.notes, *self._uncovered(mover, new)]
        return Rebased(new, (*notes, *([] if drifted else _drift_notes(self.stack, positions[0]))))

    def _parsed(self) -> list[ParsedFile]:
        files, problems = parse_files(self.folder)
        if problems:
            raise SpecProblem(problems)
        if not files:
            what = f"there is no migration in {self.folder.path}"
            raise UsageProblem(what, hint="elbplan plan --save NAME writes the first")
        return files

    def _positions(self, branches: Branches) -> list[Position]:
        """The exact positions of AWS; if AWS has drifted, the nearest one."""
        locator = Locator(self.observed, self.stack.ignore)
        exact = [position for path in branches.paths if (position := locator.exact(path))]
        if exact:
            return exact
        nearest = locator.nearest(branches.paths)
        if branches.unconnected:
            id = branches.unconnected[0].id
            what = f"no file ends where {id} begins, and AWS is in no state of the other files"
            raise Refused(f"{what}: nobody can tell whether {id} is applied", hint="is a file missing here?")
        return [nearest]

    def _choice(self, branches: Branches, positions: Sequence[Position], file: str) -> BranchChoice:
        """Without branches, the migrations that are not applied move; each keeps its place."""
        if file or not branches.is_chain:
            return choose_branch(branches, positions, pinned_id(self.folder), file)
        (path,) = branches.paths
        begun = positions[0].begun
        return BranchChoice(tuple(m for m in path if m.id in begun), tuple(m for m in path if m.id not in begun))

    def _refuse_drift(self, position: Position, move: Sequence[Migration]) -> None:
        """Raises Refused if AWS has drifted in a resource that the moving migrations change."""
        if not move:
            return
        changed = {name for migration in move for entry in migration.entries for name in _changed_by(entry)}
        differing = set(Locator(self.observed, self.stack.ignore).against(move[-1], len(move[-1].entries))[0])
        if names := sorted(changed & differing & set(position.differs)):
            name = self.stack.name
            what = f"{name}: AWS has drifted in {', '.join(names)}, which {move[0].id} changes"
            keep, revert = f"elbplan rebase {name} --accept-drift", "elbplan apply --revert-drift"
            raise Refused(what, hint=f"{keep} keeps the drift, {revert} reverts it")

    def _with_spec_hash(
        self, mover: FileMover, files: Sequence[MigrationFile], positions: Sequence[Position]
    ) -> list[MigrationFile]:
        """The files; the last has the hash of the spec if it is not applied and ends in what the spec wants."""
        last = files[-1]
        begun = {id for position in positions for id in position.begun}
        is_current = last.migration.spec in ("", mover.spec)
        if is_current or last.migration.id in begun or not mover.ends_as_wanted(last.migration.last):
            return list(files)
        migration = replace(last.migration, spec=mover.spec)
        return [*files[:-1], MigrationFile(migration, rewritten(migration, last.text), last.old_file)]

    def _uncovered(self, mover: FileMover, files: Sequence[MigrationFile]) -> list[str]:
        """A note if every migration is applied, at least in part, and the spec wants more."""
        last = files[-1].migration
        if mover.ends_as_wanted(last.last):
            return []
        return [f"the spec wants more than {last.id}, which is applied: elbplan plan --save NAME writes the next file"]


def _changed_by(entry: MigrationStep) -> list[str]:
    """The names of the resources that a step changes."""
    if entry.do == "reorder":
        return [f"{rule.kind}.{rule.name}" for rule in moves_of(entry)]
    return [f"{entry.what.kind}.{entry.what.name}"] if entry.what and entry.writes else []


def _drift_notes(stack: Stack, position: Position) -> list[str]:
    if not position.differs:
        return []
    what = f"AWS is nearest to {position.place}, but has drifted in {', '.join(position.differs)}"
    return [f"{what}; elbplan accept-drift {stack.name} keeps the drift, elbplan apply --revert-drift reverts it"]
