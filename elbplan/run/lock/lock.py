"""A lock that a run has: its record is written again and again, every write to AWS is asked for, the end is noted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ...core.call import Answer, Call
from ...errors import AwsProblem, Refused
from ...live.write_permission import checked_before_each_attempt
from ..clock import Clock
from ..program import THROTTLED, Stopped
from .lease import Lease, TooSlow
from .messages import problem_text, taken_over
from .process_files import ProcessFiles
from .record import RunRecord, RunState
from .run_store import KEPT, PASSING, RunStore, closed

BEATS = 4.5
"""How many heartbeats fit into one silence."""

PAUSE, TRIES = 1.0, 3
"""Seconds between two questions that nobody answered; how often the end is noted anew when it took too long."""

READS = ("Describe", "Get", "List", "Search", "Lookup", "Test")
"""How the names of AWS's operations begin that change nothing. Any other is a write."""

IN_DOUBT = (*PASSING, *THROTTLED, "Unreachable")


class LockTools(Protocol):
    """What a lock works with; LockManager, which creates locks, has it all."""

    @property
    def ledger(self) -> RunStore:
        """The records of the stack's runs."""

    @property
    def witness(self) -> ProcessFiles:
        """The file that proves that this process lives."""

    @property
    def clock(self) -> Clock:
        """The clock by which a lock waits."""

    @property
    def say(self) -> Callable[[str], None]:
        """Shows a person one line."""

    @property
    def wall(self) -> Callable[[], float]:
        """The time of day, in seconds since 1970."""


