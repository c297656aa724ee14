"""apply for a stack that is changed by files: each once, in their order, from wherever AWS stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import Refused
from ..kinds import KINDS
from ..migrations.apply.hold import wait_out
from ..migrations.apply.journal import RunJournal, journal_of
from ..migrations.apply.pending import Pending, PendingFinder
from ..migrations.files.folder import Folder
from ..migrations.files.notation import duration
from ..migrations.migration import Migration
from ..migrations.position.differences import Difference
from ..run.lock.record import RunState
from ..run.migration_run import MigrationRun
from ..run.workflow import Cloud
from .apply_checks import (
    ReachedHold,
    files_of,
    refuse_beyond,
    refuse_edited,
    refuse_edited_meanwhile,
    refuse_hazards,
    refuse_taken_back,
    refuse_undone,
)
from .context import App
from .execution import PARTLY, StackResult, run_all, run_one
from .locks import lock_manager_of
from .plan_screens import show_plans
from .plans import Planned, ending_of, planned

TAKEN_BACK = 1
"""The exit code of an apply whose `on_failure: rollback` took the file back: it failed, and nothing of it stands."""


@dataclass
class MigrationExecutor:
    """One apply of one stack's files.

    ask      returns after a yes; None where everything is agreed to
    whole    up to the last file, so that the spec must not want more
    again    apply once more what was taken back
    passed   the holds that this apply has waited for since it last changed anything
    held     what was pending at the last hold by the clock, with the run that led there and what the hold saw
    fresh    AWS is looked at for the first time, or for the first time since a hold
    approves may this apply end a hold that waits for a person?
    roll_back takes a file back to where the one before it ended (None: to nothing), and returns the exit code
    begin    nothing was done yet: a person who applies again ends a hold that waits for one
    """

    app: App
    stack: Stack
    folder: Folder
    migrations: Sequence[Migration]
    paths: tuple[str, ...]
    allow: tuple[str, ...] = ()
    detail: bool = False
    ask: Callable[[Sequence[Planned]], None] | None = None
    whole: bool = True
    again: bool = False
    passed: set[tuple[str, int]] = field(default_factory=set)
    held: ReachedHold | None = None
    fresh: bool = True
    begin: bool = True
    approves: bool = True
    told: RunJournal | None = None
    roll_back: Callable[[MigrationExecutor, Migration, Migration | None], int] = field(kw_only=True)

    def run(self) -> int:
        """File by file up to the end, a person's hold, or a failure. Raises Refused."""
        while True:
            pending, one = self._look()
            if self.held and (code := self._judge(self.held, pending)) is not None:
                return code
            if pending.done:
                return self._end(pending, one)
            self._agree(pending, one)
            ended = self.execute(one, self._aim(pending, one))
            if ended.code:
                return self._failed(pending, ended)
            self.begin, self.fresh = self.begin and one.plan.empty, False
            if pending.hold and (code := self._held(pending, one, ended.run_id)) is not None:
                return code

    # What is to be done ---------------------------------------------------------------------------------------------

    def looker(self, cloud: Cloud, stack: Stack) -> PendingFinder:
        """Looks at AWS for this apply, with what earlier runs wrote down."""
        if self.told is None:
            self.told = journal_of(lock_manager_of(self.app, cloud).ledger.read(stack.name))
            refuse_edited(self.folder, self.migrations, self.told, self.allow)
            if self.held and self.held.run_id != self.told.run:
                self.passed = set()  # others ran meanwhile: a hold that is there now is theirs
        return PendingFinder(
            cloud, stack, KINDS, self.told, time.time(), set(self.passed), self.begin and self.approves
        )

    def _look(self) -> tuple[Pending, Planned]:
        found: list[Pending] = []

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            found.append(self.looker(cloud, group[0]).next(self.migrations))
            return [found[-1].plan]

        (one,) = planned(self.app, [self.stack], planner)
        return found[0], one

    def _agree(self, pending: Pending, one: Planned) -> None:
        """Returns if it may be done. Raises Refused."""
        assert pending.migration is not None
        self._refuse_beyond(pending)
        if self.begin and not self.again:
            refuse_taken_back(self.stack, self.told, pending.migration)
        rest = len(pending.migration.entries) - pending.entry
        self.say(f"{pending.migration.file}: {rest} of {len(pending.migration.entries)} steps to do")
        self._tell_drift(pending.drift)
        refuse_hazards(self.folder, pending, self.allow)
        if one.plan.empty and pending.hold is None:  # or this would go round for ever
            raise Refused(f"{self.stack.name}: nothing of {pending.place} can be done, and it is not done either")
        if self.begin:
            self.agree_to(one)

    def agree_to(self, one: Planned, check: Callable[[], None] = lambda: None) -> None:
        """Show the plan where somebody may want to see it, check it, and ask. Raises Refused."""
        if one.plan.empty:
            return
        if not self.app.options.json or (self.ask and self.app.terminal.can_ask):
            show_plans(self.app, "apply", [one], self.app.terminal.stderr, detail=self.detail)
        check()
        if self.ask:
            self.ask([one])

    # Doing it -------------------------------------------------------------------------------------------------------

    def _aim(self, pending: Pending, one: Planned) -> MigrationRun:
        migration = pending.migration
        assert migration is not None
        end = len(migration.entries)
        at = pending.entry + pending.reach
        state: RunState = "done" if at == end and not pending.hold else "held"
        return MigrationRun(migration.id, migration.sha, "", pending.entry, at, state)

    def execute(self, one: Planned, aim: MigrationRun) -> StackResult:
        """Run a plan under the lock, with its record."""
        return run_one(self.app, one, ending_of(self.app, "apply", self.paths), agreed=self.ask is None, aim=aim)

    def _failed(self, pending: Pending, ended: StackResult) -> int:
        """Stop where it is, or go back if the step that failed says so.

        Only a step that was judged is taken back. AWS may have refused to look, or the credentials have ended: that
        tells nothing of the step. Who has lost the lock changes nothing more, whatever the file says.
        """
        assert pending.migration is not None
        if ended.outcome.lost:
            return ended.code
        for event in (event for event in ended.outcome.failed if event.judged):
            number = event.step.id.partition(" ")[0]
            if number.isdigit() and pending.migration.entries[int(number) - 1].on_failure == "rollback":
                return self._back(pending.migration)
        return ended.code

    def _back(self, migration: Migration) -> int:
        before = next((one for one in self.migrations if one.number == migration.number - 1), None)
        return self.roll_back(self, migration, before) or TAKEN_BACK

    def _held(self, pending: Pending, one: Planned, run_id: str) -> int | None:
        """Wait by the clock, or tell a person; the exit code if this apply ends here."""
        assert pending.migration is not None
        assert pending.hold is not None
        assert pending.holding is not None
        if pending.seconds is None:
            self.app.terminal.err(f"held at {pending.place} of {pending.migration.id}; elbplan apply goes on")
            return 0
        self.say(f"holding for {duration(pending.seconds)} at {pending.place} of {pending.migration.id}")
        saw = wait_out(self._now(one), pending.holding, pending.seconds, KINDS, one.cloud.send, self.app.clock)
        if saw:
            watched = f"{pending.holding.what} until {pending.holding.until}"
            self.app.terminal.err(*f"the hold at {pending.place} watches {watched}, and saw: {saw}".split("\n"))
        self._look_anew(ReachedHold(pending, run_id, bool(saw)))
        return None

    def _look_anew(self, held: ReachedHold) -> None:
        """No lock is kept during a hold: what others did meanwhile is found out as at the start."""
        pending = held.pending
        assert pending.migration is not None
        self.told, self.held, self.fresh = None, held, True
        self.passed = set() if held.broken else set(pending.holds_behind)
        last = self.migrations[-1].number
        self.migrations = [one for one in files_of(self.folder) if one.number <= last]
        refuse_edited_meanwhile(self.folder, pending.migration, self.migrations)

    def _now(self, one: Planned) -> Plan:
        """What is there after the run, for what is watched."""
        return one.planner(one.cloud, [self.stack])[0]

    def _judge(self, held: ReachedHold, now: Pending) -> int | None:
        """After a hold: the exit code if the apply ends here. Raises Refused for what others took back meanwhile."""
        assert self.told is not None
        refuse_undone(self.stack, self.told, held.pending, now)
        if not held.broken or self.told.run != held.run_id:
            return None
        assert held.pending.migration is not None
        assert held.pending.holding is not None
        return self._back(held.pending.migration) if held.pending.holding.on_failure == "rollback" else PARTLY

    # The end --------------------------------------------------------------------------------------------------------

    def _end(self, pending: Pending, one: Planned) -> int:
        """Everything is applied; what the spec wants beyond that is in no file."""
        self._refuse_beyond(pending)
        self._tell_drift(pending.drift)
        if not self.begin:
            return 0
        if (pending.drift or pending.beyond) and not self.app.options.json:
            rest = "AWS is not as it says" if pending.drift else "the spec wants more"
            end = f"{self.stack.name}: applied up to {self.migrations[-1].id}, but {rest}: elbplan plan shows it."
            self.app.terminal.out(end)
            return 0
        return run_all(self.app, [one], ending_of(self.app, "apply", self.paths))

    def _refuse_beyond(self, pending: Pending) -> None:
        if self.whole:
            refuse_beyond(self.stack, self.migrations[-1], pending)

    def _tell_drift(self, drift: Sequence[Difference]) -> None:
        """What somebody changed by hand where no file cares: told, and left."""
        if drift and self.fresh:
            self.say("changed by hand, and left as it is:", *(f"  {gap.text}" for gap in drift))
            self.say("  hint: apply --revert-drift puts it back, elbplan accept-drift takes it into a file")

    def say(self, *lines: str) -> None:
        """Lines for the person."""
        if not self.app.options.quiet:
            self.app.terminal.err(*lines)
