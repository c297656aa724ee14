"""The lock of a run: renews its record, allows or stops every write to AWS, and records the end of the run."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ...core.call import Answer, Call
from ...errors import AwsProblem, Refused
from ...kinds.aws.parameter_store import PASSING
from ...live.pacing import THROTTLED
from ...live.write_permission import checked_before_each_attempt
from ..program import Stopped
from .lease import Lease, TooSlow
from .lock_tools import LockTools
from .messages import problem_text, taken_over
from .record import RunRecord, RunState, RunStep
from .run_store import KEPT, closed

BEATS = 4.5
"""Heartbeats within the `lease_seconds` of the record."""

PAUSE, TRIES = 1.0, 3
"""Seconds between two attempts to renew the lock; attempts to record the end of the run."""

IN_DOUBT = (*PASSING, *THROTTLED, "Unreachable")


class Lock:
    """A lock that a run has acquired, until `end`.

    lost      the record of the run that took over; from then on, this run writes nothing
    given_up  why elbplan could not check the lock for so long that this run stops too
    In both cases `stop` is set, which ends every wait.
    """

    def __init__(
        self,
        tools: LockTools,
        record: RunRecord,
        earlier: Sequence[int],
        lease: Lease,
        first_write_at: float | None = None,
    ) -> None:
        self.record = record
        self.lost: RunRecord | None = None
        self.given_up = ""
        self._tools = tools
        self._ledger = tools.ledger.in_a_hurry()
        self._earlier = earlier
        self._lease = lease
        self._first_write_at = first_write_at
        self._doubtful_since: float | None = None
        self._stop = threading.Event()
        self._ending = threading.Event()
        self._asking = threading.Lock()
        self._thread: threading.Thread | None = None
        self._steps: Callable[[], Sequence[RunStep]] = tuple

    @property
    def over(self) -> str:
        """Why this run must stop; empty as long as it may go on."""
        return taken_over(self.record, self.lost) if self.lost else self.given_up

    # The heartbeat -------------------------------------------------------------------------------------------------

    def start_heartbeat(self, stop: threading.Event, steps: Callable[[], Sequence[RunStep]] = tuple) -> None:
        """Starts the heartbeat, which also records the steps until then. Sets `stop` when the lock is lost."""
        self._stop = stop
        self._steps = steps
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ending.wait(self.record.lease_seconds / BEATS):
            self.heartbeat()

    def heartbeat(self) -> bool:
        """One heartbeat. False if the lock is lost. If Parameter Store does not answer, the next write checks again."""
        with self._asking:
            if not self.over and not self._ending.is_set():
                with contextlib.suppress(AwsProblem):
                    self._renew()
            return not self.over

    def _renew(self) -> None:
        """Writes the record if nobody else changed it, and checks that there is no newer run. Raises AwsProblem."""
        asked = self._lease.now()
        record = replace(self.record, renewed=self._tools.wall(), steps=self._steps())
        with checked_before_each_attempt(self._lease.still(asked)):
            current = self._ledger.get(record.stack, record.number)
            if current is None or not self._is_unchanged(current):
                return self._lose(current)
            version = self._ledger.write(record)
            newer = self._ledger.get(record.stack, record.number + 1)
        if newer or version == 1 < current.parameter_version:
            return self._lose_late(newer)
        self.record = record
        self._lease.renew(asked)
        self._doubtful_since = None
        return None

    def _is_unchanged(self, current: RunRecord) -> bool:
        return current.run == self.record.run and current.state == "running"

    def _lose(self, current: RunRecord | None) -> None:
        """The lock is lost, because somebody else changed the record. Raises AwsProblem."""
        gone = closed(self.record, self._tools.wall(), "taken-over", "the stack was destroyed by somebody else")
        self._set_lost(self._ledger.get(self.record.stack, self.record.number + 1) or current or gone)

    def _lose_late(self, newer: RunRecord | None) -> None:
        """The lock was lost during the write of the record, so the record must be closed."""
        by = f"by run {newer.number}, {newer.who}" if newer else "the stack was destroyed by somebody else"
        last = closed(self.record, self._tools.wall(), "taken-over", by)
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
        """The same client, but a write needs a valid lease, and a read needs a lock that is not lost.

        The check comes before every attempt, also before botocore's own retries, just before the request is sent.
        """

        def guarded(call: Call) -> Answer:
            permit = self._go_on if call.reads else self.permit
            permit()
            with checked_before_each_attempt(permit):
                return send(call)

        return guarded

    def permit(self) -> None:
        """Returns when a write is allowed; renews the lease first if it has ended. Raises Refused, Stopped.

        While one thread renews, the others wait for it. Without an answer, no write is allowed.
        """
        while True:
            self._go_on()
            if not self._may_begin():
                self._pause()
            elif self._lease.valid:
                return
            else:
                self._renew_if_needed()

    def _go_on(self) -> None:
        """Raises Refused if the lock is lost or given up."""
        if self.over:
            raise Refused(f"stopped: {self.over}", hint="run the same command again")

    def _may_begin(self) -> bool:
        return self._first_write_at is None or self._tools.clock.now() >= self._first_write_at

    def _renew_if_needed(self) -> None:
        with self._asking:
            if self.over or self._lease.valid:
                return
            try:
                self._renew()
            except AwsProblem as problem:
                self._doubt(problem)

    def _doubt(self, problem: AwsProblem) -> None:
        """The renewal failed. Waits for another attempt, or gives up after `lease_seconds`. Raises Stopped."""
        now = self._tools.clock.now()
        since = self._doubtful_since = now if self._doubtful_since is None else self._doubtful_since
        may_pass = problem.code in IN_DOUBT or isinstance(problem, TooSlow)
        if may_pass and now - since < self.record.lease_seconds:
            self._pause()
            return
        run = f"run {self.record.number} of {self.record.stack}"
        self.given_up = f"{run} could not check whether it still has its lock: {problem_text(problem)}"
        self._stop.set()

    def _pause(self) -> None:
        self._tools.clock.sleep(PAUSE)
        if self._stop.is_set() and not self.over:
            raise Stopped("interrupted while waiting for the lock", hint="run the same command again")

    # The end -------------------------------------------------------------------------------------------------------

    def end(
        self,
        state: RunState,
        counts: Mapping[str, int],
        note: str = "",
        *,
        forget: bool = False,
        at: int | None = None,
        replaced: Mapping[str, str] | None = None,
    ) -> None:
        """Ends the run: closes its record and deletes old ones. With `forget`, deletes all that is kept of the stack.

        `at` is how many steps of its migration are done, `replaced` are the DNS records that it replaced. If the end
        cannot be recorded, the file of this process still shows it on this machine.
        """
        self._ending.set()
        if self._thread:
            self._thread.join()
        now = self._tools.wall()
        record = replace(self.record, renewed=now, counts={**self.record.counts, **counts}, steps=self._steps())
        record = record if at is None else replace(record, at=at)
        record = record if replaced is None else replace(record, replaced=replaced)
        try:
            self._record_end(closed(record, now, state, note), forget)
        except AwsProblem as problem:
            run = f"run {self.record.number} of {self.record.stack}"
            self._tools.say(f"the end of {run} could not be recorded: {problem_text(problem)}")
            self._tools.process_files.abandon(self.record.run)
        except BaseException:
            self._tools.process_files.abandon(self.record.run)
            raise
        else:
            self._tools.process_files.release(self.record.run)

    def _record_end(self, last: RunRecord, forget: bool) -> None:
        """Closes the record, unless another run took over. If it takes too long, checks again. Raises AwsProblem."""
        for attempts_left in reversed(range(TRIES)):
            try:
                with checked_before_each_attempt(self._lease.still(self._lease.now())):
                    if not self.lost and not self._superseded():
                        self._close(last, forget)
                return
            except TooSlow:
                if not attempts_left:
                    raise

    def _superseded(self) -> bool:
        """True if another run has taken over. Raises AwsProblem."""
        ledger, record = self._tools.ledger, self.record
        newer, current = ledger.get(record.stack, record.number + 1), ledger.get(record.stack, record.number)
        if newer or current is None or not self._is_unchanged(current):
            self._set_lost(newer or current or closed(record, self._tools.wall(), "taken-over", "its record is gone"))
        return self.lost is not None

    def _close(self, last: RunRecord, forget: bool) -> None:
        """Deletes the record of this run last: it keeps others out until the rest is deleted. Raises AwsProblem."""
        ledger, earlier = self._tools.ledger, sorted(self._earlier)
        if not forget:
            ledger.write(last)
        try:
            ledger.delete(last.stack, earlier if forget else earlier[: -(KEPT - 1)])
            if forget:
                ledger.forget_replaced(last.stack)
                ledger.delete(last.stack, [last.number])
        except AwsProblem as problem:
            self._tools.say(f"records of runs of {last.stack} could not be deleted: {problem_text(problem)}")
            if forget:
                ledger.write(last)
