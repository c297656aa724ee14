"""The environment of a rehearsal: a local AWS simulator, the migrations, and the code that `elbplan apply` uses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import Address
from ..core.plan import Plan
from ..core.resource import WRITE_ONLY, Resource, marked_fields, rebuilt
from ..core.stack import Stack
from ..errors import Refused
from ..hazards import HAZARDS
from ..kinds import KINDS
from ..live.observe import Observed
from ..migrations.apply.executor import MigrationExecutor
from ..migrations.apply.modes import go_back
from ..migrations.apply.notices import Notice
from ..migrations.apply.options import ApplyOptions, ApplyResult
from ..migrations.apply.source import ListSource
from ..migrations.migration import Migration, references_of
from ..migrations.observe import observe_with_files
from ..migrations.position.locator import Locator
from ..migrations.position.position import LiveResources
from ..run.lock.record import RunRecord, RunState
from ..run.migration_run import MigrationRun
from ..run.outcome import Event, Outcome, Tell
from ..run.result import RunResult
from ..run.workflow import Cloud, apply
from .external_targets import ExternalTargets, externally_filled
from .fake_aws import AwsUntilFirstWrite, FakeAws, FakeAwsClock
from .fixtures import create_surroundings, current_resources
from .stand_ins import StandIns

HOLD_INTERVAL = 300.0
"""Seconds between two probes of a watching hold. Nothing else changes the simulator during a hold."""

SECONDS_UNTIL_HEALTHY = 600
"""Seconds after which externally registered targets are healthy."""

LiveValues = Mapping[Address, Mapping[str, Any]]
"""Live values of fields that the migrations leave open, by address and field name."""


@dataclass(frozen=True)
class Snapshot:
    """The resources in the simulator, compared with a state of a migration.

    differs   the names of the resources that differ from the state
    lives     the resources by the addresses of the migration
    observed  the result of the read
    """

    differs: tuple[str, ...]
    lives: LiveResources
    observed: Observed


@dataclass
class RehearsalEnvironment:
    """A simulator with one stack. `aws` is a client of the simulator, so it never reaches the real AWS.

    chain        the migrations; those of the rehearsal create what a file adopts, and import stand-ins
    saved        the migrations with the certificates that they were saved with
    live_values  for a migration's number: the live values that the state before this migration has in addition
    at_end_of    the number of the migration at whose end the simulator is; None if this is not known
    """

    simulator: FakeAws
    aws: Cloud
    stack: Stack
    chain: Sequence[Migration]
    live_values: Mapping[int, LiveValues] = field(default_factory=dict)
    at_end_of: int | None = None
    records: list[RunRecord] = field(default_factory=list)
    saved: Sequence[Migration] = field(init=False)
    stand_ins: StandIns = field(default_factory=StandIns)
    clock: FakeAwsClock = field(init=False)
    external_targets: ExternalTargets = field(init=False)

    def __post_init__(self) -> None:
        self.clock = FakeAwsClock(self.simulator)
        self.saved = [create_instead_of_adopt(migration) for migration in self.chain]
        self.chain = [self.stand_ins.migration(migration) for migration in self.saved]
        self.external_targets = self._external_targets()

    def _external_targets(self) -> ExternalTargets:
        names = externally_filled(state for migration in self.chain for state in migration.states)
        return ExternalTargets(self.simulator, self.aws, self.stack.name, names)

    def before(self, migration: Migration) -> Migration | None:
        """The previous migration. Its last state includes the live values for `migration`."""
        if migration.number == 1:
            return None
        previous = self.chain[migration.number - 2]
        values = self.live_values.get(migration.number, {})
        end = {a: resource.model_copy(update=dict(values.get(a, {}))) for a, resource in previous.last.items()}
        return replace(previous, states=(*previous.states[:-1], self.stand_ins.state(end))) if values else previous

    def begin(self, migration: Migration) -> None:
        """Brings the simulator to the state before a migration. Raises Refused if this is not possible."""
        previous = self.before(migration)
        if self.at_end_of != migration.number - 1:
            self.simulator.reset()
            self.simulator.switch("new_attributes", bool(self.live_values))
            self.simulator.switch("approve_mails", True)
            self.external_targets = self._external_targets()
            states = [state for migration in self.chain for state in migration.states]
            create_surroundings(self.simulator, self.aws.region, states, self.stack.resources)
            self._reach(previous)
        self.at_end_of = None
        self.records.clear()

    def _reach(self, previous: Migration | None) -> None:
        if previous is None:
            return
        if any(address.deposed for address in previous.last):  # only migrations create an old and a new side
            for migration in self.chain[: previous.number]:
                self.apply_migration(migration)
        elif reason := failed_step(self.roll_back_to(previous)):
            raise self._unreachable(previous, reason)
        if self.external_targets.has_filled:
            self.clock.sleep(SECONDS_UNTIL_HEALTHY)
        if differs := self.snapshot(previous, len(previous.entries)).differs:
            raise self._unreachable(previous, f"{', '.join(differs)} differs")

    def _unreachable(self, previous: Migration, why: str) -> Refused:
        return Refused(f"{self.stack.name}: the end of {previous.id} cannot be built on the local AWS simulator: {why}")

    def run(self, plan: Plan, tell: Tell, cloud: Cloud | None = None, stop: threading.Event | None = None) -> Outcome:
        """Runs a plan step by step. External targets are registered and deregistered during the run."""

        def on_event(event: Event) -> None:
            self.external_targets.on_event(event)
            tell(event)

        return apply(cloud or self.aws, plan, KINDS, on_event, self.clock, parallel=1, stop=stop)

    def apply_migration(
        self,
        migration: Migration,
        tell: Tell = lambda event: None,
        *,
        listen: Callable[[Notice], None] = lambda notice: None,
        cloud: AwsUntilFirstWrite | None = None,
        until: int = -1,
    ) -> ApplyResult:
        """Applies a migration as `elbplan apply` does, and approves each hold that waits for approval.

        It stops after the step with index `until`. Raises Refused where `elbplan apply` refuses.
        """
        stop = threading.Event()

        def on_event(event: Event) -> None:
            tell(event)
            if event.what == "done" and event.step.entry == until:
                stop.set()

        runs = SimulatedRuns(self, on_event, cloud, stop)
        while (result := self._executor(migration, runs, listen).run()).state == "waiting":
            pass
        return result

    def _executor(
        self, migration: Migration, runs: SimulatedRuns, listen: Callable[[Notice], None] = lambda notice: None
    ) -> MigrationExecutor:
        options = ApplyOptions(tuple(HAZARDS), confirmed=False, approval="if-waiting", retry=True, covers_spec=False)
        return MigrationExecutor(
            runs.cloud or self.aws, self._spec(migration), ListSource(self.chain[: migration.number]), runs, self.clock,
            lambda agreement: None, listen, options, wall=self.clock.now, hold_interval=HOLD_INTERVAL,
        )  # fmt: skip

    def roll_back_to(self, target: Migration | None) -> ApplyResult:
        """Rolls back to the end of a migration; None removes the stack. Raises Refused if this is not possible."""
        following = self.chain[target.number if target else 0]
        executor = self._executor(following, SimulatedRuns(self, lambda event: None))
        executor.stack = self._spec(target)
        return go_back(executor, target, following)

    def snapshot(self, migration: Migration | None, index: int) -> Snapshot:
        """Compares the simulator with the state after `index` steps of a migration; None expects no resources."""
        stack = self._spec(migration)
        references = references_of(self.chain[: migration.number if migration else 0])
        observed = observe_with_files(self.aws, stack, references)[stack.name]
        if migration is None:
            return Snapshot(tuple(sorted({str(live.address) for live in observed.live})), {}, observed)
        differs, lives = Locator(observed, self.stack.ignore).against(migration, index)
        return Snapshot(differs, lives, observed)

    def differing_from_start(self, migration: Migration, lives: LiveResources, observed: Observed) -> tuple[str, ...]:
        """The names of the resources that differ from the start of a migration; `observed` translates AWS ids."""
        return Locator(observed).differing(migration, migration.states[0], lives)

    def _spec(self, migration: Migration | None) -> Stack:
        """The spec from which a migration was saved, without secrets: the simulator does not need them."""
        if migration is None:
            return replace(self.stack, resources={})
        resources = current_resources(migration.last)
        if migration.spec == self.stack.spec_hash:
            resources = dict(self.stack.resources)
        plain = {address: _without_secrets(resource) for address, resource in resources.items()}
        return replace(self.stack, resources={a: self.stand_ins.with_files(resource) for a, resource in plain.items()})


def create_instead_of_adopt(migration: Migration) -> Migration:
    """The migration with `create` in place of `adopt`: the simulator has no resources that elbplan did not create."""
    entries = (replace(entry, do="create", id="") if entry.do == "adopt" else entry for entry in migration.entries)
    return replace(migration, entries=tuple(entries))


def _without_secrets(resource: Resource) -> Resource:
    """The resource without its write-only values. The digest of such a value stays."""
    fields = type(resource).model_fields
    return rebuilt(resource, **{name: fields[name].get_default() for name in marked_fields(type(resource), WRITE_ONLY)})


def failed_step(result: ApplyResult) -> str:
    """Returns `create target_group.web: <AWS's words>` for an apply that failed; otherwise an empty text."""
    if result.state == "applied":
        return ""
    failed = [event.step for event in result.last.outcome.failed[:1]] if result.last else []
    return "".join(f"{step.do} {step.address}: " for step in failed) + result.reason


@dataclass(frozen=True)
class SimulatedRuns:
    """Runs plans on the simulator for the executor. The rehearsal runs alone, so it needs no lock and no second read.

    cloud   AWS for a process that is killed; the record of its run then has no end
    """

    environment: RehearsalEnvironment
    tell: Tell
    cloud: AwsUntilFirstWrite | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def records(self) -> list[RunRecord]:
        """The records of this rehearsal, the oldest first."""
        return list(self.environment.records)

    def run(
        self, shown: Plan, plan_again: Callable[[], Plan], migration: MigrationRun, *, confirmed: bool
    ) -> RunResult:
        """Run the plan and record how it ended."""
        records, clock = self.environment.records, self.environment.clock
        number = len(records) + 1
        record = RunRecord(shown.stack, number, f"{number:032x}", "apply", "rehearsal", clock.now(), clock.now())
        records.append(migration.begun(record))
        outcome = self.environment.run(shown, self.tell, self.cloud, self.stop)
        if self.cloud is None or self.cloud.alive:
            state: RunState = migration.state if outcome.complete else "failed"
            records[-1] = replace(records[-1], state=state, at=migration.reached(outcome), ended=clock.now())
        return RunResult(shown, outcome, record.run)
