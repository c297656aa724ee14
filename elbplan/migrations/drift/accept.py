"""Taking in what somebody changed by hand: the next file leads there, and the spec is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...core.address import Address
from ...core.kind import Kinds
from ...core.resource import is_foreign
from ...core.stack import Stack
from ...errors import Refused
from ...live.observe import Observed, observe
from ...live.portable import PortableNames
from ...run.workflow import Cloud
from ..files.folder import Folder, MigrationFile
from ..files.loader import load
from ..files.writer import text_of
from ..migration import Migration
from ..position.nearest import NearestPosition, lives_towards, nearest_position, position_of
from ..rebase.mover import FileMover
from ..rebase.offline_plan import in_file_words, offline_plan
from ..save import check_name, migration_of
from .drift import Drift, drift_of, not_in_spec
from .overrides import FieldsByAddress, SpecFile

NAME = "adopted"
TITLE = "what was changed by hand"


@dataclass(frozen=True)
class AcceptedDrift:
    """What is to be written; nothing is yet.

    files   all files of the stack as they should be; none in a stack without migrations
    block   what to write into the spec
    spec    the whole text of the spec with the block, if it is to be written
    """

    files: Sequence[MigrationFile]
    block: FieldsByAddress
    spec: str | None
    notes: tuple[str, ...]


@dataclass
class DriftAccepter:
    """One stack and one look at AWS. `writing` says that the spec's file is to be written as well."""

    aws: Cloud
    stack: Stack
    observed: Observed
    kinds: Kinds
    writing: bool = False
    notes: list[str] = field(default_factory=list)

    def accept_into_spec(self) -> AcceptedDrift:
        """What the spec would have to say to be what is there. Raises Refused."""
        state = in_file_words(self.observed)
        lives = lives_towards(self.observed, state, self.kinds)
        drift = self._drift(drift_of(lives, state, self.observed.symbols, self.kinds, self.stack.ignore), "the spec")
        block, _, text = self._spec(drift)
        return AcceptedDrift((), block, text, tuple(self.notes))

    def accept_into_files(self, files: Sequence[MigrationFile], name: str = "") -> AcceptedDrift:
        """The files with one more behind the last that is applied. Raises Refused, UsageProblem."""
        check_name(name or NAME)
        place = self._place([one.migration for one in files])
        done = [one for one in files if one.migration.id in place.begun]
        state = done[-1].migration.last
        lives = lives_towards(self.observed, state, self.kinds)
        found = drift_of(lives, state, self.observed.symbols, self.kinds, self.stack.ignore)
        drift = self._drift(found, done[-1].migration.id)
        block, spec, text = self._spec(drift)
        hash = spec.spec_hash if spec and text else ""
        new = self._file(drift, [one.migration for one in done], name or NAME, hash)
        mover = FileMover(spec or self.stack, drift.applied_to(in_file_words(self.observed)), self.kinds, hash)
        rest = [one for one in files if one.migration.id not in place.begun]
        moved = mover.move_behind([*done, new], rest)
        return AcceptedDrift(moved, block, text, (*self.notes, *mover.notes))

    def _place(self, way: Sequence[Migration]) -> NearestPosition:
        """Between which files live stands. Raises Refused if one of them is half done, or none is."""
        name = self.stack.name
        ignore = self.stack.ignore
        exact = position_of(self.observed, way, self.kinds, ignore)
        place = exact or nearest_position(self.observed, [way], self.kinds, ignore)
        if place.half or not (place.done or not place.index):
            hint = "elbplan apply finishes it; elbplan apply --revert-drift puts back first what is in its way"
            raise Refused(f"{name}: {place.migration.id} is under way: AWS is nearest to {place.text}", hint=hint)
        if not place.begun:
            hint = "elbplan apply applies the first file"
            raise Refused(f"{name}: no file is applied yet, so there is nothing that was changed by hand", hint=hint)
        return place

    def _drift(self, drift: Drift, than: str) -> Drift:
        """Returns what can be taken in. Raises Refused for what is gone though the spec wants it, and for nothing."""
        gone = [str(address) for address in drift.gone if address in self.observed.desired]
        if gone:
            what = f"{self.stack.name}: {', '.join(gone)} {'are' if len(gone) > 1 else 'is'} not in AWS any more"
            hint = "elbplan apply --revert-drift makes it again; or leave it out of the spec first"
            raise Refused(f"{what}, and the spec still wants it", hint=hint)
        if drift.empty:
            what = f"{self.stack.name}: nothing was changed by hand: AWS is as {than} says"
            raise Refused(what, hint="nothing is to be done")
        return drift

    def _file(self, drift: Drift, before: Sequence[Migration], name: str, spec: str) -> MigrationFile:
        wanted = drift.applied_to(before[-1].last)
        if foreign := [str(address) for address, resource in wanted.items() if is_foreign(resource)]:
            what = f"{self.stack.name}: AWS has something of {', '.join(foreign)} that no file can say"
            raise Refused(what, hint="leave it to its owner with `ignore:`, or take it back in AWS")
        plan = offline_plan(self.stack, before[-1].last, wanted, self.kinds)
        made = migration_of(plan, before, self.kinds, PortableNames(), name=name, title=TITLE, spec=spec)
        return MigrationFile(made, text_of(made))

    def _spec(self, drift: Drift) -> tuple[FieldsByAddress, Stack | None, str | None]:
        """The block, the stack that has it, and the spec's text with it if it is to be written."""
        block = FieldsByAddress.of(drift, self.stack, {there: ours for ours, there in self.observed.kept.items()})
        unknown = [str(address) for address in drift.added if address not in self.observed.desired]
        if unknown:
            self.notes.append(f"the spec does not know {', '.join(unknown)}: write it there in the long form")
        file = SpecFile.of(self.stack)
        spec = file.with_block(block) if file else None
        self._check(drift, file, spec)
        text = file.appended(block) if file and spec and self.writing and block.fields else None
        if self.writing and block.fields and text is None:
            self.notes.append("the spec is not written: it has overrides: already, or several documents; merge this")
        return block, spec, text

    def _check(self, drift: Drift, file: SpecFile | None, spec: Stack | None) -> None:
        """Say what the spec does not say even with the block."""
        if file is None:
            self.notes.append("the block was not tried: the spec's file cannot be read again")
        elif spec is None:
            self.notes.append("the spec with this block is not right; say it in the spec's own words instead")
        elif left := self._unsaid(drift, spec):
            names = ", ".join(map(str, left))
            self.notes.append(f"overrides: cannot say all that was changed of {names}; change the spec itself")

    def _unsaid(self, drift: Drift, spec: Stack) -> list[Address]:
        seen = observe(self.aws.send, self.aws.region, [spec], self.kinds, everywhere=True)[spec.name]
        return not_in_spec(drift, seen, self.kinds, spec.ignore)


def migration_file_of(folder: Folder, kinds: Kinds) -> list[MigrationFile]:
    """The files of a whole chain. Raises SpecProblem."""
    found: Mapping[str, str] = {file.name: file.read_text(encoding="utf-8") for file in folder.files()}
    return [MigrationFile(one, found[one.file], one.file) for one in load(folder, kinds)]
