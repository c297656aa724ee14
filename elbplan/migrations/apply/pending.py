"""What of a stack's files is still to be done, from one look at AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...core.address import Address
from ...core.change import Diff
from ...core.foreign import Foreign, ForeignReference
from ...core.kind import LiveResource
from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import Refused
from ...hazards import registered_in
from ...kinds import KINDS
from ...kinds.delegation import Delegations, not_checked, pending_causes
from ...kinds.port_commands import server_facts
from ...kinds.record import Record
from ...kinds.server_ports import ClosedPort
from ...live.delegation import ZoneDns, read_delegations
from ...live.observe import Observed
from ...live.server_labels import with_server_labels
from ...planner.guards import physical_names
from ...planner.previous_records import with_previous_records
from ...planner.protection import deletion_protected
from ...planner.record_guards import replaced_records
from ...planner.warnings import warnings_of
from ...run.workflow import Cloud, account_of
from ..files.spec_fields import refuse_ignored_fields
from ..migration import Migration, MigrationStep, references_of
from ..observe import observe_with_files
from ..position.differences import Difference, differences
from ..position.locator import Locator
from ..position.position import Drifted, Position
from ..rebase.offline_plan import in_file_words, with_rule_names_of
from .foreign_rules import references_to_deleted, with_references
from .handovers import without_handovers
from .journal import HoldPlace, RunJournal
from .server_checks import closed_ports_of, unusable_servers_of, zones_of
from .steps import StepBuilder


@dataclass(frozen=True)
class Pending:
    """The next thing to do.

    plan      the steps up to the next hold; empty if there is none before it
    entry     the index of the next step in `migration`; `migration` is None if every file is applied
    reach     the number of steps from there to the hold or to the end, waits included
    hold      the hold that follows, its file and index; `seconds` are left of it (None: until an approval)
    reached   the last run ended at this hold
    approved  the hold that waited for approval and that this plan passes
    drift     differences in resources that no pending step changes
    position  where AWS stands
    uncovered what the spec wants and no file does
    children  what others attached to the stack's resources; AWS deletes it together with them
    closed_ports  ports of servers outside the stack that are closed to the load balancer
    delegations  what the internet says of the hosted zones of new certificates and records
    references  what others made that refers to what the file deletes
    """

    plan: Plan
    migration: Migration | None = None
    entry: int = 0
    reach: int = 0
    hold: HoldPlace | None = None
    seconds: float | None = 0
    reached: bool = False
    approved: HoldPlace | None = None
    drift: Sequence[Difference] = ()
    position: Position | None = field(default=None, repr=False)
    uncovered: Sequence[Difference] = ()
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict, repr=False)
    closed_ports: Mapping[Address, Sequence[ClosedPort]] = field(default_factory=dict, repr=False)
    delegations: Delegations = field(default_factory=dict, repr=False)
    references: Mapping[Address, Sequence[ForeignReference]] = field(default_factory=dict, repr=False)

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
        return self.place_of(self.hold[1] if self.hold else self.entry)

    def place_of(self, index: int) -> str:
        """`step 6 of 9`"""
        assert self.migration is not None
        return f"step {index + 1} of {len(self.migration.entries)}"


@dataclass(frozen=True)
class PendingFinder:
    """Reads AWS and finds which steps of the migrations are pending.

    journal   what earlier runs recorded
    now       the time of day, in seconds since 1970
    passed    the holds that this apply has waited for
    approve   a hold that waits for approval ends, if the last run ended at it
    dns       says whether hosted zones are delegated; None: nobody is asked
    """

    aws: Cloud
    stack: Stack
    journal: RunJournal = field(default_factory=RunJournal)
    now: float = 0
    passed: Collection[HoldPlace] = ()
    approve: bool = False
    dns: ZoneDns | None = None

    def next(self, migrations: Sequence[Migration], seen: Mapping[str, Observed] | None = None) -> Pending:
        """The next pending steps; `seen` is a read of AWS that was made already. Raises Refused for drift."""
        seen = seen or self.observe(migrations)
        observed = seen[self.stack.name]
        found = self.locator(observed).find(migrations)
        if isinstance(found, Drifted):
            raise drift_refusal(self.stack.name, found, self.journal)
        empty = Plan(self.stack.name, self.aws.region, account_of(self.aws, seen))
        empty = replace(empty, lives=found.lives, desired=observed.desired, domains=self._names(found.migration))
        warnings = tuple(warnings_of(observed.desired, found.lives, self.aws.region))
        empty = replace(empty, unread=tuple(observed.foreign.unread), warnings=warnings)
        more = uncovered_by_migrations(self.stack, observed, migrations[-1])
        while found.index == len(found.migration.entries):
            later = [migration for migration in migrations if migration.number == found.migration.number + 1]
            if not later:
                return Pending(empty, drift=found.drift, position=found, uncovered=more)
            found = self._opened(observed, later[0])
        children = foreign_children_of(found, observed.foreign)
        references = references_to_deleted(self.aws, self.stack.name, found)
        found = with_references(found, references)
        segment = self._segment(found, empty, observed)
        segment = replace(segment, children=children, closed_ports=closed_ports_of(found, observed))
        segment = replace(segment, references=Foreign(references=references).references_by_address(found.lives))
        segment = _with_delegations(segment, read_delegations(self.aws.send, self.dns, zones_of(found, observed)))
        return replace(segment, drift=found.drift, position=found, uncovered=more)

    def position(self, migrations: Sequence[Migration], seen: Mapping[str, Observed] | None = None) -> Position:
        """Where AWS stands, or the state that it is nearest to."""
        found = self.locator((seen or self.observe(migrations))[self.stack.name]).find(migrations)
        return found.nearest if isinstance(found, Drifted) else found

    def observe(self, migrations: Sequence[Migration]) -> dict[str, Observed]:
        """Reads all that the stack has, and what these migrations refer to."""
        return observe_with_files(self.aws, self.stack, references_of(migrations))

    def locator(self, observed: Observed) -> Locator:
        """Compares what was observed with the states of migrations."""
        return Locator(observed, self.stack.ignore, self.journal.at)

    def _opened(self, observed: Observed, migration: Migration) -> Position:
        """The start of the next file, compared with AWS."""
        found = self.locator(observed).find([migration])
        if isinstance(found, Drifted):
            raise drift_refusal(self.stack.name, found, self.journal)
        return found

    def _segment(self, found: Position, empty: Plan, observed: Observed) -> Pending:
        """The steps up to the next hold that is not over."""
        migration = found.migration
        refuse_ignored_fields(migration, self.stack)
        entries: list[tuple[int, MigrationStep]] = []
        hold: HoldPlace | None = None
        approved: HoldPlace | None = None
        for index, entry in enumerate(migration.entries[found.index :], found.index):
            if entry.do == "hold":
                reached = self._reached((migration.id, index), migration, [step for _, step in entries])
                left = self._left(entry, (migration.id, index), reached)
                if left is None or left > 0:
                    hold = (migration.id, index)
                    break
                approved = (migration.id, index) if entry.hold is None and reached else approved
            entries.append((index, entry))
            if entry.do == "adopt" and entry.what not in found.lives:
                break  # its fields are read only once it has our tags
        plan = self._plan(found, entries, empty, observed)
        pending = Pending(plan, migration, found.index, len(entries), approved=approved)
        return replace(pending, hold=hold, seconds=left, reached=reached) if hold else pending

    def _reached(self, hold: HoldPlace, migration: Migration, steps: Sequence[MigrationStep]) -> bool:
        """True if the last run ended at this hold, or at a later one with no write in between."""
        held = self.journal.held
        if held is None or not self.journal.holds(held, migration) or any(step.writes for step in steps):
            return False
        between = migration.entries[hold[1] : held[1]]
        return hold[1] <= held[1] and not any(step.writes for step in between)

    def _left(self, entry: MigrationStep, hold: HoldPlace, reached: bool) -> float | None:
        """The seconds that are left of a hold; None: until an approval."""
        if hold in self.passed or (reached and self.journal.held != hold):
            return 0
        if entry.hold is None:
            return 0 if reached and self.approve else None
        return max(0.0, self.journal.since + entry.hold - self.now) if reached else entry.hold

    def _plan(
        self, found: Position, entries: Sequence[tuple[int, MigrationStep]], empty: Plan, observed: Observed
    ) -> Plan:
        adopted = {entry.what for entry in found.migration.entries if entry.do == "adopt" and entry.what}
        made = _without(found.comparison, adopted)
        names = physical_names(self.stack.name, made, KINDS, observed.names_in_use, observed.foreign.owners)
        builder = StepBuilder(
            found.migration, found.lives, self.stack.resources, names, observed.portable_names,
            observed.names_in_use, self.stack.ignore,
        )  # fmt: skip
        steps = builder.steps(entries)
        comparison = without_handovers(found.comparison, steps, adopted)
        servers = unusable_servers_of(comparison, steps, found, observed)
        refusals = [*deletion_protected(comparison), *servers]
        if refusals:
            raise Refused("\n".join(refusal.what for refusal in refusals), hint=refusals[0].hint)
        desired = {
            address: observed.portable_names.to_ids(resource) for address, resource in found.migration.last.items()
        }
        domains = self._names(found.migration)
        plan = replace(empty, lives=found.lives, steps=steps, desired=desired, domains=domains)
        replaced = replaced_records(comparison, observed.names_in_use, observed.foreign)
        facts = server_facts(found.comparison, desired, observed.external)
        plan = replace(plan, changes=comparison.pending, replaced=replaced, server_facts=facts)
        plan = with_previous_records(plan)
        return with_server_labels(plan, observed.external, {}, self.aws.send)

    def _names(self, migration: Migration) -> tuple[str, ...]:
        """The spec's names that lead to the balancer at the end of a file."""
        names = {resource.name for resource in migration.last.values() if isinstance(resource, Record)}
        return tuple(name for name in self.stack.domains if name in names)


