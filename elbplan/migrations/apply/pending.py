"""What of a stack's files is still to be done, from one look at AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.address import Address
from ...core.foreign import Foreign
from ...core.kind import Kinds, LiveResource
from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import Refused
from ...hazards import registered_in
from ...kinds.record import Record
from ...live.observe import Observed, observe
from ...planner.guards import deletion_protected, physical_names
from ...run.workflow import Cloud, account_of
from ..files.spec_fields import refuse_ignored_fields
from ..handovers import without_handovers
from ..migration import Migration, MigrationStep, references_of
from ..position.differences import Difference, differences
from ..position.locator import Drifted, Locator, Position
from ..rebase.offline_plan import in_file_words, with_rule_names_of
from .journal import HoldPlace, RunJournal
from .steps import StepBuilder


@dataclass(frozen=True)
class Pending:
    """The next thing to do.

    plan     the steps up to the next hold; empty if there is none before it
    entry    where in `migration` it begins; `migration` is None if every file is done
    reach    how many of its steps, done ones and waits included, lie between there and the hold or the end
    hold     the hold it leads to, with its seconds (None: until a person comes) and its step
    drift    what somebody changed by hand where the files do not care
    standing where live stands
    beyond   what the spec wants that no file does
    children what others hung on the stack's resources, which AWS deletes together with them
    """

    plan: Plan
    migration: Migration | None = None
    entry: int = 0
    reach: int = 0
    hold: HoldPlace | None = None
    seconds: float | None = 0
    drift: Sequence[Difference] = ()
    standing: Position | None = field(default=None, repr=False)
    beyond: Sequence[Difference] = ()
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict, repr=False)

    @property
    def done(self) -> bool:
        """Every file is applied."""
        return self.migration is None

    @property
    def holding(self) -> MigrationStep | None:
        """The step of the hold."""
        return self.migration.entries[self.hold[1]] if self.migration and self.hold else None

    @property
    def holds_behind(self) -> Iterator[HoldPlace]:
        """The hold, and those right before it with nothing written in between."""
        if self.migration is None or self.hold is None:
            return
        for index in range(self.hold[1], -1, -1):
            if self.migration.entries[index].writes:
                return
            if self.migration.entries[index].do == "hold":
                yield self.migration.id, index

    @property
    def place(self) -> str:
        """`step 6 of 9`, the hold's if there is one."""
        assert self.migration is not None
        index = self.hold[1] if self.hold else self.entry
        return f"step {index + 1} of {len(self.migration.entries)}"


@dataclass(frozen=True)
class PendingFinder:
    """Looks at AWS, and says what of some files is next.

    journal    what earlier runs wrote down
    now     the time of day, in seconds since 1970
    passed  the holds that this very apply has waited for
    begin   nothing was done yet by this apply: a person who applies again ends a hold that waits for one
    """

    aws: Cloud
    stack: Stack
    kinds: Kinds
    journal: RunJournal = field(default_factory=RunJournal)
    now: float = 0
    passed: Collection[HoldPlace] = ()
    begin: bool = False

    def next(self, migrations: Sequence[Migration]) -> Pending:
        """What is next. Raises Refused if somebody changed what the files are about."""
        seen = self.observe(migrations)
        observed = seen[self.stack.name]
        found = self.locator(observed).find(migrations)
        if isinstance(found, Drifted):
            raise drift_refusal(self.stack.name, found, self.journal)
        empty = Plan(self.stack.name, self.aws.region, account_of(self.aws, seen))
        empty = replace(empty, lives=found.lives, desired=observed.desired, domains=self._names(found.migration))
        more = uncovered_by_migrations(self.stack, observed, migrations[-1], self.kinds)
        while found.index == len(found.migration.entries):
            later = [one for one in migrations if one.number == found.migration.number + 1]
            if not later:
                return Pending(empty, drift=found.drift, standing=found, beyond=more)
            found = self._opened(observed, later[0])
        children = foreign_children_of(found, observed.foreign)
        segment = self._segment(found, empty, observed)
        return replace(segment, drift=found.drift, standing=found, beyond=more, children=children)

    def place(self, migrations: Sequence[Migration]) -> Position:
        """Where live stands, or what it is nearest to."""
        found = self.locator(self.observe(migrations)[self.stack.name]).find(migrations)
        return found.nearest if isinstance(found, Drifted) else found

    def observe(self, migrations: Sequence[Migration]) -> dict[str, Observed]:
        """All that the stack has, and what these files speak of."""
        told = references_of(migrations)
        return observe(self.aws.send, self.aws.region, [self.stack], self.kinds, everywhere=True, told=told)

    def locator(self, observed: Observed) -> Locator:
        """Compares what was observed with files."""
        return Locator(observed.live, observed.symbols, self.kinds, self.stack.ignore, self.journal.at)

    def _opened(self, observed: Observed, migration: Migration) -> Position:
        """The start of the next file, which is where live stands: seen with its own eyes."""
        found = self.locator(observed).find([migration])
        if isinstance(found, Drifted):
            raise drift_refusal(self.stack.name, found, self.journal)
        return found

    def _segment(self, found: Position, empty: Plan, observed: Observed) -> Pending:
        migration = found.migration
        refuse_ignored_fields(migration, self.stack)
        entries: list[tuple[int, MigrationStep]] = []
        for index in range(found.index, len(migration.entries)):
            entry = migration.entries[index]
            if entry.do == "hold":
                left = self._left(entry, (migration.id, index), migration, any(e.writes for _, e in entries))
                if left is None or left > 0:
                    plan = self._plan(found, entries, empty, observed)
                    return Pending(plan, migration, found.index, len(entries), (migration.id, index), left)
            entries.append((index, entry))
            if entry.do == "adopt" and entry.what not in found.lives:
                break  # what it is like is seen only when it is ours
        return Pending(self._plan(found, entries, empty, observed), migration, found.index, len(entries))

    def _left(self, entry: MigrationStep, held: HoldPlace, migration: Migration, after_writes: bool) -> float | None:
        """How many seconds of a hold are left; None: until a person comes."""
        if held in self.passed:
            return 0
        reached = not after_writes and self.journal.holds(held, migration)
        if entry.hold is None:
            return 0 if reached and self.begin else None
        return max(0.0, self.journal.since + entry.hold - self.now) if reached else entry.hold

    def _plan(
        self, found: Position, entries: Sequence[tuple[int, MigrationStep]], empty: Plan, observed: Observed
    ) -> Plan:
        names = physical_names(self.stack.name, found.comparison, self.kinds, observed.taken, observed.foreign.owners)
        maker = StepBuilder(
            found.migration, found.lives, self.stack.resources, names, observed.symbols, self.kinds,
            observed.taken, self.stack.ignore,
        )  # fmt: skip
        steps = maker.steps(entries)
        comparison = without_handovers(found.comparison, steps)
        refusals = list(deletion_protected(comparison))
        if refusals:
            raise Refused("\n".join(r.what for r in refusals), hint=refusals[0].hint)
        desired = {address: observed.symbols.to_ids(resource) for address, resource in found.migration.last.items()}
        names_in_dns = self._names(found.migration)
        made = replace(empty, lives=found.lives, steps=steps, desired=desired, domains=names_in_dns)
        return replace(made, changes=comparison.pending)

    def _names(self, migration: Migration) -> tuple[str, ...]:
        """The spec's names that lead to the balancer at the end of a file."""
        there = {getattr(resource, "name", "") for a, resource in migration.last.items() if a.kind == Record.kind}
        return tuple(name for name in self.stack.domains if name in there)


