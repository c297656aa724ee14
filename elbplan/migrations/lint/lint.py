"""Finds the hazards of a migration without AWS, and which of them its steps allow. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.address import Address, Ref
from ...core.foreign import ForeignReference
from ...core.simulate import State
from ...errors import Problem
from ...hazards import HAZARDS, Hazard, Timeline, TimelineStep, find_hazards, suggest_hazard
from ...kinds import KINDS
from ...kinds.server_ports import ClosedPort
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, Tree, YamlPath
from ..migration import Migration, MigrationStep
from ..simulate import names_after_move, renamed


@dataclass(frozen=True)
class LiveFacts:
    """What only AWS knows about the start of a migration.

    healthy    the healthy targets
    not_ready    load balancers and certificates that are not ready
    places     the subnets of servers that are not in the stack
    children   what others attached to resources of the stack
    closed_ports  ports of servers that are not in the stack and that are closed to the load balancer
    references  what others made that refers to what the migration deletes
    """

    healthy: frozenset[Address] = frozenset()
    not_ready: frozenset[Address] = frozenset()
    places: Mapping[Ref, Ref] = field(default_factory=dict)
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    closed_ports: Mapping[Address, Sequence[ClosedPort]] = field(default_factory=dict)
    references: Mapping[Address, Sequence[ForeignReference]] = field(default_factory=dict)


OFFLINE = LiveFacts()


@dataclass(frozen=True)
class LintFinding:
    """A hazard of a migration, and whether its step allows it.

    step       the index of the step
    allowed    the step has the hazard under `allow`, and a reason in `because`
    has_allow  the step has the hazard under `allow`, with or without a reason
    """

    hazard: Hazard
    step: int
    allowed: bool
    has_allow: bool = False

    @property
    def text(self) -> str:
        """The message."""
        hint = "; its allow: needs a reason in because:" if self.has_allow and not self.allowed else ""
        return f"{self.hazard.address}: {self.hazard.text}{hint}"


def findings(migration: Migration, facts: LiveFacts = OFFLINE) -> list[LintFinding]:
    """Every hazard of a loaded migration, in the order of its steps."""
    timeline = replace(
        migration_timeline(migration),
        healthy=facts.healthy,
        not_ready=facts.not_ready,
        places=facts.places,
        children=_children_under_final_names(migration, facts.children),
        closed_ports=facts.closed_ports,
        references=facts.references,
    )
    return [_finding(migration, hazard) for hazard in find_hazards(timeline)]


def blocking(migration: Migration, allow: Collection[str] = (), facts: LiveFacts = OFFLINE) -> list[LintFinding]:
    """The findings that neither their step nor `allow` allows."""
    found = findings(migration, facts)
    return [finding for finding in found if not finding.allowed and finding.hazard.name not in allow]


def _children_under_final_names(
    migration: Migration, children: Mapping[Address, Sequence[str]]
) -> Mapping[Address, Sequence[str]]:
    """The same children under the addresses that their parents have at the end."""
    for index, entry in enumerate(migration.entries):
        if children and entry.do == "moved":
            names = names_after_move(migration.states[index], entry)
            children = {names.get(address, address): texts for address, texts in children.items()}
    return children


def _finding(migration: Migration, hazard: Hazard) -> LintFinding:
    steps = [migration.entries[index] for index in (hazard.step, *hazard.also)]
    allowing = [entry for entry in steps if hazard.name in entry.allow]
    return LintFinding(hazard, hazard.step, any(entry.because.strip() for entry in allowing), bool(allowing))


def migration_timeline(migration: Migration) -> Timeline:
    """The states and steps of a loaded migration."""
    states, entries = under_final_names(migration)
    steps = [TimelineStep(entry.do, entry.what, entry.until, entry.hold) for entry in entries]
    marks = [migration.start]
    for entry in migration.entries:
        marks.append(entry.then or marks[-1])
    return replace(Timeline.of(states, steps, KINDS), marks=marks)


def under_final_names(migration: Migration) -> tuple[list[State], list[MigrationStep]]:
    """The states and steps, with the addresses that the resources have at the end of the migration."""
    states, entries = list(migration.states), list(migration.entries)
    for index, entry in reversed(list(enumerate(entries))):
        if entry.do == "moved":
            names = names_after_move(states[index], entry)
            states[: index + 1] = [renamed(_set_aside(state, names), names) for state in states[: index + 1]]
            entries[:index] = [_renamed(earlier, names) for earlier in entries[:index]]
    return states, entries


ANOTHER = "another"
"""Marks a resource that had the new address before the renamed one got it."""


def _set_aside(state: State, names: Mapping[Address, Address]) -> State:
    """The state in which no resource has one of the new addresses."""
    taken = {a: a._replace(deposed=a.deposed + ANOTHER) for a in names.values() if a in state}
    return renamed(state, taken) if taken else state


def _renamed(entry: MigrationStep, names: Mapping[Address, Address]) -> MigrationStep:
    what = entry.what
    if what is not None and what in names.values():
        return replace(entry, what=what._replace(deposed=what.deposed + ANOTHER))
    return replace(entry, what=names.get(what, what)) if what is not None else entry


@dataclass
class LintReport:
    """Turns findings into problems with the line and column of their step."""

    migration: Migration
    source: Source
    tree: Tree

    @classmethod
    def of(cls, migration: Migration, file: str, text: str) -> LintReport:
        """The report of a loaded migration; `text` is the text of its file."""
        source = Source(file, text)
        (tree,) = TreeBuilder(source, {}, lenient=True).documents()
        return cls(migration, source, tree)

    def problem(self, finding: LintFinding) -> Problem:
        """A finding at its step; the hint is the safe form."""
        what = f"{finding.hazard.name}: {finding.text}"
        return self.tree.problem(("steps", finding.step), what, finding.hazard.remedy)

    def unknown_hazards(self) -> Iterator[Problem]:
        """Names under `allow` that are not hazards."""
        for path, name in self._allowed():
            if name not in HAZARDS:
                yield self.tree.problem(path, f"there is no hazard {name}", suggest_hazard(name))

    def unused_allows(self, found: Sequence[LintFinding]) -> Iterator[Problem]:
        """Hazards under `allow` that their step does not have."""
        used = {(step, finding.hazard.name) for finding in found for step in (finding.step, *finding.hazard.also)}
        for path, name in self._allowed():
            if name in HAZARDS and (path[1], name) not in used:
                what = f"unused allow: this step does not have the hazard `{name}`"
                yield self.tree.problem(path, what, "delete it")

    def _allowed(self) -> Iterator[tuple[YamlPath, str]]:
        for index, entry in enumerate(self.migration.entries):
            for number, name in enumerate(entry.allow):
                yield ("steps", index, "allow", number), name
