"""Applies the migrations of a stack, each once and in their order, from wherever AWS stands.

The command line, a rehearsal and the tests use the same executor. It prints nothing and takes no lock itself: whoever
calls it gives it `confirm`, `tell`, a clock, and the runner that takes the lock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import Refused
from ...live.delegation import ZoneDns
from ...live.observe import Observed
from ...run.clock import Clock
from ...run.lock.record import RunState
from ...run.migration_run import MigrationRun
from ...run.result import RunResult
from ...run.workflow import Cloud
from ..migration import Migration
from . import notices
from .checks import (
    ReachedHold,
    pending_files,
    refuse_edited,
    refuse_edited_during_hold,
    refuse_hazards,
    refuse_nothing_waits,
    refuse_rolled_back,
    refuse_uncovered,
    refuse_undone,
    refuse_unusable_certificates,
)
from .hold import LOOK, Hold
from .journal import HoldPlace, RunJournal, journal_of
from .notices import Agreement, HoldBegins, Looked, Notice, PendingFile, Proposed
from .options import ApplyOptions, ApplyResult, failed
from .pending import Pending, PendingFinder
from .plan_to import plan_to
from .progress import Progress, no_progress
from .runner import PlanRunner
from .source import MigrationSource


@dataclass
class MigrationExecutor:
    """One apply of one stack's migrations.

    confirm        returns after a yes. Raises Refused after a no
    tell           gets each notice as it comes
    reading        surrounds each read of AWS
    hold_interval  seconds between two probes of a watching hold
    dns            says whether hosted zones are delegated; None: nobody is asked
    passed         the holds that this apply has waited for since its last write
    """

    cloud: Cloud
    stack: Stack
    source: MigrationSource
    runner: PlanRunner
    clock: Clock
    confirm: Callable[[Agreement], None]
    tell: Callable[[Notice], None]
    options: ApplyOptions = field(default_factory=ApplyOptions)
    reading: Callable[[], AbstractContextManager[object]] = nullcontext
    wall: Callable[[], float] = time.time
    hold_interval: float = LOOK
    dns: ZoneDns | None = None
    migrations: Sequence[Migration] = ()
    passed: set[HoldPlace] = field(default_factory=set)
    _journal: RunJournal | None = None
    _held: ReachedHold | None = None
    _last: RunResult | None = None
    _listed: dict[str, str] = field(default_factory=dict)
    _drift_reported: bool = False
    _progress: Progress = field(default_factory=Progress)

    def __post_init__(self) -> None:
        self.migrations = self.migrations or self.source.read()

    # Step by step ------------------------------------------------------------------------------------------------

    def run(self, seen: Mapping[str, Observed] | None = None) -> ApplyResult:
        """Apply file by file up to the end, a hold that waits for approval, or a failure.

        `seen` is a read of AWS that was made already. Raises Refused, SpecProblem, AwsProblem.
        """
        while True:
            pending = self._look(seen)
            seen = None
            if self._held and (result := self._after_hold(self._held, pending)):
                return result
            if pending.done:
                return self._finish(pending)
            if result := self._apply(pending):
                return result

    def _apply(self, pending: Pending) -> ApplyResult | None:
        """One run, and the hold after it; the result if the apply ends here."""
        self._check(pending)
        if pending.reached and pending.plan.empty:  # its run is recorded already, with the time when the hold began
            return self._hold(pending, RunResult(pending.plan, run_id=self.journal.run))
        self._last = run = self.execute(pending.plan, self._plan_again, self._run_of(pending))
        if not run.complete:
            return self._stop(pending, run)
        self._progress.ran(pending)
        return self._hold(pending, run) if pending.hold else None

    def _look(self, seen: Mapping[str, Observed] | None = None) -> Pending:
        with self.reading():
            pending = self.finder().next(self.migrations, seen)
        self.tell(Looked(pending=pending))
        return pending

    def _plan_again(self) -> Plan:
        return self.finder().next(self.migrations).plan

    def finder(self) -> PendingFinder:
        """Reads AWS for this apply, with what earlier runs recorded. Raises SpecProblem for an edited file."""
        approve = self.options.approval != "refused" and self._last is None
        return PendingFinder(self.cloud, self.stack, self.journal, self.wall(), set(self.passed), approve, self.dns)

    @property
    def journal(self) -> RunJournal:
        """What earlier runs recorded; read once before the first run, and once after each hold."""
        if self._journal is None:
            self._journal = journal_of(self.runner.records())
            refuse_edited(self.source, self.migrations, self._journal, self.options.allow)
            if self._held and self._held.run_id != self._journal.run:
                self.passed = set()  # others ran during the hold: a hold that AWS stands at now is theirs
        return self._journal

    # Before a run ------------------------------------------------------------------------------------------------

    def _check(self, pending: Pending) -> None:
        """Returns if the run may begin; lists everything and asks before the first one. Raises Refused."""
        assert pending.migration is not None
        if self._progress.repeats(pending):
            raise no_progress(self.finder(), self.migrations, pending)
        self._refuse_uncovered(pending)
        if self._last is None and not self.options.retry:
            refuse_rolled_back(self.stack, self.journal, pending.migration)
        self.tell(notices.file_begins(pending))
        self._tell_drift(pending)
        files = pending_files(pending, self.migrations)
        if self._listed:
            refuse_hazards(self.source, files[:1], self.options.allow)
        if pending.plan.empty and pending.hold is None:  # or this would repeat for ever
            steps = f"{pending.place} of {pending.migration.id}"
            raise Refused(f"{self.stack.name}: {steps} cannot be applied, and AWS does not match its result")
        if not self._listed:
            self._agree(pending, files)

    def _agree(self, pending: Pending, files: Sequence[PendingFile]) -> None:
        if self.options.approval == "required":
            refuse_nothing_waits(self.stack, pending)
        if pending.plan.empty and pending.seconds is None and not pending.approved:
            return  # it only waits for approval
        approves = pending.place_of(pending.approved[1]) if pending.approved else ""
        agreement = Agreement(pending.plan, files, approves)
        self.propose(agreement, lambda: refuse_hazards(self.source, files, self.options.allow))
        self._listed = {file.migration.id: file.migration.sha for file in files}

    def propose(self, agreement: Agreement, check: Callable[[], None]) -> None:
        """Show what would be done, check it, and ask. Raises Refused."""
        if not agreement.empty:
            self.tell(Proposed(agreement=agreement))
        check()
        refuse_unusable_certificates(agreement.plan, self.wall())
        if not agreement.empty:
            self.confirm(agreement)

    def _run_of(self, pending: Pending) -> MigrationRun:
        migration = pending.migration
        assert migration is not None
        at = pending.entry + pending.reach
        state: RunState = "done" if at == len(migration.entries) and not pending.hold else "held"
        return MigrationRun(migration.id, migration.sha, "", pending.entry, at, state)

    def execute(self, shown: Plan, plan_again: Callable[[], Plan], migration: MigrationRun) -> RunResult:
        """Run a plan under the lock. Raises Refused for a certificate that expired, perhaps during a hold."""
        refuse_unusable_certificates(shown, self.wall())
        return self.runner.run(shown, plan_again, migration, confirmed=self.options.confirmed)

    # After a run -------------------------------------------------------------------------------------------------

    def _stop(self, pending: Pending, run: RunResult) -> ApplyResult:
        """Stop, or roll back if the step that failed says so.

        Only a step whose gate was judged rolls back: a refused call or expired credentials say nothing about the step.
        A run that lost its lock changes nothing more.
        """
        assert pending.migration is not None
        result = failed(run)
        if run.problem is None and not run.outcome.lost:
            judged = [event.step.entry for event in run.outcome.failed if event.judged]
            entries = pending.migration.entries
            if any(index is not None and entries[index].on_failure == "rollback" for index in judged):
                return self._roll_back(pending.migration, result.reason, result.entry)
        return result

    def _roll_back(self, migration: Migration, reason: str, entry: int | None) -> ApplyResult:
        before = next((earlier for earlier in self.migrations if earlier.number == migration.number - 1), None)
        with self.reading():
            shown = plan_to(self.cloud, self.stack, before)
        run = self.roll_back(migration, before, shown, lambda: plan_to(self.cloud, self.stack, before))
        return ApplyResult("rolled-back", None, run, reason, entry) if run.complete else failed(run)

    def roll_back(
        self, migration: Migration, target: Migration | None, shown: Plan, plan_again: Callable[[], Plan]
    ) -> RunResult:
        """Go to the end of `target` (None: to nothing), and record that `migration` was rolled back."""
        self.tell(notices.rolls_back(target))
        return self.execute(
            shown, plan_again, MigrationRun(migration.id, migration.sha, "rollback", state="rolled-back")
        )

    def _hold(self, pending: Pending, run: RunResult) -> ApplyResult | None:
        """Wait by the clock; the result if the hold ends only with an approval."""
        if pending.seconds is None:
            self.tell(notices.waits_for_approval(pending))
            return ApplyResult("waiting", pending, self._last)
        assert pending.holding is not None
        self.tell(HoldBegins.of(pending))
        hold = Hold(pending.holding, run, self.cloud.send, self.clock, self.hold_interval)
        if found := hold.wait(pending.seconds):
            self.tell(notices.hold_broke(pending, found))
        self._start_anew(ReachedHold(pending, run.run_id, found))
        return None

    def _start_anew(self, held: ReachedHold) -> None:
        """A hold keeps no lock: what others did meanwhile is found out as at the start."""
        self._journal, self._held, self._drift_reported = None, held, False
        self.passed = set() if held.broken else set(held.pending.holds_behind)
        last = self.migrations[-1].number
        self.migrations = [migration for migration in self.source.read() if migration.number <= last]
        refuse_edited_during_hold(self.source, self._listed, self.migrations)

    def _after_hold(self, held: ReachedHold, now: Pending) -> ApplyResult | None:
        """The result if the apply ends here. Raises Refused for what others undid during the hold."""
        refuse_undone(self.stack, self.journal, held.pending, now)
        if not held.broken or self.journal.run != held.run_id:
            return None
        pending = held.pending
        assert pending.migration is not None
        assert pending.hold is not None
        entry = pending.hold[1]
        if pending.migration.entries[entry].on_failure == "rollback":
            return self._roll_back(pending.migration, held.broken, entry)
        return ApplyResult("hold-broken", now, self._last, held.broken, entry)

    def _finish(self, pending: Pending) -> ApplyResult:
        """Every file is applied; nothing may be left that only the spec wants."""
        self._refuse_uncovered(pending)
        self._tell_drift(pending)
        return ApplyResult("applied", pending, self._last)

    def _refuse_uncovered(self, pending: Pending) -> None:
        if self.options.covers_spec:
            refuse_uncovered(self.stack, self.migrations[-1], pending)

    def _tell_drift(self, pending: Pending) -> None:
        if pending.drift and not self._drift_reported:
            self.tell(notices.drift_left(pending.drift))
        self._drift_reported = True