def _without(comparison: Diff, adopted: Collection[Address]) -> Diff:
    """The comparison without what the file adopts: its AWS name is in use, and stays."""
    return replace(comparison, changes=[change for change in comparison.changes if change.address not in adopted])


def _with_delegations(pending: Pending, delegations: Delegations) -> Pending:
    plan = replace(pending.plan, unchecked=not_checked(delegations), causes=pending_causes(delegations))
    return replace(pending, plan=plan, delegations=delegations)


def uncovered_by_migrations(stack: Stack, observed: Observed, last: Migration) -> list[Difference]:
    """In what the spec says something else than the last file's end.

    Also where the file was saved from this very spec: a person may have edited its steps since.
    """
    settled = {
        address: KINDS[address.kind].with_live_defaults(resource, resource) for address, resource in last.last.items()
    }
    ends = {address: LiveResource(address, str(address), resource) for address, resource in settled.items()}
    return differences(ends, with_rule_names_of(in_file_words(observed), last.last), stack.ignore)


def foreign_children_of(found: Position, foreign: Foreign) -> dict[Address, Sequence[str]]:
    """What others hung on the stack's resources, and what they registered in groups that no file fills."""
    spoken_of = {(a.kind, a.name) for state in found.migration.states for a in state}
    unspoken = {a: live.model for a, live in found.lives.items() if (a.kind, a.name) not in spoken_of}
    groups = {a: live.model for a, live in found.lives.items() if a.kind == "target_group"}
    targets = {a: texts for a in found.lives if (texts := registered_in(a, unspoken | groups))}
    hung = foreign.children_by_address(found.lives)
    return {a: [*hung.get(a, ()), *targets.get(a, ())] for a in {*hung, *targets}}


def drift_refusal(stack: str, found: Drifted, journal: RunJournal | None = None) -> Refused:
    """AWS has drifted where the next steps are, or a run that went another way has not ended."""
    if journal and journal.under_way:
        run = journal.under_way
        option = "--direct" if run.mode == "direct" else f"--to {_before(run.file)}"
        what = f"{stack}: run {run.number} ({run.mode}) did not finish"
        return Refused(what, hint=f"elbplan apply {option} goes on")
    lines = "\n".join(f"  {difference.text}" for difference in found.drift)
    return Refused(
        f"{stack}: AWS has drifted in resources that the next steps change. "
        f"Nearest known state: {found.nearest.place}. Differences:\n{lines}",
        hint="apply --revert-drift changes AWS back; elbplan accept-drift writes the drift into a file; "
        "elbplan rebase plans the pending file again",
    )


def _before(file: str) -> str:
    """The number of the file before this one: the target of its rollback."""
    return f"{int(file[:4]) - 1:04d}"
