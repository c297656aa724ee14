"""One run of a stack at a time: taking the lock, keeping it by a heartbeat, losing it, giving it back."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .. import __version__
from ..core.call import Answer, Call
from ..errors import AwsProblem, Refused
from .aim import Aim
from .ledger import KEPT, Ledger, closed
from .record import Record, State, stamp
from .witness import Who, Witness

SILENCE, BEATS = 90.0, 4.5
"""Seconds without a heartbeat after which a run is dead, and how many heartbeats fit into them."""

TRIES = 5
"""Each one lost to a run that began and ended in the meantime."""


NEEDED = "stacks with migrations need ssm:GetParametersByPath, GetParameter, PutParameter and DeleteParameters"


@dataclass(frozen=True)
class Keeper:
    """Takes locks. `wall` is the time of day in seconds since 1970; `say` tells a person something in one line."""

    ledger: Ledger
    who: Who
    witness: Witness
    say: Callable[[str], None]
    wall: Callable[[], float] = time.time
    silence: float = SILENCE

    def take(
        self, stack: str, verb: str, *, spec: str = "", counts: Mapping[str, int] | None = None, aim: Aim | None = None
    ) -> Held | None:
        """The lock; None, with a notice, where Parameter Store cannot be used. Raises Refused, naming who has it.

        A run of a migration needs its record: without one nobody knows later what was held, and AwsProblem is raised.
        """
        now = self.wall()
        mine = Record(
            stack, 0, secrets.token_hex(16), verb, self.who.name, now, now, pid=self.who.pid,
            machine=self.who.machine, silence=self.silence, counts=dict(counts or {}), version=__version__, spec=spec,
        )  # fmt: skip
        mine = aim.begun(mine) if aim else mine
        self.witness.hold(mine.run)
        try:
            return self._take(mine)
        except AwsProblem as problem:
            self.witness.release(mine.run)
            if aim:
                what = f"no run of a migration without its record: {reason(problem)}"
                raise AwsProblem(what, hint=NEEDED, code=problem.code) from problem
            self.say(f"no lock: {reason(problem)}; two applies at once are not guarded")
            return None
        except BaseException:
            self.witness.release(mine.run)
            raise

    def _take(self, mine: Record) -> Held:
        records = self.ledger.read(mine.stack)
        for _ in range(TRIES):
            newest = records[-1] if records else None
            if newest and self.lives(newest):
                raise locked(newest, self.wall())
            dead = newest if newest and newest.state == "running" else None
            number = newest.number + 1 if newest else 1
            mine = replace(mine, number=number, takes=dead.number if dead else 0)
            standing = self.ledger.create(mine)
            if standing and standing.run == mine.run:
                self._bury(dead, mine)
                return Held(self, mine, tuple(record.number for record in records))
            # A list may be a second old; the record that stood in the way is surely there.
            records = [*self.ledger.read(mine.stack), *([standing] if standing else [])]
            records = sorted({record.number: record for record in records}.values(), key=lambda one: one.number)
        raise Refused(f"{mine.stack}: other runs began and ended all the time", hint="run the same command again")

    def _bury(self, dead: Record | None, mine: Record) -> None:
        """A run that was taken over says so, if it can still be written; the newer number is what counts."""
        if dead is None:
            return
        silent = f"was last heard of {round(dead.silent(mine.started))} s ago"
        self.say(f"taking over from {title(dead)}: it {silent}; this is run {mine.number}")
        self.witness.forget(dead.run)
        self._overwrite(closed(dead, self.wall(), "taken-over", f"by run {mine.number}, {mine.who}"))

    def _overwrite(self, record: Record) -> None:
        try:
            self.ledger.write(record)
        except AwsProblem as problem:
            self.say(f"run {record.number} of {record.stack} could not be marked as {record.state}: {reason(problem)}")

    def lives(self, record: Record) -> bool:
        """Does this run go on, as far as anybody can know?"""
        if record.state != "running" or record.silent(self.wall()) > record.silence:
            return False
        return not self.witness.saw_die(record.run, record.machine)

    def forget(self, stack: str) -> None:
        """No record of a stack of which nothing is left; only while nobody runs it. Without permission: no matter."""
        try:
            records = self.ledger.read(stack)
            if records and not self.lives(records[-1]):
                self.ledger.delete(stack, [record.number for record in records])
        except AwsProblem:
            return

    def release(self, record: Record, note: str) -> None:
        """A running record is marked as taken over, so that the next run may begin. Raises AwsProblem."""
        self.ledger.write(closed(record, self.wall(), "taken-over", note))


class Held:
    """A lock that we have. While it is kept, its record is written again and again, so that others see us live.

    `lost` is the record of whoever has taken over; then `stop` is set and nothing of ours is written any more.
    """

    def __init__(self, keeper: Keeper, record: Record, before: Sequence[int]) -> None:
        self.record = record
        self.lost: Record | None = None
        self._keeper = keeper
        self._before = before
        self._stop = threading.Event()
        self._ending = threading.Event()
        self._writing = threading.Lock()
        self._looked = keeper.wall()
        self._thread: threading.Thread | None = None

    def keep(self, stop: threading.Event) -> None:
        """Begin the heartbeat; `stop` is set when somebody takes over."""
        self._stop = stop
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        while not self._ending.wait(self.record.silence / BEATS):
            self.beat()

    def beat(self) -> bool:
        """One heartbeat, after a look whether the lock is still ours. A silent Parameter Store changes nothing."""
        with self._writing:
            if self.lost or self._ending.is_set():
                return not self.lost
            try:
                if self._superseded():
                    return False
                self.record = replace(self.record, beat=self._keeper.wall())
                self._keeper.ledger.write(self.record)
            except AwsProblem:
                pass  # the next heartbeat is near; if all fail somebody may take over, and then we see that
            return True

    def _superseded(self) -> bool:
        """Has somebody taken over? Raises AwsProblem."""
        ledger, record = self._keeper.ledger, self.record
        self._looked = self._keeper.wall()  # even if nobody answers: not every call of ours shall ask again
        newer = ledger.get(record.stack, record.number + 1)
        if newer is None:
            own = ledger.get(record.stack, record.number)
            gone = closed(record, self._keeper.wall(), "taken-over", "the stack was destroyed by somebody else")
            ours = own is not None and own.run == record.run and own.state == "running"
            newer = None if ours else own or gone
        if newer is not None:
            self.lost = newer
            self._stop.set()
        return newer is not None

    def guard(self, send: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        """The same door to AWS, shut when the lock is lost.

        A machine that slept wakes up in the middle of a step, before any heartbeat: so whoever has not looked for
        longer than the others' patience looks before the next call.
        """

        def guarded(call: Call) -> Answer:
            if self._keeper.wall() - self._looked > self.record.silence * 0.9:
                self.beat()
            if self.lost:
                raise Refused(f"stopped: {taken(self.record, self.lost)}")
            return send(call)

        return guarded

    def end(
        self, state: State, counts: Mapping[str, int], note: str = "", *, forget: bool = False, at: int | None = None
    ) -> None:
        """The run is over: its record is closed, old ones are dropped; with `forget` no record stays at all.

        `at` is how many steps of its migration are done now.
        """
        self._ending.set()
        if self._thread:
            self._thread.join()
        try:
            if not (self.lost or self._superseded()):
                told = replace(self.record, beat=self._keeper.wall(), counts={**self.record.counts, **counts})
                told = told if at is None else replace(told, at=at)
                self._close(closed(told, self._keeper.wall(), state, note), forget)
        except AwsProblem as problem:
            run = f"run {self.record.number} of {self.record.stack}"
            self._keeper.say(f"the end of {run} could not be noted: {reason(problem)}")
        finally:
            self._keeper.witness.release(self.record.run)

    def _close(self, last: Record, forget: bool) -> None:
        """Ours goes last, so that nobody begins while the others are deleted. Raises AwsProblem."""
        ledger, before = self._keeper.ledger, sorted(self._before)
        if not forget:
            ledger.write(last)
        try:
            ledger.delete(last.stack, before if forget else before[: -(KEPT - 1)])
            if forget:
                ledger.delete(last.stack, [last.number])
        except AwsProblem as problem:
            self._keeper.say(f"records of runs of {last.stack} could not be deleted: {reason(problem)}")
            if forget:
                ledger.write(last)


def locked(record: Record, now: float) -> Refused:
    """Why nobody else may run."""
    return Refused(
        f"{record.stack} is being changed: {title(record)}, since {stamp(record.started)[:19]}Z, "
        f"last heartbeat {round(record.silent(now))} s ago",
        hint="wait until it has ended (elbplan status shows it); only if it is surely dead: "
        f"elbplan unlock {record.stack}",
    )


def title(record: Record) -> str:
    """`run 42 (apply by bob@laptop, pid 4711)`."""
    return f"run {record.number} ({record.verb} by {record.who}{f', pid {record.pid}' if record.pid else ''})"


def taken(record: Record, by: Record) -> str:
    """What happened to a run that lost its lock."""
    if by.number <= record.number:
        return f"run {record.number} of {record.stack} lost its lock: {by.note or title(by)}"
    return f"run {record.number} of {record.stack} was taken over by {title(by)}"


def reason(problem: AwsProblem) -> str:
    """One line of a problem."""
    return " ".join(problem.what.split())