def find_pending(
    aws: Cloud,
    stack: Stack,
    migrations: Sequence[Migration],
    kinds: Kinds,
    passed: Collection[HoldPlace] = (),
    *,
    begin: bool = False,
    told: RunJournal | None = None,
    now: float = 0,
) -> Pending:
    """What is next of these files. Raises Refused if somebody changed what they are about."""
    return PendingFinder(aws, stack, kinds, told or RunJournal(), now, passed, begin).next(migrations)


def uncovered_by_migrations(stack: Stack, observed: Observed, last: Migration, kinds: Kinds) -> list[Difference]:
    """In what the spec says something else than the last file's end.

    Also where the file was saved from this very spec: a person may have edited its steps since.
    """
    settled = {
        address: kinds[address.kind].with_live_defaults(resource, resource) for address, resource in last.last.items()
    }
    ends = {address: LiveResource(address, str(address), resource) for address, resource in settled.items()}
    return differences(ends, with_rule_names_of(in_file_words(observed), last.last), kinds, stack.ignore)


def foreign_children_of(found: Position, foreign: Foreign) -> dict[Address, Sequence[str]]:
    """What others hung on the stack's resources, and what they registered in groups that no file fills."""
    spoken_of = {(a.kind, a.name) for state in found.migration.states for a in state}
    unspoken = {a: live.model for a, live in found.lives.items() if (a.kind, a.name) not in spoken_of}
    groups = {a: live.model for a, live in found.lives.items() if a.kind == "target_group"}
    targets = {a: texts for a in found.lives if (texts := registered_in(a, unspoken | groups))}
    hung = foreign.children_by_address(found.lives)
    return {a: [*hung.get(a, ()), *targets.get(a, ())] for a in {*hung, *targets}}


def drift_refusal(stack: str, found: Drifted, told: RunJournal | None = None) -> Refused:
    """AWS was changed by hand where the next steps are, or a run that went another way has not ended."""
    if told and told.under_way:
        run = told.under_way
        way = "--direct" if run.mode == "direct" else f"--to {_before(run.file)}"
        what = f"{stack}: run {run.number} went {run.mode} and did not get there"
        return Refused(what, hint=f"elbplan apply {way} goes on")
    lines = "\n".join(f"  {gap.text}" for gap in found.drift)
    return Refused(
        f"{stack}: AWS was changed by hand where the next steps are; it is at {found.nearest.place}, but for\n{lines}",
        hint="apply --revert-drift puts it back as the files say; elbplan accept-drift takes it into a file; "
        "elbplan rebase plans the pending file anew",
    )


def _before(file: str) -> str:
    """The number before a file's: where going back from it leads."""
    return f"{int(file[:4]) - 1:04d}"
