"""A chain made whole after two branches met, or a pending file made to end in what the spec wants by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...core.kind import Kinds
from ...core.stack import Stack
from ...errors import Refused, SpecProblem, UsageProblem
from ...live.observe import Observed
from ..files.fingerprints import rewritten
from ..files.folder import Folder, MigrationFile, pinned_id
from ..files.texts import ParsedFile, parse_files
from ..migration import Migration, MigrationStep
from ..position.locator import Locator
from ..position.nearest import NearestPosition, lives_towards, nearest_position, position_of
from ..simulate import moves_of
from .branches import BranchChoice, Branches, branches, choose_branch
from .mover import FileMover
from .offline_plan import in_file_words


@dataclass(frozen=True)
class Rebased:
    """The files as they should be, and what a person should know of it, a sentence each."""

    files: Sequence[MigrationFile]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rebase:
    """One stack's files, its spec, and one look at AWS."""

    folder: Folder
    stack: Stack
    observed: Observed
    kinds: Kinds

    def rebased(self, file: str = "", *, drifted: bool = False) -> Rebased:
        """The files in one row; nothing is written.

        `file` says which is to move. Raises Refused if that one is applied, or if AWS was changed by hand where a
        file that moves is about it, unless `drifted` says that this is seen to. Raises SpecProblem, UsageProblem.
        """
        found = self._texts()
        ways = branches(found, self.kinds)
        places = self._places(ways)
        choice = self._choice(ways, places, file)
        if ways.is_chain and places[0].differs and not drifted:
            self._clear(places[0], choice.move)
        kept = {one.migration.id: MigrationFile(one.migration, one.text, one.migration.file) for one in found}
        stay = [replace(kept[m.id], migration=replace(m, number=n)) for n, m in enumerate(choice.stay, 1)]
        move = [replace(kept[one.id], migration=one) for one in choice.move]
        mover = FileMover(self.stack, in_file_words(self.observed), self.kinds, self.stack.spec_hash)
        files = self._specked(mover, mover.move_behind(stay, move), places)
        notes = [*([choice.why] if choice.why else []), *mover.notes, *self._beyond(mover, files)]
        return Rebased(files, (*notes, *([] if drifted else _drift(self.stack, places))))

    def _texts(self) -> list[ParsedFile]:
        found, problems = parse_files(self.folder, self.kinds)
        if problems:
            raise SpecProblem(problems)
        if not found:
            what = f"{self.folder.path} holds no migration"
            raise UsageProblem(what, hint="elbplan plan --save NAME writes the first")
        return found

    def _places(self, found: Branches) -> list[NearestPosition]:
        """Where live stands; where it was changed by hand, the nearest."""
        exact = [
            place for way in found.paths if (place := position_of(self.observed, way, self.kinds, self.stack.ignore))
        ]
        if exact:
            return exact
        place = nearest_position(self.observed, found.paths, self.kinds, self.stack.ignore)
        if found.unconnected:
            lost = found.unconnected[0]
            what = f"nothing ends where {lost.id} begins, and AWS is in none of the other files' states"
            raise Refused(f"{what}: whether {lost.id} is applied cannot be told", hint="is a file missing here?")
        return [place]

    def _choice(self, found: Branches, places: Sequence[NearestPosition], file: str) -> BranchChoice:
        """Of a whole chain the files that are not begun move, to where they are."""
        if file or not found.is_chain:
            return choose_branch(found, places, pinned_id(self.folder), file)
        (way,) = found.paths
        begun = places[0].begun
        return BranchChoice(tuple(m for m in way if m.id in begun), tuple(m for m in way if m.id not in begun))

    def _clear(self, place: NearestPosition, move: Sequence[Migration]) -> None:
        """Returns if what was changed by hand is not what the files to come are about. Raises Refused."""
        if not move:
            return
        about = {name for one in move for entry in one.entries for name in _about(entry)}
        lives = lives_towards(self.observed, move[-1].last, self.kinds)
        locator = Locator(self.observed.live, self.observed.symbols, self.kinds, self.stack.ignore)
        unlike = set(locator.differing(move[-1], move[-1].last, lives))
        if hit := sorted(about & unlike & set(place.differs)):
            name = self.stack.name
            what = f"{name}: somebody changed {', '.join(hit)} by hand, which {move[0].id} is about"
            ways = f"elbplan rebase {name} --accept-drift keeps the change, elbplan apply --revert-drift puts it back"
            raise Refused(what, hint=ways)

    def _specked(
        self, mover: FileMover, files: Sequence[MigrationFile], places: Sequence[NearestPosition]
    ) -> list[MigrationFile]:
        """The last file says which spec it leads to, if it is still to be applied and does lead there."""
        last = files[-1]
        begun = frozenset[str]().union(*(place.begun for place in places))
        said = last.migration.spec
        if said in ("", mover.spec) or last.migration.id in begun or not mover.ends_as_wanted(last.migration.last):
            return list(files)
        made = replace(last.migration, spec=mover.spec)
        return [*files[:-1], MigrationFile(made, rewritten(made, last.text), last.old_file)]

    def _beyond(self, mover: FileMover, files: Sequence[MigrationFile]) -> list[str]:
        """Every file is applied or begun, and the spec went on."""
        last = files[-1].migration
        if mover.ends_as_wanted(last.last):
            return []
        return [f"the spec wants more than {last.id}, which is applied: elbplan plan --save NAME writes the next file"]


def _about(entry: MigrationStep) -> list[str]:
    """The resources that a step is about."""
    if entry.do == "reorder":
        return [f"{rule.kind}.{rule.name}" for rule in moves_of(entry)]
    return [f"{entry.what.kind}.{entry.what.name}"] if entry.what and entry.writes else []


def _drift(stack: Stack, places: Sequence[NearestPosition]) -> list[str]:
    if not places[0].differs:
        return []
    what = f"AWS is nearest to {places[0].text}, but somebody changed {', '.join(places[0].differs)} by hand"
    return [f"{what}; elbplan accept-drift {stack.name} takes that in, elbplan apply --revert-drift puts it back"]
