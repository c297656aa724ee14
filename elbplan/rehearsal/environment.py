"""Where a rehearsal plays: a double, the files, and the real ways to look, to run and to go back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.address import Address
from ..core.kind import Kinds
from ..core.plan import Plan
from ..core.resource import WRITE_ONLY, Resource, marked_fields, rebuilt
from ..core.stack import Stack
from ..errors import Refused
from ..hazards import HAZARDS
from ..live.observe import Observed, observe
from ..migrations.apply.executor import MigrationExecutor
from ..migrations.apply.modes import go_back
from ..migrations.apply.notices import Notice
from ..migrations.apply.options import ApplyOptions, ApplyResult
from ..migrations.apply.source import ListSource
from ..migrations.migration import Migration, references_of
from ..migrations.position.locator import Locator
from ..migrations.position.position import LiveResources
from ..run.lock.record import RunRecord, RunState
from ..run.migration_run import MigrationRun
from ..run.outcome import Event, Outcome, Tell
from ..run.result import RunResult
from ..run.workflow import Cloud, apply
from .external_targets import ExternalTargets, externally_filled
from .fake_aws import AwsUntilFirstWrite, FakeAws, FakeAwsClock
from .fixtures import create_surroundings, without_deposed

HOLD_INTERVAL = 300.0
"""Seconds between two probes of a watching hold: simulated time changes nothing by itself."""

SETTLED = 600
"""Seconds after which the targets that others brought are healthy."""


@dataclass(frozen=True)
class Snapshot:
    """A look at the double: what lives there, in a file's words, and where it is not as it should be."""

    differs: tuple[str, ...]
    lives: LiveResources
    observed: Observed


