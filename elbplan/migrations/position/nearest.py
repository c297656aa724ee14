"""Where live stands among the states of files, or which of them it is nearest to if somebody changed it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core.kind import Kinds
from ...core.simulate import State
from ...live.observe import Observed
from ..migration import Migration
from .boundaries import state_boundaries
from .locator import LiveResources, Locator, Position, live_in_file_words


@dataclass(frozen=True)
class NearestPosition:
    """Where live stands: in `migration` before entry `index`, but for what `differs`.

    before   the files that come before it, oldest first
    lives    what AWS has, called as the file calls it
    half     the next step is begun
    """

    migration: Migration
    index: int
    before: tuple[str, ...]
    lives: LiveResources
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


def position_of(
    observed: Observed, way: Sequence[Migration], kinds: Kinds, ignore: Sequence[str] = ()
) -> NearestPosition | None:
    """Where live stands exactly, or half a step further; None if in no state of these files."""
    found = Locator(observed.live, observed.symbols, kinds, ignore).find(way)
    if not isinstance(found, Position) or found.drift:
        return None
    before = tuple(one.id for one in way if one.number < found.migration.number)
    return NearestPosition(found.migration, found.index, before, found.lives, half=found.half)


def nearest_position(
    observed: Observed, ways: Sequence[Sequence[Migration]], kinds: Kinds, ignore: Sequence[str] = ()
) -> NearestPosition:
    """The state that live is least unlike; of two that are as near, the later one."""
    best: tuple[tuple[int, int], NearestPosition] | None = None
    for way in ways:
        for migration in way:
            before = tuple(one.id for one in way if one.number < migration.number)
            for away, place in _places(observed, migration, before, kinds, ignore):
                if best is None or away <= best[0]:
                    best = away, place
    assert best is not None, "a way has files"
    return best[1]


def _places(
    observed: Observed, migration: Migration, before: tuple[str, ...], kinds: Kinds, ignore: Sequence[str]
) -> Iterator[tuple[tuple[int, int], NearestPosition]]:
    """The states of a file, with how far live is from each: first by resources, then by single values.

    A file is more often done than left in the middle, so the middle counts as one resource further.
    """
    locator = Locator(observed.live, observed.symbols, kinds, ignore)
    lives = lives_towards(observed, migration.last, kinds, ignore)
    for index in state_boundaries(migration):
        found = locator.gaps(migration, migration.states[index], lives)
        differs = tuple(sorted({f"{gap.address.kind}.{gap.address.name}" for gap in found}))
        middle = 0 < index < len(migration.entries)
        away = len(differs) + middle, sum(gap.size for gap in found)
        yield away, NearestPosition(migration, index, before, lives, differs)


def lives_towards(observed: Observed, state: State, kinds: Kinds, ignore: Sequence[str] = ()) -> LiveResources:
    """Live as one looks at it who wants this state, old and new called as files call them."""
    return live_in_file_words(observed.live, state, observed.symbols, kinds, ignore)[1]
