"""apply for a stack that is changed by files: each once, in their order, from wherever AWS stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..core.stack import Stack
from ..errors import Refused
from ..history.holding import hold
from ..history.journal import Journal
from ..history.pending import Looker
from ..history.told import Told
from ..history.words import duration
from ..kinds import KINDS
from .app import App
from .locking import keeper_of
from .planning import Planned, ending_of, planned
from .previewing import findings_ahead
from .refusing import (
    refuse_beyond,
    refuse_edited,
    refuse_hazards,
    refuse_other_files,
    refuse_repeated,
    refuse_taken_back,
)
from .running import PARTLY, Ended, run_all, run_one
from .screens import show_plans

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..history.distance import Gap
    from ..history.migration import Migration
    from ..history.pending import Pending
    from ..history.store import Folder
    from ..run.aim import Aim
    from ..run.workflow import Cloud

TAKEN_BACK = 1
"""The exit code of an apply whose `else: back` took the file back: it failed, and nothing of it stands."""


@dataclass
class Filed:
    """One apply of one stack's files. Each of its rounds begins as an apply begins: everything is read anew.

    ask      returns after a yes; None where everything is agreed to
    whole    up to the last file, so that the spec must not want more
    again    apply once more what was taken back
    approves a person who applies again ends a hold that waits for one; true of the first round alone
    passed   the hold that this apply has just waited for
    begin    nothing was done yet, so whoever is to agree has not been asked
    reached  the file and the number of its steps up to which this apply has done all
    shown    what was changed by hand and is told already
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
    approves: bool = True
    passed: set[tuple[str, int]] = field(default_factory=set)
    begin: bool = True
    reached: tuple[int, int] = (0, 0)
    shown: Sequence[str] = ()
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.stack.name)

    def run(self) -> int:
        """File by file up to the end, a person's hold, or a failure. Raises Refused."""
        while True:
            pending, one = self._look()
            if pending.done:
                return self._end(pending, one)
            self._agree(pending, one)
            ended = self.execute(one, self._aim(pending, one))
            if ended.code:
                return self._failed(pending, ended)
            self.begin = self.begin and one.plan.empty
            self.reached = pending.end
            if pending.hold and (code := self._held(pending, one)) is not None:
                return code
            self._renew()

    # What is to be done ---------------------------------------------------------------------------------------------

    def know(self, cloud: Cloud) -> Told:
        """What earlier runs tell of the files, as this round began. Raises Refused, SpecProblem."""
        if self.journal.told is None:
            self.journal.read(keeper_of(self.app, cloud).ledger)
            refuse_edited(self.folder, self.migrations, self.told, self.allow)
        return self.told

    @property
    def told(self) -> Told:
        """What earlier runs tell of the files, as far as that was read."""
        return self.journal.told or Told()

    def looker(self, cloud: Cloud, stack: Stack) -> Looker:
        """Looks at AWS for this apply. Raises Refused where another run undid what it builds on."""
        if self.journal.told is not None:  # under the lock, or at a hold: time has passed
            self.journal.read(keeper_of(self.app, cloud).ledger)
        return Looker(cloud, stack, KINDS, self.know(cloud), time.time(), set(self.passed), self.approves)

    def _look(self) -> tuple[Pending, Planned]:
        found: list[Pending] = []

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            found.append(self.looker(cloud, group[0]).next(self.migrations))
            return [found[-1].plan]

        (one,) = planned(self.app, [self.stack], planner)
        hazards = tuple(finding.hazard for finding in findings_ahead(found[0]))
        return found[0], replace(one, hazards=hazards)

    def _renew(self) -> None:
        """The next round: nothing is known any more, no person has come, and what was taken back stays so."""
        self.journal.renew()
        self.again = self.approves = False
        refuse_other_files(self.folder, self.migrations)

    def _agree(self, pending: Pending, one: Planned) -> None:
        """Returns if it may be done. Raises Refused."""
        assert pending.migration is not None
        self._refuse_beyond(pending)
        refuse_repeated(self.stack, pending, self.reached)
        if not self.again:
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
        if not self.app.options.json or (self.ask and self.app.terminal.asks):
            show_plans(self.app, "apply", [one], self.app.terminal.stderr, detail=self.detail)
        check()
        if self.ask:
            self.ask([one])

    # Doing it -------------------------------------------------------------------------------------------------------

    def _aim(self, pending: Pending, one: Planned) -> Aim:
        from ..run.aim import Aim

        migration = pending.migration
        assert migration is not None
        end = len(migration.entries)
        _, at = pending.end
        state = "done" if at == end and not pending.hold else "held"
        return Aim(migration.id, migration.sha, "", pending.entry, at, state)  # type: ignore[arg-type]

    def execute(self, one: Planned, aim: Aim) -> Ended:
        """Run a plan under the lock, with its record."""
        ending = ending_of(self.app, "apply", self.paths)
        ended = run_one(self.app, one, ending, agreed=self.ask is None, aim=aim)
        self.journal.wrote(ended.record)
        return ended

    def _failed(self, pending: Pending, ended: Ended) -> int:
        """Stop where it is, or go back if the step that failed says so.

        Only a step that was judged is taken back. AWS may have refused to look, or the credentials have ended: that
        tells nothing of the step. Who has lost the lock changes nothing more, whatever the file says.
        """
        assert pending.migration is not None
        if ended.outcome.lost:
            return ended.code
        for event in (event for event in ended.outcome.failed if event.judged):
            number = event.step.id.partition(" ")[0]
            if number.isdigit() and pending.migration.entries[int(number) - 1].otherwise == "back":
                return self._back(pending.migration)
        return ended.code

    def _back(self, migration: Migration) -> int:
        from .backing import Way

        before = next((one for one in self.migrations if one.number == migration.number - 1), None)
        return Way(self, migration).back(before) or TAKEN_BACK

    def _held(self, pending: Pending, one: Planned) -> int | None:
        """Wait by the clock, or tell a person; the exit code if this apply ends here."""
        assert pending.migration is not None
        assert pending.hold is not None
        assert pending.holding is not None
        if pending.seconds is None:
            self.app.terminal.err(f"held at {pending.place} of {pending.migration.id}; elbplan apply goes on")
            return 0
        self.say(f"holding for {duration(pending.seconds)} at {pending.place} of {pending.migration.id}")
        plan = self._now(one) if pending.holding.what else one.plan
        saw = hold(plan, pending.holding, pending.seconds, KINDS, one.cloud.send, self.app.clock)
        self.passed = {pending.hold}
        return self._broken(pending, saw) if saw and not self._went_on(one.cloud) else None

    def _now(self, one: Planned) -> Plan:
        """What is there after the run, for what is watched."""
        return one.planner(one.cloud, [self.stack])[0]

    def _went_on(self, cloud: Cloud) -> bool:
        """Did another apply go on from the hold? Raises Refused where one took it back."""
        self.journal.read(keeper_of(self.app, cloud).ledger)
        return self.journal.other is not None

    def _broken(self, pending: Pending, saw: str) -> int:
        """What should have stayed so did not."""
        assert pending.migration is not None
        assert pending.holding is not None
        watched = f"{pending.holding.what} until {pending.holding.until}"
        self.app.terminal.err(f"the hold at {pending.place} watches {watched}, and saw: {saw}")
        return self._back(pending.migration) if pending.holding.otherwise == "back" else PARTLY

    # The end --------------------------------------------------------------------------------------------------------

    def _end(self, pending: Pending, one: Planned) -> int:
        """No file is pending; what the spec wants beyond that is in no file."""
        self._refuse_beyond(pending)
        self._tell_drift(pending.drift)
        self._tell_beyond(pending.beyond)
        if other := self.journal.other:
            by = f"run {other.number} ({other.verb} by {other.who})"
            self.say(f"{self.stack.name}: {by} went on meanwhile; no file is pending any more")
        if not self.begin:
            return 0
        idle = "no file is pending, but AWS is not as the spec says." if pending.drift or pending.beyond else ""
        return run_all(self.app, [one], replace(ending_of(self.app, "apply", self.paths), idle=idle))

    def _refuse_beyond(self, pending: Pending) -> None:
        if self.whole:
            refuse_beyond(self.stack, self.migrations[-1], pending)

    def _tell_drift(self, drift: Sequence[Gap]) -> None:
        """What somebody changed by hand where no file cares: told where it is new, and left."""
        texts = [gap.text for gap in drift]
        if texts and texts != self.shown:
            self.say("\n".join(["changed by hand, and left as it is:", *(f"  {text}" for text in texts)]))
            self.say("  hint: elbplan apply --revert-drift puts it back, elbplan adopt takes it into a file")
        self.shown = texts

    def _tell_beyond(self, beyond: Sequence[Gap]) -> None:
        """What the spec wants and no file does, where this apply was not to ask for it."""
        if beyond:
            self.say("\n".join(["the spec wants more than its files:", *(f"  {gap.wish}" for gap in beyond)]))
            self.say("  hint: elbplan plan --save NAME writes the next file")

    def say(self, text: str) -> None:
        """A line for the person."""
        if not self.app.options.quiet:
            self.app.terminal.err(text)
