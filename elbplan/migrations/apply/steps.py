"""The steps of a file that are still to be done, as a plan for the usual executor. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ...core.address import Address
from ...core.change import ignoring
from ...core.hidden import hidden_in
from ...core.kind import Kinds, LiveResource, Phase
from ...core.plan import Step, StepAction
from ...core.resource import Resource, differing_fields
from ...core.simulate import State, reordered
from ...errors import Refused
from ...kinds.record import Record
from ...live.portable import PortableNames
from ..files.spec_fields import without_secrets
from ..migration import Migration, MigrationStep
from ..simulate import moves_of, names_after_move, renamed

PHASES: Mapping[str, Phase] = {
    "create": "expand",
    "adopt": "expand",
    "delete": "contract",
    "release": "contract",
    "wait": "gate",
}


@dataclass
class StepBuilder:
    """Turns entries into steps, from what AWS really has; what is as it should be already becomes no step.

    spec     the spec's resources: what a file may not hold, a secret say, comes from there
    names    the physical names of what is created
    known    the ids of what AWS knows by a name, kind by kind: for what is adopted
    """

    migration: Migration
    lives: Mapping[Address, LiveResource[Any]]
    spec: State
    names: Mapping[Address, str]
    symbols: PortableNames
    kinds: Kinds
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    actual: dict[Address, Resource] = field(default_factory=dict)
    gone: dict[Address, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.actual = {address: live.model for address, live in self.lives.items()}

    def steps(self, entries: Sequence[tuple[int, MigrationStep]]) -> list[Step]:
        """The steps of these entries, each with its index in the file; one waits for the one before."""
        found: list[Step] = []
        for index, entry in entries:
            for step in self._step(index, entry):
                found.append(_after(step, found))
        return found

    def _step(self, index: int, entry: MigrationStep) -> Iterator[Step]:
        address = entry.what
        if address is None or entry.do == "hold":
            return
        if entry.do == "wait":
            yield from self._wait(index, entry, address)
        elif entry.do == "reorder":
            yield from self._move(index, entry, address)
        elif entry.do == "moved":
            yield from self._rename(index, entry, address)
        elif entry.do in ("delete", "release"):
            yield from self._let_go(index, entry, address)
        elif address in self.actual:
            yield from self._update(index, entry, address)
        else:
            yield from self._birth(index, entry, address)

    def _birth(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        wanted = self._wanted(index, address)
        if entry.do == "adopt":
            yield self._made(index, entry, after=wanted, name=self._id(entry, address))
        else:
            wanted = without_secrets(address, wanted, self.spec.get(address), self.migration.file)
            yield self._made(index, entry, after=wanted, name=self.names.get(address, ""))
        self.actual[address] = wanted

    def _id(self, entry: MigrationStep, address: Address) -> str:
        """What AWS calls that which is adopted. Raises Refused for a name that nobody bears."""
        if not entry.id.startswith("name:"):
            return entry.id
        name = entry.id.removeprefix("name:")
        held = self.known.get(address.kind, {})
        found = [id for key, id in held.items() if key == name or key.endswith(f"/{name}")]
        if len(found) != 1:
            many = f"{len(found)} bear" if found else "nothing bears"
            what = f"{self.migration.file}: {address} cannot be adopted: {many} the name {name}"
            raise Refused(what, hint="write its id or ARN, or look whether this is the right account and region")
        return found[0]

    def _let_go(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        if address not in self.actual:
            return
        self.gone[address] = self.actual.pop(address)
        if entry.do == "release" and address.kind == Record.kind:
            yield from self._forget(index, entry)
        yield self._made(index, entry, before=self.gone[address])

    def _forget(self, index: int, entry: MigrationStep) -> Iterator[Step]:
        """A record that is let go is one that no balancer of ours remembers. Raises Refused if the spec wants it."""
        assert entry.what is not None
        if entry.what in self.spec:
            what = f"{self.migration.file}: {entry.what} is released, but the spec still wants it"
            raise Refused(what, hint="take the name out of the spec's `domain:` first")
        for address, before in list(self.actual.items()):
            told = self.migration.states[index + 1].get(address)
            left: Any = self.symbols.to_ids(told) if told is not None and getattr(before, "records", None) else None
            after = before.model_copy(update={"records": left.records}) if left else before
            if differing_fields(before, after):
                self.actual[address] = after
                step = self._made(index, entry, do="update", before=before, after=after)
                yield replace(step, address=address)

    def _update(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        """From what is there; a create that was begun and not finished is brought to its end."""
        before = self.actual[address]
        after = self.kinds[address.kind].with_live_defaults(self._wanted(index, address), before)
        after = ignoring(after, before, address, self.ignore)
        if differing_fields(before, after):
            self.actual[address] = after
            yield self._made(index, entry, do="update", before=before, after=after)

    def _move(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        moves = {rule: place for rule, place in moves_of(entry).items() if rule in self.actual}
        if any(getattr(self.actual[rule], "priority", None) != priority for rule, priority in moves.items()):
            self.actual |= {rule: reordered(self.actual[rule], priority) for rule, priority in moves.items()}
            yield self._made(index, entry, moves=moves)

    def _rename(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        if entry.old not in self.actual:
            return
        before = self.actual[entry.old]
        for old, new in names_after_move(self.migration.states[index], entry).items():
            self.actual = dict(renamed(self.actual, {old: new}))
            step = self._made(index, entry, before=before, after=self.actual.get(new), old=old)
            yield step if new == address else replace(step, address=new, id=f"{index + 1} moved {new}")

    def _wait(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        """What is neither there nor was there in this run cannot be waited for, and need not be."""
        there = self.actual.get(address) or self.gone.get(address)
        if there is None:
            return
        last = self.migration.last.get(address)
        wanted = (
            there if last is None else self.kinds[address.kind].with_live_defaults(self.symbols.to_ids(last), there)
        )
        yield self._made(index, entry, after=wanted, until=entry.until, timeout=entry.timeout)

    def _made(self, index: int, entry: MigrationStep, do: StepAction | None = None, **rest: Any) -> Step:
        assert entry.what is not None
        verb = do or cast(StepAction, "update" if entry.do == "shift" else entry.do)
        id = f"{index + 1} {verb} {entry.what}"
        return Step(id, PHASES.get(entry.do, "switch"), verb, entry.what, entry.why, entry=index, **rest)

    def _wanted(self, index: int, address: Address) -> Resource:
        wanted = self.symbols.to_ids(self.migration.states[index + 1][address])
        if unset := sorted({text.reference for text in hidden_in(wanted) if not text.known}):
            what = f"{self.migration.file}: {address} needs {', '.join(unset)}"
            raise Refused(f"{what}, which the environment does not have", hint="set the variable, as for the spec")
        return wanted


def _after(step: Step, found: Sequence[Step]) -> Step:
    return replace(step, needs=(found[-1].id,)) if found else step
