"""Where live stands among the states of the files: resume by looking, not by remembering. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.address import Address
from ..core.change import Comparison
from ..core.diff import diff
from ..core.fingerprint import Fingerprint, fingerprint, seen
from ..core.kind import Kinds, Live
from ..core.resource import differing
from ..core.simulate import State
from ..live.symbols import Symbols
from .migration import Entry, Migration
from .replay import moves_of
from .words import OLD, relabelled

Lives = Mapping[Address, Live[Any]]


@dataclass(frozen=True)
class Standing:
    """Where live stands: all of `migration` before entry `index` is done.

    lives     what AWS has, old and new called as the file calls them
    half      the entry at `index`, or the next that writes, is begun and not finished
    """

    migration: Migration
    index: int
    lives: Lives
    comparison: Comparison
    half: bool = False


@dataclass(frozen=True)
class Nowhere:
    """Live is none of the states; `differs` names the resources in which it is not as the nearest of them."""

    nearest: str
    differs: tuple[str, ...]


@dataclass
class Locator:
    """Compares one look at AWS with the states of files."""

    observed: Sequence[Live[Any]]
    symbols: Symbols
    kinds: Kinds

    def find(self, migrations: Sequence[Migration]) -> Standing | Nowhere:
        """The furthest state that live is, or else the furthest one that it has just left."""
        views = [(one, *self._view(one)) for one in migrations]
        for migration, comparison, lives in reversed(views):
            for index in reversed(_seams(migration)):
                if not self.differing(migration, migration.states[index], lives):
                    return Standing(migration, index, lives, comparison)
        for migration, comparison, lives in reversed(views):
            for index in reversed(_seams(migration)):
                if self._half(migration, index, lives):
                    return Standing(migration, index, lives, comparison, half=True)
        return self._nearest(views)

    def against(self, migration: Migration, index: int) -> tuple[tuple[str, ...], Lives]:
        """The resources in which live is not as after so many steps of a file, and live in the file's words."""
        _, lives = self._view(migration)
        return self.differing(migration, migration.states[index], lives), lives

    def differing(self, migration: Migration, state: State, lives: Lives) -> tuple[str, ...]:
        """The resources in which live is not as a state says; what others fill is not looked at."""
        spoken = {(a.kind, a.name) for one in migration.states for a in one}
        filled = {a for a in lives if a.kind == "targets" and (a.kind, a.name) not in spoken}
        ours = {a: live for a, live in lives.items() if a not in filled}
        found = fingerprint(self.seen(ours, state), self.kinds)
        expected: Fingerprint = fingerprint(state, self.kinds)
        return () if found.text == expected.text else found.differing(expected)

    def _half(self, migration: Migration, index: int, lives: Lives) -> bool:
        """Is live what it was there, or what it will be, but for what the next write is about?"""
        touched = _touched(migration.entries[index:])
        left = set(self.differing(migration, migration.states[index], lives))
        if left and left <= touched:
            return self._begun(migration, index, lives)
        write = next((i for i in range(index, len(migration.entries)) if migration.entries[i].writes), None)
        if write is None or migration.entries[write].do != "create" or migration.entries[write].what not in lives:
            return False
        return set(self.differing(migration, migration.states[write + 1], lives)) <= touched  # others point at it

    def _begun(self, migration: Migration, index: int, lives: Lives) -> bool:
        """Could the next write have left live like this? An update touches its own fields and no others."""
        entry = next(one for one in migration.entries[index:] if one.writes)
        if entry.do != "update" or entry.what is None or entry.what not in lives:
            return entry.do != "update"
        model = self.symbols.fold(lives[entry.what].model)
        told = self.kinds[entry.what.kind].settle(migration.states[index][entry.what], model)
        return set(differing(model, told)) <= set(entry.set)

    def seen(self, lives: Lives, state: State) -> State:
        """Live in a state's words."""
        folded = {a: Live(a, live.id, self.symbols.fold(live.model), live.facts) for a, live in lives.items()}
        return seen(folded, state, self.kinds)

    def _view(self, migration: Migration) -> tuple[Comparison, Lives]:
        """Live as one looks at it who wants what the file ends in."""
        wanted = {a: self.symbols.unfold(r) for a, r in migration.last.items()}
        comparison = diff(wanted, self.observed, self.kinds)
        names = _old(comparison.lives)

        def rename(address: Address) -> Address:
            return names.get(address, address)

        lives = {
            rename(a): Live(rename(a), live.id, relabelled(live.model, rename), live.facts)
            for a, live in comparison.lives.items()
        }
        return comparison, lives

    def _nearest(self, views: Iterable[tuple[Migration, Comparison, Lives]]) -> Nowhere:
        best: Nowhere | None = None
        for migration, _, lives in views:
            for index in _seams(migration):
                differs = self.differing(migration, migration.states[index], lives)
                where = f"step {index} of {migration.id}" if index else f"the start of {migration.id}"
                where = f"the end of {migration.id}" if index == len(migration.entries) else where
                if best is None or len(differs) <= len(best.differs):
                    best = Nowhere(where, differs)
        return best or Nowhere("nothing", ())


def _old(lives: Iterable[Address]) -> dict[Address, Address]:
    names: dict[Address, Address] = {}
    for address in sorted(address for address in lives if address.former):
        several = sum(other[:2] == address[:2] for other in names)
        names[address] = address._replace(former=OLD + (str(several + 1) if several else ""))
    return names


def _seams(migration: Migration) -> list[int]:
    """The indices of entries at which a new state begins: after each that writes, and the start."""
    last = len(migration.entries)
    seams = [0, *(i + 1 for i, entry in enumerate(migration.entries) if entry.writes)]
    done = all(not entry.writes for entry in migration.entries[seams[-1] :])
    return [*seams[:-1], last] if done else seams


def _touched(entries: Sequence[Entry]) -> set[str]:
    """What the next write is about."""
    entry = next((one for one in entries if one.writes), None)
    if entry is None or entry.what is None:
        return set()
    about: Iterator[Address] = iter(moves_of(entry)) if entry.do == "move" else iter((entry.what,))
    return {f"{address.kind}.{address.name}" for address in about}