@dataclass
class RehearsalEnvironment:
    """A double with one stack in it. `aws` reaches the double and nothing else.

    laid    by a file's number, what live has in fields that files leave open: laid over where that file begins
    stands  the number of the file at whose end the double is; None: who knows
    """

    double: FakeAws
    aws: Cloud
    stack: Stack
    chain: Sequence[Migration]
    kinds: Kinds
    laid: Mapping[int, Mapping[Address, Mapping[str, Any]]] = field(default_factory=dict)
    stands: int | None = None
    records: list[RunRecord] = field(default_factory=list)
    clock: FakeAwsClock = field(init=False)
    outsider: ExternalTargets = field(init=False)

    def __post_init__(self) -> None:
        self.clock = FakeAwsClock(self.double)
        self.chain = [create_instead_of_adopt(migration) for migration in self.chain]
        self.outsider = self._outsider()

    def _outsider(self) -> ExternalTargets:
        names = externally_filled(state for one in self.chain for state in one.states)
        return ExternalTargets(self.double, self.aws, self.stack.name, names)

    def before(self, migration: Migration) -> Migration | None:
        """The file that this one begins after; what live has besides is laid over its end."""
        if migration.number == 1:
            return None
        previous = self.chain[migration.number - 2]
        laid = self.laid.get(migration.number, {})
        end = {a: resource.model_copy(update=dict(laid.get(a, {}))) for a, resource in previous.last.items()}
        return replace(previous, states=(*previous.states[:-1], end)) if laid else previous

    def begin(self, migration: Migration) -> None:
        """Stand where a file begins, anew if need be. Raises Refused if that cannot be reached."""
        previous = self.before(migration)
        if self.stands != migration.number - 1:
            self.double.reset()
            self.double.switch("new_attributes", bool(self.laid))
            self.outsider = self._outsider()
            states = [state for one in self.chain for state in one.states]
            create_surroundings(self.double, self.aws.region, states, self.stack.resources)
            self._reach(previous)
        self.stands = None
        self.records.clear()

    def _reach(self, previous: Migration | None) -> None:
        if previous is None:
            return
        if any(address.deposed for address in previous.last):  # old and new side by side come from files alone
            for migration in self.chain[: previous.number]:
                self.play(migration)
        elif wrong := failed_step(self.back(previous)):
            raise self._unbuilt(previous, wrong)
        if self.outsider.busy:
            self.clock.sleep(SETTLED)
        if differs := self.sight(previous, len(previous.entries)).differs:
            raise self._unbuilt(previous, f"{', '.join(differs)} differs")

    def _unbuilt(self, previous: Migration, why: str) -> Refused:
        return Refused(f"{self.stack.name}: the end of {previous.id} cannot be built on the local AWS simulator: {why}")

    def run(self, plan: Plan, tell: Tell, cloud: Cloud | None = None, stop: threading.Event | None = None) -> Outcome:
        """Run a plan, one step after the other; others fill and leave target groups meanwhile."""

        def heard(event: Event) -> None:
            self.outsider.hear(event)
            tell(event)

        return apply(cloud or self.aws, plan, self.kinds, heard, self.clock, parallel=1, stop=stop)

    def play(
        self,
        migration: Migration,
        tell: Tell = lambda event: None,
        *,
        listen: Callable[[Notice], None] = lambda notice: None,
        cloud: AwsUntilFirstWrite | None = None,
        until: int = -1,
    ) -> ApplyResult:
        """Apply a file as `elbplan apply` does; each hold that waits for approval is approved.

        It stops after the step with index `until`. Raises Refused where apply would refuse.
        """
        stop = threading.Event()

        def heard(event: Event) -> None:
            tell(event)
            if event.what == "done" and event.step.entry == until:
                stop.set()

        runs = SimulatedRuns(self, heard, cloud, stop)
        while (result := self._executor(migration, runs, listen).run()).state == "waiting":
            pass
        return result

    def _executor(
        self, migration: Migration, runs: SimulatedRuns, listen: Callable[[Notice], None] = lambda notice: None
    ) -> MigrationExecutor:
        options = ApplyOptions(tuple(HAZARDS), confirmed=False, approval="if-waiting", retry=True, whole=False)
        return MigrationExecutor(
            runs.cloud or self.aws, self._spec(migration), ListSource(self.chain[: migration.number]), runs, self.clock,
            lambda agreement: None, listen, options, wall=self.clock.now, hold_interval=HOLD_INTERVAL,
        )  # fmt: skip

    def back(self, target: Migration | None) -> ApplyResult:
        """Go to the end of a file, or to nothing. Raises Refused where that is not possible."""
        begun = self.chain[target.number if target else 0]
        executor = self._executor(begun, SimulatedRuns(self, lambda event: None))
        executor.stack = self._spec(target)
        return go_back(executor, target, begun)

    def sight(self, migration: Migration | None, index: int) -> Snapshot:
        """The double, compared with a file's state after so many steps; without a file, with nothing."""
        stack = self._spec(migration)
        told = references_of(self.chain[: migration.number if migration else 0])
        (seen,) = observe(
            self.aws.send, self.aws.region, [stack], self.kinds, everywhere=True, file_references=told
        ).values()
        if migration is None:
            return Snapshot(tuple(sorted({str(live.address) for live in seen.live})), {}, seen)
        differs, lives = Locator(seen, self.stack.ignore).against(migration, index)
        return Snapshot(differs, lives, seen)

    def off(self, migration: Migration, lives: LiveResources, observed: Observed) -> tuple[str, ...]:
        """The names of the resources that differ from the start of a file; `observed` knows the portable names."""
        return Locator(observed).differing(migration, migration.states[0], lives)

    def _spec(self, migration: Migration | None) -> Stack:
        """The spec as it was when a file was saved; without secrets, for which a double has no use."""
        if migration is None:
            return replace(self.stack, resources={})
        resources = without_deposed(migration.last)
        if migration.spec == self.stack.spec_hash:
            resources = dict(self.stack.resources)
        return replace(self.stack, resources={a: _open(resource) for a, resource in resources.items()})


def create_instead_of_adopt(migration: Migration) -> Migration:
    """The file with everything made that it adopts: a double does not have what somebody once made by hand."""
    entries = (replace(one, do="create", id="") if one.do == "adopt" else one for one in migration.entries)
    return replace(migration, entries=tuple(entries))


def _open(resource: Resource) -> Resource:
    """Without what is only ever written; a digest of it stays."""
    fields = type(resource).model_fields
    return rebuilt(resource, **{name: fields[name].get_default() for name in marked_fields(type(resource), WRITE_ONLY)})


def failed_step(result: ApplyResult) -> str:
    """`create target_group.web: <AWS's words>` of an apply that failed; else empty."""
    if result.state == "applied":
        return ""
    failed = [event.step for event in result.last.outcome.failed[:1]] if result.last else []
    return "".join(f"{step.do} {step.address}: " for step in failed) + result.reason


@dataclass(frozen=True)
class SimulatedRuns:
    """Runs plans on the simulator for the executor. Nobody else changes the simulator, so no lock and no second read.

    cloud   AWS for a process that is killed; the record of its run has no end
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
