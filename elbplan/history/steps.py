"""The steps of a file that are still to be done, as a plan for the usual executor. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ..core.address import Address
from ..core.kind import Kinds, Live, Phase
from ..core.plan import Do, Step
from ..core.resource import Resource, differing
from ..core.simulate import State, moved
from ..live.symbols import Symbols
from .migration import Entry, Migration
from .replay import moves_of
from .secrets import whole
from .words import place

PHASES: Mapping[str, Phase] = {"create": "expand", "update": "switch", "move": "switch", "delete": "contract"}


@dataclass
class Maker:
    """Turns entries into steps, from what AWS really has; what is as it should be already becomes no step.

    spec     the spec's resources: what a file may not hold, a secret say, comes from there
    names    the physical names of what is created
    """

    migration: Migration
    lives: Mapping[Address, Live[Any]]
    spec: State
    names: Mapping[Address, str]
    symbols: Symbols
    kinds: Kinds
    actual: dict[Address, Resource] = field(default_factory=dict)
    gone: dict[Address, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.actual = {address: live.model for address, live in self.lives.items()}

    def steps(self, entries: Sequence[tuple[int, Entry]]) -> list[Step]:
        """The steps of these entries, each with its index in the file; one waits for the one before."""
        found: list[Step] = []
        for index, entry in entries:
            for step in self._step(index, entry):
                found.append(_after(step, found))
        return found

    def _step(self, index: int, entry: Entry) -> Iterator[Step]:
        address = entry.what
        if address is None:
            return
        if entry.do == "wait":
            yield from self._wait(index, entry, address)
        elif entry.do == "move":
            yield from self._move(index, entry, address)
        elif entry.do == "delete":
            if address in self.actual:
                self.gone[address] = self.actual.pop(address)
                yield self._made(index, entry, before=self.gone[address])
        elif address in self.actual:
            yield from self._update(index, entry, address)
        else:
            wanted = whole(address, self._wanted(index, address), self.spec.get(address), self.migration.file)
            self.actual[address] = wanted
            yield self._made(index, entry, after=wanted, name=self.names.get(address, ""))

    def _update(self, index: int, entry: Entry, address: Address) -> Iterator[Step]:
        """From what is there; a create that was begun and not finished is brought to its end."""
        before = self.actual[address]
        after = self.kinds[address.kind].settle(self._wanted(index, address), before)
        if differing(before, after):
            self.actual[address] = after
            yield self._made(index, entry, do="update", before=before, after=after)

    def _move(self, index: int, entry: Entry, address: Address) -> Iterator[Step]:
        moves = {rule: place for rule, place in moves_of(entry).items() if rule in self.actual}
        if any(getattr(self.actual[rule], "priority", None) != priority for rule, priority in moves.items()):
            self.actual |= {rule: moved(self.actual[rule], priority) for rule, priority in moves.items()}
            yield self._made(index, entry, moves=moves)

    def _wait(self, index: int, entry: Entry, address: Address) -> Iterator[Step]:
        """What is neither there nor was there in this run cannot be waited for, and need not be."""
        there = self.actual.get(address) or self.gone.get(address)
        if there is None:
            return
        last = self.migration.last.get(address)
        wanted = there if last is None else self.kinds[address.kind].settle(self.symbols.unfold(last), there)
        yield self._made(index, entry, after=wanted, until=entry.until, within=entry.within)

    def _made(self, index: int, entry: Entry, do: Do | None = None, **rest: Any) -> Step:
        assert entry.what is not None
        verb = do or cast(Do, entry.do)
        id = f"{index + 1} {verb} {place(entry.what)}"
        return Step(id, PHASES.get(entry.do, "gate"), verb, entry.what, entry.why, **rest)

    def _wanted(self, index: int, address: Address) -> Resource:
        return self.symbols.unfold(self.migration.states[index + 1][address])


def _after(step: Step, found: Sequence[Step]) -> Step:
    return replace(step, needs=(found[-1].id,)) if found else step
