"""Acquires the lock of a stack: decides whether a run may have it, take it over, or go on without it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...errors import AwsProblem, Refused
from ...kinds.aws.parameter_store import UNUSABLE
from ...version import __version__
from ..clock import Clock, ElapsedTime, RealClock
from ..migration_run import MigrationRun
from .lease import Lease
from .lock import Lock
from .messages import not_understood, not_watched, problem_text, run_title, still_alive, watching_text
from .process_files import Caller, ProcessFiles
from .record import UNKNOWN_STATE, RunRecord
from .run_store import RunStore, closed
from .watch import watch

LEASE_SECONDS = 90.0
"""A run counts as dead if its record does not change for so many seconds."""

TRIES = 5
"""Attempts to acquire the lock. One fails if another run begins and ends in the meantime."""

NEEDED = "stacks with migrations need ssm:GetParametersByPath, GetParameter, PutParameter and DeleteParameters"


@dataclass(frozen=True)
class DeadRun:
    """A run whose lock may be taken over, with the reason, and its record at the last read if elbplan watched it."""

    record: RunRecord
    why: str
    seen: RunRecord | None = None


@dataclass(frozen=True)
class LockManager:
    """Acquires locks. `say` shows the user one line.

    wall      the time of day in seconds since 1970, only for messages and records
    clock     the clock for watching other runs and for sleeping
    elapsed   the clock of the lease of this run; it includes suspended time
    """

    ledger: RunStore
    who: Caller
    process_files: ProcessFiles
    say: Callable[[str], None]
    wall: Callable[[], float] = time.time
    lease_seconds: float = LEASE_SECONDS
    clock: Clock = field(default_factory=RealClock)
    elapsed: Callable[[], float] = field(default_factory=ElapsedTime)

    def take(
        self,
        stack: str,
        verb: str,
        *,
        spec: str = "",
        counts: Mapping[str, int] | None = None,
        migration: MigrationRun | None = None,
    ) -> Lock | None:
        """Acquires the lock. Returns None, and says so, if Parameter Store cannot be used.

        Watches a run that may be alive first. Raises Refused with the run that has the lock, or AwsProblem if the lock
        exists but could not be acquired. A run of a migration needs its record, so it never goes on without a lock.
        """
        now = self.wall()
        mine = RunRecord(
            stack, 0, secrets.token_hex(16), verb, self.who.name, now, now, pid=self.who.pid,
            machine=self.who.machine, lease_seconds=self.lease_seconds, counts=dict(counts or {}), version=__version__,
            spec=spec,
        )  # fmt: skip
        mine = migration.begun(mine) if migration else mine
        self.process_files.hold(mine.run)
        try:
            return self._take(mine)
        except Refused:
            self.process_files.release(mine.run)
            raise
        except AwsProblem as problem:
            self.process_files.abandon(mine.run)
            self._without(mine, problem, migration)
            return None
        except BaseException:
            self.process_files.abandon(mine.run)
            raise

    def _without(self, mine: RunRecord, problem: AwsProblem, migration: MigrationRun | None) -> None:
        """Returns if the run may go on without a lock. Raises AwsProblem if not."""
        if migration:
            what = f"elbplan runs no migration without a record of the run: {problem_text(problem)}"
            raise AwsProblem(what, hint=NEEDED, code=problem.code, denied=problem.denied) from problem
        if problem.code not in UNUSABLE:  # any other error may be the result of a race
            what = f"the lock of {mine.stack} could not be taken: {problem_text(problem)}"
            hint = problem.hint or "nothing was changed; run the same command again"
            raise AwsProblem(what, hint=hint, code=problem.code, denied=problem.denied) from problem
        self.process_files.forget(mine.run)
        self.say(f"no lock: {problem_text(problem)}; two applies at once are not guarded")

    def _take(self, mine: RunRecord) -> Lock:
        records = self.ledger.read(mine.stack)
        for _ in range(TRIES):
            newest = records[-1] if records else None
            holder = newest if newest and newest.holds else None
            dead = self.find_dead_run(holder) if holder else None
            other: RunRecord | None = None
            if holder is None or dead:
                mine = replace(mine, number=newest.number + 1 if newest else 1, takes=dead.record.number if dead else 0)
                created = self._create(mine, dead, records)
                if isinstance(created, Lock):
                    return created
                other = created
            # The list may be a second old, so it may not have the other run's record yet.
            known = [*self.ledger.read(mine.stack), *([other] if other else [])]
            records = sorted({record.number: record for record in known}.values(), key=lambda record: record.number)
        raise Refused(
            f"{mine.stack}: in each of {TRIES} attempts, another run began and ended", hint="run the same command again"
        )

    def _create(self, mine: RunRecord, dead: DeadRun | None, records: Sequence[RunRecord]) -> Lock | RunRecord | None:
        """The lock, or the record of another run that was faster. Raises AwsProblem.

        Reads before it writes: without permission to read records, a run cannot keep a lock and must not leave one.
        """
        if other := self.ledger.get(mine.stack, mine.number):
            return other
        asked = self.elapsed()
        created = self.ledger.create(mine)
        if created is None or created.run != mine.run:
            return created
        opens = self._take_over(dead, mine) if dead else None
        return Lock(
            self, mine, [record.number for record in records], Lease(self.lease_seconds, self.elapsed, asked), opens
        )

    def _take_over(self, dead: DeadRun, mine: RunRecord) -> float | None:
        """Reports and records that this run takes over. Returns the time of its first write, None for at once.

        The newer number already decides who has the lock. If the old run renewed its lease in the last moment, the
        first write waits until that lease has surely ended.
        """
        self.say(f"taking over from {run_title(dead.record)}: {dead.why}; this is run {mine.number}")
        renewed = self._has_renewed(dead)
        if renewed:
            self.say(
                f"run {dead.record.number} wrote its record again: "
                f"elbplan waits {dead.record.lease_seconds:g} s before it changes anything"
            )
        opens = self.clock.now() + dead.record.lease_seconds if renewed else None
        self.process_files.forget(dead.record.run)
        self._overwrite(closed(dead.record, self.wall(), "taken-over", f"by run {mine.number}, {mine.who}"))
        return opens

    def _has_renewed(self, dead: DeadRun) -> bool:
        """True if the run wrote its record after the last read, or if elbplan cannot read the record."""
        if dead.seen is None:
            return False
        try:
            current = self.ledger.get(dead.record.stack, dead.record.number)
        except AwsProblem:
            return True
        return current is not None and current.state == "running" and current.moved(dead.seen)

    def _overwrite(self, record: RunRecord) -> None:
        try:
            self.ledger.write(record)
        except AwsProblem as problem:
            self.say(
                f"run {record.number} of {record.stack} could not be marked as {record.state}: {problem_text(problem)}"
            )

    def find_dead_run(self, record: RunRecord) -> DeadRun | None:
        """The run, if its lock may be taken over; None if it has just ended. Raises Refused, AwsProblem.

        Watches the record, which takes up to its `lease_seconds`, unless the process is known to have ended.
        """
        if record.state == UNKNOWN_STATE:
            raise not_understood(record)
        if self.died_here(record):
            return DeadRun(record, "its process has ended")
        self.say(watching_text(record))
        try:
            watched = watch(self.ledger, self.clock, record)
        except AwsProblem as problem:
            if problem.code in UNUSABLE:  # else `take` would go on without a lock
                raise not_watched(record, problem) from problem
            raise
        if watched.what == "moved":
            raise still_alive(record)
        if watched.what == "ended" or watched.seen is None:
            return None
        return DeadRun(record, f"its record did not change for {record.lease_seconds:g} s", watched.seen)

    def died_here(self, record: RunRecord) -> bool:
        """True if it is certain that the process of this run has ended. Only its own machine can know that."""
        return record.state == "running" and self.process_files.is_dead(record.run, record.machine)

    def forget(self, stack: str) -> None:
        """Deletes what is kept of a stack without resources, if no run has its lock. Ignores missing permissions."""
        try:
            records = self.ledger.read(stack)
            if records and (not records[-1].holds or self.find_dead_run(records[-1])):
                self.ledger.forget_replaced(stack)
                self.ledger.delete(stack, [record.number for record in records])
                self.ledger.delete_inventory(stack)
        except (AwsProblem, Refused):
            return

    def release(self, record: RunRecord, note: str, seen: RunRecord | None = None) -> None:
        """Marks a run as taken over, so that the next run may begin. Raises AwsProblem.

        Raises Refused if its record has changed since `seen`.
        """
        current = self.ledger.get(record.stack, record.number) if seen else None
        if seen and current and current.moved(seen):
            raise still_alive(record)
        self.ledger.write(closed(record, self.wall(), "taken-over", note))