class Lock:
    """From taking it to `end`.

    lost      the record of whoever has taken over; then nothing of ours is written any more
    given_up  why nobody could say for so long whether the lock is still ours; then neither
    In both cases `stop` is set, which ends whatever waits.
    """

    def __init__(
        self, keeper: LockTools, record: RunRecord, before: Sequence[int], lease: Lease, opens: float | None = None
    ) -> None:
        self.record = record
        self.lost: RunRecord | None = None
        self.given_up = ""
        self._keeper = keeper
        self._ledger = keeper.ledger.in_a_hurry()
        self._before = before
        self._lease = lease
        self._opens = opens
        self._doubtful_since: float | None = None
        self._stop = threading.Event()
        self._ending = threading.Event()
        self._asking = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def over(self) -> str:
        """Why this run may not go on; empty as long as it may."""
        return taken_over(self.record, self.lost) if self.lost else self.given_up

    # The heartbeat -------------------------------------------------------------------------------------------------

    def keep(self, stop: threading.Event) -> None:
        """Begin the heartbeat; `stop` is set when the lock is lost."""
        self._stop = stop
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ending.wait(self.record.lease_seconds / BEATS):
            self.beat()

    def beat(self) -> bool:
        """One heartbeat; False if the lock is lost. If nobody answers, the next write asks again."""
        with self._asking:
            if not self.over and not self._ending.is_set():
                with contextlib.suppress(AwsProblem):
                    self._renew()
            return not self.over

    def _renew(self) -> None:
        """Write our record, if it is as we left it, and see that no newer run is there. Raises AwsProblem."""
        asked, record = self._lease.now(), replace(self.record, renewed=self._keeper.wall())
        with checked_before_each_attempt(self._lease.still(asked)):
            own = self._ledger.get(record.stack, record.number)
            if own is None or not self._ours(own):
                return self._lose(own)
            version = self._ledger.write(record)
            newer = self._ledger.get(record.stack, record.number + 1)
        if newer or version == 1 < own.parameter_version:
            return self._lose_late(newer)
        self.record = record
        self._lease.renew(asked)
        self._doubtful_since = None
        return None

    def _ours(self, own: RunRecord) -> bool:
        return own.run == self.record.run and own.state == "running"

    def _lose(self, own: RunRecord | None) -> None:
        """Our own record is not as we left it. Raises AwsProblem."""
        gone = closed(self.record, self._keeper.wall(), "taken-over", "the stack was destroyed by somebody else")
        self._set_lost(self._ledger.get(self.record.stack, self.record.number + 1) or own or gone)

    def _lose_late(self, newer: RunRecord | None) -> None:
        """Somebody took over while we wrote our record: it shall not say for ever that we run."""
        by = f"by run {newer.number}, {newer.who}" if newer else "the stack was destroyed by somebody else"
        last = closed(self.record, self._keeper.wall(), "taken-over", by)
        self._set_lost(newer or last)
        with contextlib.suppress(AwsProblem):
            if newer:
                self._ledger.write(last)
            else:
                self._ledger.delete(last.stack, [last.number])

    def _set_lost(self, by: RunRecord) -> None:
        self.lost = by
        self._stop.set()

    # The fence -----------------------------------------------------------------------------------------------------

    def guard(self, send: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        """The same door to AWS. A write passes only while our lease is valid, a read while the lock is not lost.

        That holds for every attempt, those of botocore too, up to the moment at which the request leaves.
        """

        def guarded(call: Call) -> Answer:
            permit = self._go_on if call.operation.startswith(READS) else self.permit
            permit()
            with checked_before_each_attempt(permit):
                return send(call)

        return guarded

    def permit(self) -> None:
        """Come back when a write may pass, and ask first if need be. Raises Refused, Stopped.

        While one thread asks, the others wait for its answer. No answer is no permit.
        """
        while True:
            self._go_on()
            if not self._is_open():
                self._pause()
            elif self._lease.valid:
                return
            else:
                self._ask()

    def _go_on(self) -> None:
        """Raises Refused once the lock is lost, or given up."""
        if self.over:
            raise Refused(f"stopped: {self.over}", hint="run the same command again")

    def _is_open(self) -> bool:
        return self._opens is None or self._keeper.clock.now() >= self._opens

    def _ask(self) -> None:
        with self._asking:
            if self.over or self._lease.valid:
                return
            try:
                self._renew()
            except AwsProblem as problem:
                self._doubt(problem)

    def _doubt(self, problem: AwsProblem) -> None:
        """Nobody said whether the lock is ours: ask again, for one silence at most. Raises Stopped."""
        now = self._keeper.clock.now()
        since = self._doubtful_since = now if self._doubtful_since is None else self._doubtful_since
        passes = problem.code in IN_DOUBT or isinstance(problem, TooSlow)
        if passes and now - since < self.record.lease_seconds:
            self._pause()
            return
        run = f"run {self.record.number} of {self.record.stack}"
        self.given_up = f"{run} could not learn whether its lock is still its own: {problem_text(problem)}"
        self._stop.set()

    def _pause(self) -> None:
        self._keeper.clock.sleep(PAUSE)
        if self._stop.is_set() and not self.over:
            raise Stopped("interrupted while waiting for the lock", hint="run the same command again")

    # The end -------------------------------------------------------------------------------------------------------

    def end(
        self, state: RunState, counts: Mapping[str, int], note: str = "", *, forget: bool = False, at: int | None = None
    ) -> None:
        """The run is over: its record is closed, old ones are dropped; with `forget` no record stays at all.

        `at` is how many steps of its migration are done now. If the end cannot be noted, this machine still knows it.
        """
        self._ending.set()
        if self._thread:
            self._thread.join()
        now = self._keeper.wall()
        told = replace(self.record, renewed=now, counts={**self.record.counts, **counts})
        told = told if at is None else replace(told, at=at)
        try:
            self._note_end(closed(told, now, state, note), forget)
        except AwsProblem as problem:
            run = f"run {self.record.number} of {self.record.stack}"
            self._keeper.say(f"the end of {run} could not be noted: {problem_text(problem)}")
            self._keeper.witness.abandon(self.record.run)
        except BaseException:
            self._keeper.witness.abandon(self.record.run)
            raise
        else:
            self._keeper.witness.release(self.record.run)

    def _note_end(self, last: RunRecord, forget: bool) -> None:
        """Raises AwsProblem. If it takes so long that somebody may have taken over meanwhile, we look again first."""
        for left in reversed(range(TRIES)):
            try:
                with checked_before_each_attempt(self._lease.still(self._lease.now())):
                    if not self.lost and not self._superseded():
                        self._close(last, forget)
                return
            except TooSlow:
                if not left:
                    raise

    def _superseded(self) -> bool:
        """Has somebody taken over? Raises AwsProblem."""
        ledger, record = self._keeper.ledger, self.record
        newer, own = ledger.get(record.stack, record.number + 1), ledger.get(record.stack, record.number)
        if newer or own is None or not self._ours(own):
            self._set_lost(newer or own or closed(record, self._keeper.wall(), "taken-over", "its record is gone"))
        return self.lost is not None

    def _close(self, last: RunRecord, forget: bool) -> None:
        """Ours goes last, so that nobody begins while the others are deleted. Raises AwsProblem."""
        ledger, before = self._keeper.ledger, sorted(self._before)
        if not forget:
            ledger.write(last)
        try:
            ledger.delete(last.stack, before if forget else before[: -(KEPT - 1)])
            if forget:
                ledger.delete(last.stack, [last.number])
        except AwsProblem as problem:
            self._keeper.say(f"records of runs of {last.stack} could not be deleted: {problem_text(problem)}")
            if forget:
                ledger.write(last)
