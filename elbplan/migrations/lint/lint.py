"""The hazards of a migration, offline, and which of them its steps take on purpose. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.address import Address, Ref
from ...core.kind import Kinds
from ...core.simulate import State
from ...errors import Problem
from ...hazards import HAZARDS, Hazard, Timeline, TimelineStep, find_hazards, suggest_hazard
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, Tree, YamlPath
from ..migration import Migration, MigrationStep
from ..simulate import names_after_move, renamed


@dataclass(frozen=True)
class LiveFacts:
    """What a look at AWS adds to a film.

    That is: which targets are healthy, what is not ready, where servers stand, what others hung on what is there.
    """

    healthy: frozenset[Address] = frozenset()
    unready: frozenset[Address] = frozenset()
    places: Mapping[Ref, Ref] = field(default_factory=dict)
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict)


OFFLINE = LiveFacts()


@dataclass(frozen=True)
class LintFinding:
    """A hazard of a file, and whether the step that brings it takes it on purpose.

    step      the index of that step
    allowed    it says `allow` and, in `because`, why
    has_allow      it says `allow`, if without a reason
    """

    hazard: Hazard
    step: int
    allowed: bool
    has_allow: bool = False

    @property
    def text(self) -> str:
        """What a person reads."""
        hint = (
            "; it says allow:, but no because:, so that nobody knows why" if self.has_allow and not self.allowed else ""
        )
        return f"{self.hazard.address}: {self.hazard.text}{hint}"


def findings(migration: Migration, kinds: Kinds, seen: LiveFacts = OFFLINE) -> list[LintFinding]:
    """Every hazard of a file that was loaded, in the order of its steps."""
    film = replace(
        migration_timeline(migration, kinds),
        healthy=seen.healthy,
        unready=seen.unready,
        places=seen.places,
        children=_called_at_the_end(migration, seen.children),
    )
    return [_finding(migration, hazard) for hazard in find_hazards(film)]


def blocking(
    migration: Migration, kinds: Kinds, allow: Collection[str] = (), seen: LiveFacts = OFFLINE
) -> list[LintFinding]:
    """The findings that neither their step nor `allow` takes on purpose."""
    return [one for one in findings(migration, kinds, seen) if not one.allowed and one.hazard.name not in allow]


def _called_at_the_end(
    migration: Migration, children: Mapping[Address, Sequence[str]]
) -> Mapping[Address, Sequence[str]]:
    """The same by the names that `unmoved` uses: as if everything had been called so from the start."""
    for index, entry in enumerate(migration.entries):
        if children and entry.do == "moved":
            names = names_after_move(migration.states[index], entry)
            children = {names.get(address, address): texts for address, texts in children.items()}
    return children


def _finding(migration: Migration, hazard: Hazard) -> LintFinding:
    steps = [migration.entries[index] for index in (hazard.step, *hazard.also)]
    saying = [entry for entry in steps if hazard.name in entry.allow]
    return LintFinding(hazard, hazard.step, any(entry.because.strip() for entry in saying), bool(saying))


def migration_timeline(migration: Migration, kinds: Kinds) -> Timeline:
    """The states and steps of a file that was loaded."""
    states, entries = under_final_names(migration)
    cuts = [TimelineStep(entry.do, entry.what, entry.until, entry.hold) for entry in entries]
    marks = [migration.start]
    for entry in migration.entries:
        marks.append(entry.then or marks[-1])
    return replace(Timeline.of(states, cuts, kinds), marks=marks)


def under_final_names(migration: Migration) -> tuple[list[State], list[MigrationStep]]:
    """The states and steps as if everything had been called from the start what it is called at the end."""
    states, entries = list(migration.states), list(migration.entries)
    for index, entry in reversed(list(enumerate(entries))):
        if entry.do == "moved":
            names = names_after_move(states[index], entry)
            states[: index + 1] = [renamed(_aside(state, names), names) for state in states[: index + 1]]
            entries[:index] = [_renamed(one, names) for one in entries[:index]]
    return states, entries


ANOTHER = "another"


def _aside(state: State, names: Mapping[Address, Address]) -> State:
    """What bore the new name before is told apart."""
    there = {a: a._replace(deposed=a.deposed + ANOTHER) for a in names.values() if a in state}
    return renamed(state, there) if there else state


def _renamed(entry: MigrationStep, names: Mapping[Address, Address]) -> MigrationStep:
    what = entry.what
    if what is not None and what in names.values():
        return replace(entry, what=what._replace(deposed=what.deposed + ANOTHER))
    return replace(entry, what=names.get(what, what)) if what is not None else entry


@dataclass
class LintReport:
    """One file with its text: where its steps stand."""

    migration: Migration
    source: Source
    tree: Tree

    @classmethod
    def of(cls, migration: Migration, file: str, text: str) -> LintReport:
        """The page of a file that was loaded, so that it can be read."""
        source = Source(file, text)
        (tree,) = TreeBuilder(source, {}, lenient=True).documents()
        return cls(migration, source, tree)

    def problem(self, finding: LintFinding) -> Problem:
        """A finding at its step, the safe form as its hint."""
        what = f"{finding.hazard.name}: {finding.text}"
        return self.tree.problem(("steps", finding.step), what, finding.hazard.remedy)

    def unknown_hazards(self) -> Iterator[Problem]:
        """Names under `allow` that no hazard has."""
        for place, name in self._allowed():
            if name not in HAZARDS:
                yield self.tree.problem(place, f"there is no hazard {name}", suggest_hazard(name))

    def unused_allows(self, found: Sequence[LintFinding]) -> Iterator[Problem]:
        """Names under `allow` that take nothing on purpose."""
        used = {(step, one.hazard.name) for one in found for step in (one.step, *one.hazard.also)}
        for place, name in self._allowed():
            if name in HAZARDS and (place[1], name) not in used:
                what = f"unused allow: this step does not have the hazard `{name}`"
                yield self.tree.problem(place, what, "leave it out")

    def _allowed(self) -> Iterator[tuple[YamlPath, str]]:
        for index, entry in enumerate(self.migration.entries):
            for number, name in enumerate(entry.allow):
                yield ("steps", index, "allow", number), name
