"""Builds the plan steps for the entries of a migration that are not applied yet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ...core.address import Address
from ...core.hidden import hidden_in
from ...core.ignored import ignoring
from ...core.kind import LiveResource, Phase
from ...core.plan import Step, StepAction
from ...core.resource import Resource, differing_fields
from ...core.simulate import State, reordered
from ...errors import Refused
from ...kinds import KINDS
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...live.portable import PortableNames
from ..files.spec_fields import with_files, without_secrets
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
    """Builds the steps of entries from the live resources. An entry whose result AWS already has gets no step.

    spec     the resources of the spec: a secret is not in a migration, so it comes from the spec
    names    the AWS names of the resources to create
    known    the AWS ids by AWS name, for each kind: to find a resource to adopt
    current  the resources after the steps that are built so far
    removed  the resources that these steps delete or release
    """

    migration: Migration
    lives: Mapping[Address, LiveResource[Any]]
    spec: State
    names: Mapping[Address, str]
    symbols: PortableNames
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    current: dict[Address, Resource] = field(default_factory=dict)
    removed: dict[Address, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.current = {address: live.model for address, live in self.lives.items()}

    def steps(self, entries: Sequence[tuple[int, MigrationStep]]) -> list[Step]:
        """The steps of these entries, each with its index in the migration. Each step needs the step before it."""
        steps: list[Step] = []
        for index, entry in entries:
            for step in self._steps(index, entry):
                steps.append(_after(step, steps))
        return steps

    def _steps(self, index: int, entry: MigrationStep) -> Iterator[Step]:
        address = entry.what
        if address is None or entry.do == "hold":
            return
        if entry.do == "wait":
            yield from self._wait(index, entry, address)
        elif entry.do == "reorder":
            yield from self._reorder(index, entry)
        elif entry.do == "moved":
            yield from self._rename(index, entry, address)
        elif entry.do in ("delete", "release"):
            yield from self._remove(index, entry, address)
        elif address in self.current:
            yield from self._update(index, entry, address)
        else:
            yield self._create_or_adopt(index, entry, address)

    def _create_or_adopt(self, index: int, entry: MigrationStep, address: Address) -> Step:
        wanted = self._wanted(index, address)
        if entry.do == "adopt":
            name = self._adopted_id(entry, address)
        else:
            wanted = without_secrets(address, wanted, self.spec.get(address), self.migration.file)
            name = self.names.get(address, "")
        self.current[address] = wanted
        return replace(_new_step(index, entry), after=wanted, name=name)

    def _adopted_id(self, entry: MigrationStep, address: Address) -> str:
        """The AWS id of the resource to adopt. Raises Refused unless exactly one resource has the name."""
        if not entry.id.startswith("name:"):
            return entry.id
        name = entry.id.removeprefix("name:")
        known = self.known.get(address.kind, {})
        ids = [id for key, id in known.items() if key == name or key.endswith(f"/{name}")]
        if len(ids) != 1:
            many = f"{len(ids)} resources have" if ids else "no resource has"
            what = f"{self.migration.file}: {address} cannot be adopted: {many} the name {name}"
            raise Refused(what, hint="write its id or ARN, or check that account and region are right")
        return ids[0]

    def _remove(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        if address not in self.current:
            return
        self.removed[address] = self.current.pop(address)
        if entry.do == "release" and address.kind == Record.kind:
            yield from self._without_marks(index, entry, address)
        yield replace(_new_step(index, entry), before=self.removed[address])

    def _without_marks(self, index: int, entry: MigrationStep, record: Address) -> Iterator[Step]:
        """Removes a released record from the tags of the load balancers. Raises Refused if the spec wants the record.

        Otherwise elbplan would still count the record as its own.
        """
        if record in self.spec:
            what = f"{self.migration.file}: {record} is released, but the spec still wants it"
            raise Refused(what, hint="take the name out of the spec's `domain:` first")
        for address, before in list(self.current.items()):
            wanted = self.migration.states[index + 1].get(address)
            if not isinstance(before, LoadBalancer) or not before.records or not isinstance(wanted, LoadBalancer):
                continue
            after = before.model_copy(update={"records": self.symbols.to_ids(wanted).records})
            if differing_fields(before, after):
                self.current[address] = after
                yield replace(_new_step(index, entry, "update"), address=address, before=before, after=after)

    def _update(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        """Updates the live resource. So a create that was begun and not finished gets its missing values."""
        before = self.current[address]
        after = KINDS[address.kind].with_live_defaults(self._wanted(index, address), before)
        after = ignoring(after, before, address, self.ignore)
        after = with_files(address, before, after, self.spec.get(address), self.migration.file)
        if differing_fields(before, after):
            self.current[address] = after
            yield replace(_new_step(index, entry, "update"), before=before, after=after)

    def _reorder(self, index: int, entry: MigrationStep) -> Iterator[Step]:
        moves = {rule: priority for rule, priority in moves_of(entry).items() if rule in self.current}
        if any(_priority(self.current[rule]) != priority for rule, priority in moves.items()):
            self.current |= {rule: reordered(self.current[rule], priority) for rule, priority in moves.items()}
            yield replace(_new_step(index, entry), moves=moves)

    def _rename(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        if entry.old not in self.current:
            return
        before = self.current[entry.old]
        for old, new in names_after_move(self.migration.states[index], entry).items():
            self.current = dict(renamed(self.current, {old: new}))
            step = replace(_new_step(index, entry), before=before, after=self.current.get(new), old=old)
            yield step if new == address else replace(step, address=new, id=f"{index + 1} moved {new}")

    def _wait(self, index: int, entry: MigrationStep, address: Address) -> Iterator[Step]:
        """A wait for a resource that neither exists nor was removed by an earlier step is not needed."""
        current = self.current.get(address) or self.removed.get(address)
        if current is None:
            return
        wanted = current
        if last := self.migration.last.get(address):
            wanted = KINDS[address.kind].with_live_defaults(self.symbols.to_ids(last), current)
        yield replace(_new_step(index, entry), after=wanted, until=entry.until, timeout=entry.timeout)

    def _wanted(self, index: int, address: Address) -> Resource:
        wanted = self.symbols.to_ids(self.migration.states[index + 1][address])
        if unset := sorted({text.reference for text in hidden_in(wanted) if not text.known}):
            what = f"{self.migration.file}: {address} needs {', '.join(unset)}"
            raise Refused(f"{what}, which the environment does not have", hint="set the variable, as for the spec")
        return wanted


def _new_step(index: int, entry: MigrationStep, do: StepAction | None = None) -> Step:
    """The step of an entry, without its resources."""
    assert entry.what is not None
    action = do or cast(StepAction, "update" if entry.do == "shift" else entry.do)
    step_id = f"{index + 1} {action} {entry.what}"
    return Step(step_id, PHASES.get(entry.do, "switch"), action, entry.what, entry.why, entry=index)


def _priority(resource: Resource) -> int | None:
    return resource.priority if isinstance(resource, Rule) else None


def _after(step: Step, steps: Sequence[Step]) -> Step:
    return replace(step, needs=(steps[-1].id,)) if steps else step
