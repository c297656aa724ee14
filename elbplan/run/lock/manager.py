"""Taking the lock of a stack: who may have it, from whom it may be taken over, and what is done without it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ... import __version__
from ...errors import AwsProblem, Refused
from ...live.errors import DENIED
from ..clock import Clock, ElapsedTime, RealClock
from ..migration_run import MigrationRun
from .lease import Lease
from .lock import Lock
from .messages import not_understood, not_watched, problem_text, run_title, still_alive, watching_text
from .process_files import Caller, ProcessFiles
from .record import UNKNOWN_STATE, RunRecord
from .run_store import RunStore, closed
from .watch import watch

SILENCE = 90.0
"""Seconds for which the record of a run must stand still before it counts as dead."""

TRIES = 5
"""Each one lost to a run that began and ended in the meantime."""

NEEDED = "stacks with migrations need ssm:GetParametersByPath, GetParameter, PutParameter and DeleteParameters"

WITHOUT_STORE = (
    *DENIED, "NotAuthorized", "OptInRequired", "Unreachable", "UnknownOperationException", "UnknownOperation",
    "InvalidAction", "NotImplemented", "UnsupportedOperation", "ServiceNotSupported", "404", "405", "501",
)  # fmt: skip
"""Parameter Store may not be used here, cannot be reached, or is not offered by this endpoint. Only then is there a way
without a lock; whatever else it answers may be the answer to a race."""


@dataclass(frozen=True)
class DeadRun:
    """A run that may be taken over, how that is known, and its record as it was when it was watched last, if it was."""

    record: RunRecord
    why: str
    seen: RunRecord | None = None


@dataclass(frozen=True)
class LockManager:
    """Takes locks. `say` tells a person something in one line.

    wall      the time of day in seconds since 1970, for people to read; nothing is decided by it
    clock     on which other runs are watched, and which sleeps
    elapsed   on which our own lease runs out: it counts suspended time
    """

    ledger: RunStore
    who: Caller
    witness: ProcessFiles
    say: Callable[[str], None]
    wall: Callable[[], float] = time.time
    silence: float = SILENCE
    clock: Clock = field(default_factory=RealClock)
    elapsed: Callable[[], float] = field(default_factory=ElapsedTime)

    def take(
        self,
        stack: str,
        verb: str,
        *,
        spec: str = "",
        counts: Mapping[str, int] | None = None,
        aim: MigrationRun | None = None,
    ) -> Lock | None:
        """The lock; None, with a notice, where Parameter Store cannot be used.

        A run that may be alive is watched first. Raises Refused, naming who has the lock; AwsProblem where a lock is
        to be had and could not be taken. A run of a migration needs its record and never goes without.
        """
        now = self.wall()
        mine = RunRecord(
            stack, 0, secrets.token_hex(16), verb, self.who.name, now, now, pid=self.who.pid,
            machine=self.who.machine, lease_seconds=self.silence, counts=dict(counts or {}), version=__version__,
            spec=spec,
        )  # fmt: skip
        mine = aim.begun(mine) if aim else mine
        self.witness.hold(mine.run)
        try:
            return self._take(mine)
        except Refused:
            self.witness.release(mine.run)
            raise
        except AwsProblem as problem:
            self.witness.abandon(mine.run)
            self._without(mine, problem, aim)
            return None
        except BaseException:
            self.witness.abandon(mine.run)
            raise

    def _without(self, mine: RunRecord, problem: AwsProblem, aim: MigrationRun | None) -> None:
        """Go on without a lock, if that is all there can be. Raises AwsProblem."""
        if aim:
            what = f"no run of a migration without its record: {problem_text(problem)}"
            raise AwsProblem(what, hint=NEEDED, code=problem.code) from problem
        if problem.code not in WITHOUT_STORE:
            what = f"the lock of {mine.stack} could not be taken: {problem_text(problem)}"
            hint = problem.hint or "nothing was changed; run the same command again"
            raise AwsProblem(what, hint=hint, code=problem.code) from problem
        self.witness.forget(mine.run)
        self.say(f"no lock: {problem_text(problem)}; two applies at once are not guarded")

    def _take(self, mine: RunRecord) -> Lock:
        records = self.ledger.read(mine.stack)
        for _ in range(TRIES):
            newest = records[-1] if records else None
            holder = newest if newest and newest.holds else None
            dead = self.judge(holder) if holder else None
            standing: RunRecord | None = None
            if holder is None or dead:
                mine = replace(mine, number=newest.number + 1 if newest else 1, takes=dead.record.number if dead else 0)
                created = self._create(mine, dead, records)
                if isinstance(created, Lock):
                    return created
                standing = created
            # A list may be a second old; the record that stood in the way is surely there.
            found = [*self.ledger.read(mine.stack), *([standing] if standing else [])]
            records = sorted({one.number: one for one in found}.values(), key=lambda one: one.number)
        raise Refused(f"{mine.stack}: other runs began and ended all the time", hint="run the same command again")

    def _create(self, mine: RunRecord, dead: DeadRun | None, records: Sequence[RunRecord]) -> Lock | RunRecord | None:
        """The lock, or the record that stands in its place. Raises AwsProblem.

        It looks before it writes: who may not read single records can keep no lock, and shall leave none behind.
        """
        if standing := self.ledger.get(mine.stack, mine.number):
            return standing
        asked = self.elapsed()
        standing = self.ledger.create(mine)
        if standing is None or standing.run != mine.run:
            return standing
        opens = self._bury(dead, mine) if dead else None
        return Lock(self, mine, [one.number for one in records], Lease(self.silence, self.elapsed, asked), opens)

    def _bury(self, dead: DeadRun, mine: RunRecord) -> float | None:
        """Say and note that a run was taken over; the newer number is what counts. When our first write may pass.

        If that run woke up in the last moment and renewed its lease, we wait until that is surely over.
        """
        self.say(f"taking over from {run_title(dead.record)}: {dead.why}; this is run {mine.number}")
        woke = self._woke(dead)
        if woke:
            self.say(
                f"run {dead.record.number} wrote once more: nothing is changed for {dead.record.lease_seconds:g} s"
            )
        opens = self.clock.now() + dead.record.lease_seconds if woke else None
        self.witness.forget(dead.record.run)
        self._overwrite(closed(dead.record, self.wall(), "taken-over", f"by run {mine.number}, {mine.who}"))
        return opens

    def _woke(self, dead: DeadRun) -> bool:
        """Did it write again after we looked last, or can nobody say that it did not?"""
        if dead.seen is None:
            return False
        try:
            now = self.ledger.get(dead.record.stack, dead.record.number)
        except AwsProblem:
            return True
        return now is not None and now.state == "running" and now.moved(dead.seen)

    def _overwrite(self, record: RunRecord) -> None:
        try:
            self.ledger.write(record)
        except AwsProblem as problem:
            self.say(
                f"run {record.number} of {record.stack} could not be marked as {record.state}: {problem_text(problem)}"
            )

    def judge(self, record: RunRecord) -> DeadRun | None:
        """May this run be taken over? None if it has just ended by itself. Raises Refused, AwsProblem.

        Unless its process died before our eyes, it is watched, which takes up to one silence.
        """
        if record.state == UNKNOWN_STATE:
            raise not_understood(record)
        if self.died_here(record):
            return DeadRun(record, "its process has ended")
        self.say(watching_text(record))
        try:
            watched = watch(self.ledger, self.clock, record)
        except AwsProblem as problem:
            if problem.code in WITHOUT_STORE:  # or it would seem that there is nobody to wait for
                raise not_watched(record, problem) from problem
            raise
        if watched.what == "moved":
            raise still_alive(record)
        if watched.what == "ended" or watched.seen is None:
            return None
        return DeadRun(record, f"its record stood still for {record.lease_seconds:g} s", watched.seen)

    def died_here(self, record: RunRecord) -> bool:
        """Is it certain that the process of this run is gone? Only its own machine can know."""
        return record.state == "running" and self.witness.is_dead(record.run, record.machine)

    def forget(self, stack: str) -> None:
        """No record of a stack of which nothing is left; only while nobody runs it. Without permission: no matter."""
        try:
            records = self.ledger.read(stack)
            if records and (not records[-1].holds or self.judge(records[-1])):
                self.ledger.delete(stack, [record.number for record in records])
        except (AwsProblem, Refused):
            return

    def release(self, record: RunRecord, note: str, seen: RunRecord | None = None) -> None:
        """A run is marked as taken over, so that the next may begin. Raises AwsProblem.

        Raises Refused if it has moved since it was `seen`.
        """
        now = self.ledger.get(record.stack, record.number) if seen else None
        if seen and now and now.moved(seen):
            raise still_alive(record)
        self.ledger.write(closed(record, self.wall(), "taken-over", note))
