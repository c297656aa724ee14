"""Where AWS stands among the states of migrations: a run continues from what AWS has, not from a record. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.address import Address
from ...core.change import Diff
from ...core.fingerprint import Hashes
from ...core.kind import LiveResource
from ...core.resource import Resource, references
from ...core.simulate import State
from ...kinds import KINDS
from ...kinds.targets import Targets
from ...live.observe import Observed
from ...planner.diff import diff
from ..migration import Migration, MigrationStep
from .boundaries import resources_written, state_boundaries
from .differences import Difference, differences, weight
from .partial import partially_applied
from .position import Drifted, LiveResources, Position, names_of

FileView = tuple[Migration, Diff, LiveResources]
Distance = tuple[int, int]
"""First the weight of the differing resources, then their differing values."""


@dataclass
class Locator:
    """Compares one read of AWS with the states of migrations.

    ignore   fields that other tools own, as in the spec
    at       how many steps of a file are done by the run records; asked only where a file has the same state twice
    """

    observed: Observed
    ignore: Sequence[str] = ()
    at: Mapping[str, int] = field(default_factory=dict)
    _hashes: Hashes = field(default_factory=dict)
    _portable_lives: dict[int, tuple[LiveResource[Any], LiveResource[Any]]] = field(default_factory=dict)

    def find(self, migrations: Sequence[Migration]) -> Position | Drifted:
        """The furthest state that AWS matches; or the state that it has just left; or the nearest one."""
        views = self._views(migrations)
        return self._exact(views) or self._partial(views) or self._drifted(views)

    def exact(self, migrations: Sequence[Migration]) -> Position | None:
        """The position without drift; None if others changed something."""
        views = self._views(migrations)
        return self._exact(views) or self._partial(views)

    def nearest(self, chains: Sequence[Sequence[Migration]]) -> Position:
        """The nearest state of any of these chains of files."""
        return self._not_passed(_closest([found for chain in chains for found in self._distances(self._views(chain))]))

    def lives(self, state: State) -> LiveResources:
        """What AWS has, old and new called as a file calls them that ends in this state."""
        return self._view(state)[1]

    def against(self, migration: Migration, index: int) -> tuple[tuple[str, ...], LiveResources]:
        """The names of the resources that differ from the state after so many steps, and what AWS has."""
        lives = self.lives(migration.last)
        return self.differing(migration, migration.states[index], lives), lives

    def differing(self, migration: Migration, state: State, lives: LiveResources) -> tuple[str, ...]:
        """The names of the resources that differ from a state of this file."""
        return names_of(self._differences(migration, state, lives))

    def differences_after(self, migration: Migration, index: int) -> list[Difference]:
        """What differs from the state after so many steps."""
        return self._differences(migration, migration.states[index], self.lives(migration.last))

    def _differences(self, migration: Migration, state: State, lives: LiveResources) -> list[Difference]:
        """What differs; targets that no file describes belong to others and never differ."""
        described = {(a.kind, a.name) for state in migration.states for a in state}
        ours = {a: live for a, live in lives.items() if a.kind != Targets.kind or (a.kind, a.name) in described}
        return differences({a: self._portable(a, live) for a, live in ours.items()}, state, self.ignore, self._hashes)

    def _portable(self, address: Address, live: LiveResource[Any]) -> LiveResource[Any]:
        """The resource in portable names. It is the same object for all states, and so are its hashes."""
        _, portable = self._portable_lives.get(id(live), (None, None))
        if portable is None or portable.address != address:
            model = self.observed.portable_names.to_portable(live.model)
            portable = LiveResource(address, live.id, model, live.facts)
            self._portable_lives[id(live)] = live, portable
        return portable

    def _views(self, chain: Sequence[Migration]) -> list[FileView]:
        return [(migration, *self._view(migration.last)) for migration in chain]

    def _view(self, state: State) -> tuple[Diff, LiveResources]:
        wanted = {address: self.observed.portable_names.to_ids(resource) for address, resource in state.items()}
        comparison = diff(wanted, self.observed.live, KINDS, self.ignore)
        return comparison, comparison.lives

    def _exact(self, views: Sequence[FileView]) -> Position | None:
        for migration, comparison, lives in reversed(views):
            same = [i for i in state_boundaries(migration) if not self.differing(migration, migration.states[i], lives)]
            if same:
                return _with_earlier(Position(migration, self._among(migration, same), lives, comparison), views)
        return None

    def _among(self, migration: Migration, same: Sequence[int]) -> int:
        """The furthest; of several equal states the first that no run is known to have passed."""
        if len(same) == 1:
            return same[0]
        done = self.at.get(migration.id, 0)
        return next((index for index in same if index >= done), same[-1])

    def _partial(self, views: Sequence[FileView]) -> Position | None:
        for migration, comparison, lives in reversed(views):
            for index in reversed(state_boundaries(migration)):
                if self._between(migration, index, lives) and self._begun(migration, index, lives):
                    return _with_earlier(Position(migration, index, lives, comparison, partial=True), views)
        return None

    def _between(self, migration: Migration, index: int, lives: LiveResources) -> bool:
        """Is live what it was there, or what it will be, but for what the next write is about?

        What others say of a thing that is being made (a group whose balancer it is) is as it will be.
        """
        number, entry = self._next(migration, index)
        if entry is None:
            return False
        about = resources_written(migration.entries[index:], migration.states[index])
        left = set(self.differing(migration, migration.states[index], lives))
        if left and left <= about:
            return True
        made = entry.do == "create" and entry.what in lives
        return made and set(self.differing(migration, migration.states[number + 1], lives)) <= about

    def _next(self, migration: Migration, index: int) -> tuple[int, MigrationStep | None]:
        """The next step that writes, and its index."""
        rest = enumerate(migration.entries[index:], index)
        return next(((number, entry) for number, entry in rest if entry.writes), (index, None))

    def _begun(self, migration: Migration, index: int, lives: LiveResources) -> bool:
        """Could the next write, and nobody else, have left live like this?"""
        number, entry = self._next(migration, index)
        if entry is None:
            return False
        about = entry.what
        if about is None or entry.do in ("reorder", "moved"):
            return False
        if about not in lives or (entry.do == "adopt" and about.kind == Targets.kind):
            return True
        before, after = migration.states[number].get(about), migration.states[number + 1].get(about)
        model: Resource = self.observed.portable_names.to_portable(lives[about].model)
        return entry.do != "adopt" and partially_applied(KINDS[about.kind], before, after, model)

    def _drifted(self, views: Sequence[FileView]) -> Position | Drifted:
        """The nearest state, and whether its differences are in the way of the next steps."""
        nearest = self._not_passed(_closest(self._distances(views)))
        blocking = [difference for difference in nearest.drift if self._in_the_way(nearest, difference)]
        return Drifted(nearest, blocking) if blocking else nearest

    def _distances(self, views: Sequence[FileView]) -> list[tuple[Distance, Position]]:
        """Each state with its distance. A file is seldom left in the middle, so that counts like one resource more."""
        found = []
        for migration, comparison, lives in views:
            for index in state_boundaries(migration):
                drift = [
                    difference
                    for difference in self._differences(migration, migration.states[index], lives)
                    if not difference.indirect
                ]
                middle = 0 < index < len(migration.entries)
                distance = weight(drift) + middle, sum(difference.size for difference in drift)
                position = Position(migration, index, lives, comparison, drift=drift)
                found.append((distance, _with_earlier(position, views)))
        return found

    def _not_passed(self, equal: Sequence[Position]) -> Position:
        """Of equally near states the first that no run is known to have passed; without records the last."""
        if not self.at:
            return equal[-1]
        done = max(((found.migration.number, self.at[found.migration.id]) for found in equal
                    if found.migration.id in self.at), default=(0, 0))  # fmt: skip
        return next((found for found in equal if (found.migration.number, found.index) >= done), equal[-1])

    def _in_the_way(self, position: Position, drift: Difference) -> bool:
        """True if the rest of the file changes or needs the resource. It may be already as it is at the file's end."""
        rest = position.migration.entries[position.index :]
        if position.index and _adopts(position.migration.entries[position.index - 1], drift.address):
            return True
        if drift.live is None and self._needed(position, drift.address):
            return True
        if drift.name not in resources_written(rest, position.state, every=True):
            return False
        wanted = position.migration.last.get(drift.address)
        if wanted is None or drift.live is None:
            return not (wanted is None and drift.live is None)
        return bool(KINDS[drift.address.kind].with_live_defaults(wanted, drift.live) != drift.live)

    def _needed(self, position: Position, missing: Address) -> bool:
        states = position.migration.states[position.index + 1 :]
        new = [r for state in states for a, r in state.items() if position.state.get(a) != r]
        return any(missing in set(references(resource)) for resource in new)


def _adopts(entry: MigrationStep, address: Address) -> bool:
    """What the step before took over must be as the file describes it: adopting changes nothing."""
    return entry.do == "adopt" and entry.what == address


def _closest(found: Sequence[tuple[Distance, Position]]) -> list[Position]:
    best = min(distance for distance, _ in found)
    return [position for distance, position in found if distance == best]


def _with_earlier(position: Position, views: Sequence[FileView]) -> Position:
    earlier = tuple(migration.id for migration, _, _ in views if migration.number < position.migration.number)
    return replace(position, earlier=earlier)
