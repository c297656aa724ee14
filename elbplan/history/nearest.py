"""Where live stands among the states of files, or which of them it is nearest to if somebody changed it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.address import Address
from ..core.diff import diff
from ..core.kind import Kinds, Live
from ..core.plan import Plan
from ..core.resource import Resource, plain
from ..core.simulate import State
from ..live.observe import Observed
from .locate import Lives, Locator, Standing
from .migration import Migration
from .saving import Teller
from .words import relabelled

GONE = 100
"""How much further away a resource is that is not there at all than one of which a field differs."""


@dataclass(frozen=True)
class Place:
    """Where live stands: in `migration` before entry `index`, but for what `differs`.

    before   the files that come before it, oldest first
    lives    what AWS has, called as the file calls it
    half     the next step is begun
    """

    migration: Migration
    index: int
    before: tuple[str, ...]
    lives: Lives
    differs: tuple[str, ...] = ()
    half: bool = False

    @property
    def begun(self) -> frozenset[str]:
        """The files of which live has done something."""
        own = (self.migration.id,) if self.index or self.half else ()
        return frozenset((*self.before, *own))

    @property
    def done(self) -> bool:
        """At the file's end."""
        return self.index == len(self.migration.entries)

    @property
    def state(self) -> State:
        """What the file says is there."""
        return self.migration.states[self.index]

    @property
    def text(self) -> str:
        """`the end of 0003_https`"""
        if self.done or not self.index:
            return f"the {'end' if self.done else 'start'} of {self.migration.id}"
        return f"step {self.index} of {len(self.migration.entries)} of {self.migration.id}"


def standing(observed: Observed, way: Sequence[Migration], kinds: Kinds) -> Place | None:
    """Where live stands exactly, or half a step further; None if in no state of these files."""
    found = Locator(observed.live, observed.symbols, kinds).find(way)
    if not isinstance(found, Standing):
        return None
    before = tuple(one.id for one in way if one.number < found.migration.number)
    return Place(found.migration, found.index, before, found.lives, half=found.half)


def nearest(observed: Observed, ways: Sequence[Sequence[Migration]], kinds: Kinds) -> Place:
    """The state that live is least unlike; of two that are as near, the later one."""
    best: tuple[tuple[int, int], Place] | None = None
    for way in ways:
        for migration in way:
            before = tuple(one.id for one in way if one.number < migration.number)
            for away, place in _places(observed, migration, before, kinds):
                if best is None or away <= best[0]:
                    best = away, place
    assert best is not None, "a way has files"
    return best[1]


def _places(
    observed: Observed, migration: Migration, before: tuple[str, ...], kinds: Kinds
) -> Iterator[tuple[tuple[int, int], Place]]:
    """The states of a file, with how far live is from each: first by resources, then by single values.

    A file is more often done than left in the middle, so the middle counts as one resource further.
    """
    locator = Locator(observed.live, observed.symbols, kinds)
    lives = lives_towards(observed, migration.last, kinds)
    for index in _seams(migration):
        state = migration.states[index]
        differs = locator.differing(migration, state, lives)
        middle = 0 < index < len(migration.entries)
        away = len(differs) + middle, _leaves(locator.seen(lives, state), state, kinds)
        yield away, Place(migration, index, before, lives, differs)


def lives_towards(observed: Observed, state: State, kinds: Kinds) -> Lives:
    """Live as one looks at it who wants this state, old and new called as files call them."""
    wanted = {address: observed.symbols.unfold(resource) for address, resource in state.items()}
    lives = diff(wanted, observed.live, kinds).lives
    names = Teller.of(Plan("", "", "", lives=lives), observed.symbols).names

    def rename(address: Address) -> Address:
        return names.get(address, address)

    return {
        rename(a): Live(rename(a), live.id, relabelled(live.model, rename), live.facts) for a, live in lives.items()
    }


def _seams(migration: Migration) -> Iterator[int]:
    """Where a new state begins."""
    yield 0
    writing = [index for index, entry in enumerate(migration.entries, 1) if entry.writes]
    yield from writing[:-1]
    yield len(migration.entries)


def _leaves(seen: State, state: State, kinds: Kinds) -> int:
    """In how many single values live is not as a state says."""
    return sum(_apart(seen.get(address), state.get(address), kinds) for address in {*seen, *state})


def _apart(live: Resource | None, told: Resource | None, kinds: Kinds) -> int:
    if live is None or told is None:
        return 0 if live is told else GONE
    settled: Resource = kinds[told.kind].settle(told, live)
    ours, theirs = dict(_flat(plain(live))), dict(_flat(plain(settled)))
    return sum(ours.get(path) != theirs.get(path) for path in {*ours, *theirs})


def _flat(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list):
        yield from (((*path, str(item)), True) for item in value)
    else:
        yield path, value
