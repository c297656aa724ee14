"""Where live stands among the states of the files: resume by looking, not by remembering. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address
from ...core.change import Diff
from ...core.fingerprint import fingerprint, live_in_terms_of
from ...core.kind import Kinds, LiveResource
from ...core.resource import Resource, references
from ...core.simulate import State
from ...kinds.targets import Targets
from ...live.portable import PortableNames
from ...planner.diff import diff
from ..files.notation import OLD, with_renamed_references
from ..migration import Migration, MigrationStep
from .boundaries import resources_written, state_boundaries
from .differences import Difference, differences
from .partial import partially_applied

LiveResources = Mapping[Address, LiveResource[Any]]


@dataclass(frozen=True)
class Position:
    """Where live stands: all of `migration` before entry `index` is done.

    lives     what AWS has, old and new called as the file calls them
    half      the entry at `index`, or the next that writes, is begun and not finished
    drift     where live is not as the state says, changed by somebody else in what the rest of the file does not touch
    """

    migration: Migration
    index: int
    lives: LiveResources
    comparison: Diff
    half: bool = False
    drift: Sequence[Difference] = ()

    @property
    def state(self) -> State:
        """What the file says of this place."""
        return self.migration.states[self.index]

    @property
    def place(self) -> str:
        """`the end of 0004_app_on_8080`, `step 3 of 0004_app_on_8080`"""
        if self.index == len(self.migration.entries):
            return f"the end of {self.migration.id}"
        return f"step {self.index} of {self.migration.id}" if self.index else f"the start of {self.migration.id}"


@dataclass(frozen=True)
class Drifted:
    """Live is none of the states, nor between two of them: somebody changed what the rest of the file is about.

    nearest   the place that live is nearest to
    drift     where it is not as that place says
    """

    nearest: Position
    drift: Sequence[Difference] = ()

    @property
    def differs(self) -> tuple[str, ...]:
        """The names of the resources."""
        return tuple(sorted({f"{gap.address.kind}.{gap.address.name}" for gap in self.drift}))


FileView = tuple[Migration, Diff, LiveResources]


@dataclass
class Locator:
    """Compares one look at AWS with the states of files.

    ignore   what other tools own, as in the spec: where it stands is no difference
    told     how far a file was done by what a run wrote down; asked only where a file leads through a state twice
    """

    observed: Sequence[LiveResource[Any]]
    symbols: PortableNames
    kinds: Kinds
    ignore: Sequence[str] = ()
    told: Mapping[str, int] = field(default_factory=dict)

    def find(self, migrations: Sequence[Migration]) -> Position | Drifted:
        """The furthest state that live is, or else one that it has just left, or is but for what others changed."""
        views = [(one, *self._view(one)) for one in migrations]
        return self._exactly(views) or self._halfway(views) or self._drifted(views)

    def against(self, migration: Migration, index: int) -> tuple[tuple[str, ...], LiveResources]:
        """The resources in which live is not as after so many steps of a file, and live in the file's words."""
        _, lives = self._view(migration)
        return self.differing(migration, migration.states[index], lives), lives

    def differing(self, migration: Migration, state: State, lives: LiveResources) -> tuple[str, ...]:
        """The resources in which live is not as a state says; what others fill is not looked at."""
        spoken = {(a.kind, a.name) for one in migration.states for a in one}
        filled = {a for a in lives if a.kind == Targets.kind and (a.kind, a.name) not in spoken}
        ours = {a: live for a, live in lives.items() if a not in filled}
        found, expected = fingerprint(self.seen(ours, state), self.kinds), fingerprint(state, self.kinds)
        return () if found.text == expected.text else found.differing(expected)

    def seen(self, lives: LiveResources, state: State) -> State:
        """Live in a state's words."""
        return live_in_terms_of(self._folded(lives), state, self.kinds, self.ignore)

    def _folded(self, lives: LiveResources) -> LiveResources:
        return {
            a: LiveResource(a, live.id, self.symbols.to_portable(live.model), live.facts) for a, live in lives.items()
        }

    def _exactly(self, views: Sequence[FileView]) -> Position | None:
        for migration, comparison, lives in reversed(views):
            same = [i for i in state_boundaries(migration) if not self.differing(migration, migration.states[i], lives)]
            if same:
                return Position(migration, self._among(migration, same), lives, comparison)
        return None

    def _among(self, migration: Migration, same: Sequence[int]) -> int:
        """The furthest; of several that are alike the first that is not known to be over."""
        if len(same) == 1:
            return same[0]
        done = self.told.get(migration.id, 0)
        return next((index for index in same if index >= done), same[-1])

    def _halfway(self, views: Sequence[FileView]) -> Position | None:
        for migration, comparison, lives in reversed(views):
            for index in reversed(state_boundaries(migration)):
                if self._between(migration, index, lives) and self._begun(migration, index, lives):
                    return Position(migration, index, lives, comparison, half=True)
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
        return next(((number, one) for number, one in rest if one.writes), (index, None))

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
        model: Resource = self.symbols.to_portable(lives[about].model)
        return entry.do != "adopt" and partially_applied(self.kinds[about.kind], before, after, model)

    def _drifted(self, views: Sequence[FileView]) -> Position | Drifted:
        """The nearest place; whether what is different there is in the way of what is still to be done."""
        found: list[tuple[int, Position]] = []
        for migration, comparison, lives in views:
            for index in state_boundaries(migration):
                place = Position(migration, index, lives, comparison)
                there = self.gaps(migration, place.state, lives)
                found.append((sum(gap.size for gap in there), _with(place, there)))
        best = min(size for size, _ in found)
        nearest = self._known([place for size, place in found if size == best])
        blocking = [gap for gap in nearest.drift if self._in_the_way(nearest, gap)]
        return Drifted(nearest, blocking) if blocking else nearest

    def _known(self, places: Sequence[Position]) -> Position:
        """Of places that are equally near the first that no run is known to have passed."""
        done = max(((one.migration.number, self.told[one.migration.id]) for one in places
                    if one.migration.id in self.told), default=(0, 0))  # fmt: skip
        return next((one for one in places if (one.migration.number, one.index) >= done), places[-1])

    def _in_the_way(self, place: Position, gap: Difference) -> bool:
        """Does the rest of the file touch or need it? What is as the file wants it in the end is in nobody's way."""
        rest = place.migration.entries[place.index :]
        if place.index and _adopted(place.migration.entries[place.index - 1], gap.address):
            return True
        if gap.live is None and self._needed(place, gap.address):
            return True
        if f"{gap.address.kind}.{gap.address.name}" not in resources_written(rest, place.state, every=True):
            return False
        wanted = place.migration.last.get(gap.address)
        if wanted is None or gap.live is None:
            return not (wanted is None and gap.live is None)
        return bool(self.kinds[gap.address.kind].with_live_defaults(wanted, gap.live) != gap.live)

    def _needed(self, place: Position, missing: Address) -> bool:
        states = place.migration.states[place.index + 1 :]
        new = [r for state in states for a, r in state.items() if place.state.get(a) != r]
        return any(missing in set(references(resource)) for resource in new)

    def _view(self, migration: Migration) -> tuple[Diff, LiveResources]:
        return live_in_file_words(self.observed, migration.last, self.symbols, self.kinds, self.ignore)

    def gaps(self, migration: Migration, state: State, lives: LiveResources) -> list[Difference]:
        """Where live is not as a state of this file says; what others fill is not looked at."""
        spoken = {(a.kind, a.name) for one in migration.states for a in one}
        ours = {a: one for a, one in lives.items() if a.kind != Targets.kind or (a.kind, a.name) in spoken}
        return differences(self._folded(ours), state, self.kinds, self.ignore)


