"""Where AWS stands: a state of a migration, or drifted from every state. Pure data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.address import Address
from ...core.change import Diff
from ...core.kind import LiveResource
from ...core.simulate import State
from ..migration import Migration
from .differences import Difference

LiveResources = Mapping[Address, LiveResource[Any]]


@dataclass(frozen=True)
class Position:
    """Where AWS stands: all steps of `migration` before the one with this index are done.

    lives    what AWS has, old and new called as the file calls them
    partial  the step at `index`, or the next one that writes, is begun and not finished
    drift    the differences from that state, made by others
    earlier  the ids of the files before this one, oldest first
    """

    migration: Migration
    index: int
    lives: LiveResources
    comparison: Diff
    partial: bool = False
    drift: Sequence[Difference] = ()
    earlier: tuple[str, ...] = ()

    @property
    def state(self) -> State:
        """The state that the file has here."""
        return self.migration.states[self.index]

    @property
    def done(self) -> bool:
        """True at the end of the file."""
        return self.index == len(self.migration.entries)

    @property
    def begun(self) -> frozenset[str]:
        """The ids of the files of which AWS has at least one step."""
        own = (self.migration.id,) if self.index or self.partial else ()
        return frozenset((*self.earlier, *own))

    @property
    def differs(self) -> tuple[str, ...]:
        """The names of the resources that have drifted."""
        return names_of(self.drift)

    @property
    def place(self) -> str:
        """`the end of 0004_app_on_8080`, `step 3 of 9 of 0004_app_on_8080`"""
        if self.done:
            return f"the end of {self.migration.id}"
        step = f"step {self.index} of {len(self.migration.entries)}"
        return f"{step} of {self.migration.id}" if self.index else f"the start of {self.migration.id}"


@dataclass(frozen=True)
class Drifted:
    """AWS matches no state, and is between no two states: others changed what the rest of the file changes.

    nearest   the state that AWS is nearest to
    drift     the differences from that state that are in the way
    """

    nearest: Position
    drift: Sequence[Difference] = ()

    @property
    def differs(self) -> tuple[str, ...]:
        """The names of the resources."""
        return names_of(self.drift)


def names_of(found: Iterable[Difference]) -> tuple[str, ...]:
    """The names of the resources that differ."""
    return tuple(sorted({difference.name for difference in found}))
