"""Accepts drift: writes a migration that ends in what AWS has, and an `overrides:` block for the spec."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...core.address import Address
from ...core.resource import is_foreign
from ...core.simulate import State
from ...core.stack import Stack
from ...errors import Refused
from ...kinds import KINDS
from ...live.observe import Observed, observe
from ...live.portable import PortableNames
from ...run.workflow import Cloud
from ..files.folder import Folder, MigrationFile
from ..files.loader import load
from ..files.writer import text_of
from ..migration import Migration
from ..position.locator import Locator
from ..position.position import Position
from ..rebase.mover import FileMover
from ..rebase.offline_plan import in_file_words, offline_plan
from ..save import check_name, migration_of
from .drift import Drift, drift_of, not_in_spec
from .overrides import FieldsByAddress, SpecFile

NAME = "accepted_drift"
TITLE = "drift accepted from AWS"


@dataclass(frozen=True)
class AcceptedDrift:
    """The result, which nobody has written yet.

    files   all migrations of the stack in their new order; empty for a stack without migrations
    block   the overrides for the spec
    spec    the text of the spec with the overrides, if it should be written
    notes   a sentence about each change that a person should know
    """

    files: Sequence[MigrationFile]
    block: FieldsByAddress
    spec: str | None
    notes: tuple[str, ...]


@dataclass
class DriftAccepter:
    """Accepts the drift of one stack, from one observation of AWS; with `writing`, also in the spec's file."""

    aws: Cloud
    stack: Stack
    observed: Observed
    writing: bool = False
    notes: list[str] = field(default_factory=list)

    def accept_into_spec(self) -> AcceptedDrift:
        """The overrides with which the spec matches AWS, for a stack without migrations. Raises Refused."""
        drift = self._drift(in_file_words(self.observed), "the spec")
        block, _, text = self._spec(drift)
        return AcceptedDrift((), block, text, tuple(self.notes))

    def accept_into_files(self, files: Sequence[MigrationFile], name: str = "") -> AcceptedDrift:
        """The migrations with a new one behind the last applied one. Raises Refused, UsageProblem."""
        check_name(name or NAME)
        begun = self._position([file.migration for file in files]).begun
        applied = [file for file in files if file.migration.id in begun]
        pending = [file for file in files if file.migration.id not in begun]
        chain = [file.migration for file in applied]
        drift = self._drift(chain[-1].last, chain[-1].id)
        block, spec, text = self._spec(drift)
        spec_hash = spec.spec_hash if spec and text else ""
        new = self._file(drift, chain, name or NAME, spec_hash)
        wanted = drift.applied_to(in_file_words(self.observed))
        mover = FileMover(spec or self.stack, wanted, spec_hash)
        moved = mover.move_behind([*applied, new], pending)
        return AcceptedDrift(moved, block, text, (*self.notes, *mover.notes))

    def _position(self, chain: Sequence[Migration]) -> Position:
        """The position of AWS at the end of a migration. Raises Refused if none or only a part of one is applied."""
        name, locator = self.stack.name, Locator(self.observed, self.stack.ignore)
        position = locator.exact(chain) or locator.nearest([chain])
        if position.partial or not (position.done or not position.index):
            what = f"{name}: {position.migration.id} is only partly applied: AWS is nearest to {position.place}"
            hint = "elbplan apply finishes it; elbplan apply --revert-drift first reverts drift that stops it"
            raise Refused(what, hint=hint)
        if not position.begun:
            what = f"{name}: no migration is applied yet, so AWS cannot have drifted"
            raise Refused(what, hint="elbplan apply applies the first migration")
        return position

    def _drift(self, state: State, name: str) -> Drift:
        """The drift from a state. Raises Refused if there is none, or if it deleted something that the spec wants."""
        lives = Locator(self.observed).lives(state)
        drift = drift_of(lives, state, self.observed.portable_names, self.stack.ignore)
        deleted = [str(address) for address in drift.gone if address in self.observed.desired]
        if deleted:
            what = f"{self.stack.name}: the spec has {', '.join(deleted)}, but AWS does not any more"
            hint = "elbplan apply --revert-drift creates it again; or remove it from the spec first"
            raise Refused(what, hint=hint)
        if drift.empty:
            raise Refused(f"{self.stack.name}: there is no drift: AWS matches {name}", hint="there is nothing to do")
        return drift

    def _file(self, drift: Drift, before: Sequence[Migration], name: str, spec_hash: str) -> MigrationFile:
        wanted = drift.applied_to(before[-1].last)
        if foreign := [str(address) for address, resource in wanted.items() if is_foreign(resource)]:
            what = f"{self.stack.name}: {', '.join(foreign)} has settings in AWS that no migration can express"
            raise Refused(what, hint="leave them to their owner with `ignore:`, or revert them in AWS")
        plan = offline_plan(self.stack, before[-1].last, wanted)
        new = migration_of(plan, before, PortableNames(), name=name, title=TITLE, spec=spec_hash)
        return MigrationFile(new, text_of(new))

    def _spec(self, drift: Drift) -> tuple[FieldsByAddress, Stack | None, str | None]:
        """The overrides, the stack with them, and the text of the spec with them if it should be written."""
        numbers = {kept: own for own, kept in self.observed.kept.items()}
        block = FieldsByAddress.of(drift, self.stack, numbers)
        unknown = [str(address) for address in drift.added if address not in self.observed.desired]
        if unknown:
            self.notes.append(f"the spec does not have {', '.join(unknown)}: add it there in the long form")
        file = SpecFile.of(self.stack)
        spec = file.with_block(block) if file else None
        self._check(drift, file, spec)
        text = file.appended(block) if file and spec and self.writing and block.fields else None
        if self.writing and block.fields and text is None:
            reason = "it already has overrides:, or several documents"
            self.notes.append(f"the spec is not written: {reason}; add the block to it")
        return block, spec, text

    def _check(self, drift: Drift, file: SpecFile | None, spec: Stack | None) -> None:
        """Add a note if the spec does not match AWS even with the overrides."""
        if file is None:
            self.notes.append("the block is not checked: the spec's file cannot be read again")
        elif spec is None:
            self.notes.append("the spec is not valid with this block; change the spec itself instead")
        elif remaining := self._remaining(drift, spec):
            names = ", ".join(map(str, remaining))
            self.notes.append(f"overrides: cannot express the whole drift of {names}; change the spec itself")

    def _remaining(self, drift: Drift, spec: Stack) -> list[Address]:
        observed = observe(self.aws.send, self.aws.region, [spec], KINDS, everywhere=True)[spec.name]
        return not_in_spec(drift, observed, spec.ignore)


def migration_file_of(folder: Folder) -> list[MigrationFile]:
    """The files of a complete chain. Raises SpecProblem."""
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.files()}
    return [MigrationFile(migration, texts[migration.file], migration.file) for migration in load(folder)]