def live_in_file_words(
    observed: Sequence[LiveResource[Any]],
    wanted: State,
    symbols: PortableNames,
    kinds: Kinds,
    ignore: Sequence[str] = (),
) -> tuple[Diff, LiveResources]:
    """Live as one looks at it who wants this state (told in symbols), old and new called as files call them."""
    comparison = diff({a: symbols.to_ids(r) for a, r in wanted.items()}, observed, kinds, ignore)
    names = old_names(comparison.lives)

    def rename(address: Address) -> Address:
        return names.get(address, address)

    lives = {
        rename(a): LiveResource(rename(a), live.id, with_renamed_references(live.model, rename), live.facts)
        for a, live in comparison.lives.items()
    }
    return comparison, lives


def old_names(lives: Iterable[Address]) -> dict[Address, Address]:
    """What files call those of an address that are about to go: the first `old`, the second `old2`."""
    names: dict[Address, Address] = {}
    for address in sorted(address for address in lives if address.deposed):
        several = sum(other[:2] == address[:2] for other in names)
        names[address] = address._replace(deposed=OLD + (str(several + 1) if several else ""))
    return names


def _adopted(entry: MigrationStep, address: Address) -> bool:
    """What was taken over a moment ago must be as the file says: adopting changes nothing."""
    return entry.do == "adopt" and entry.what == address


def _with(place: Position, drift: Sequence[Difference]) -> Position:
    return Position(place.migration, place.index, place.lives, place.comparison, drift=drift)
