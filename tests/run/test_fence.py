"""A write needs a recent confirmation of the lock, by a clock that includes suspended time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.errors import AwsProblem, Refused
from elbplan.run.clock import ElapsedTime
from elbplan.run.lock.lease import SHARE
from elbplan.run.program import Stopped

from .kit import LockTest, denied, take

WRITE, READ = Call("elbv2", "DeleteListener"), Call("elbv2", "DescribeListeners")


class GuardedClient:
    """An AWS client that a lock guards."""

    def __init__(self, held: Any) -> None:
        self.sent: list[str] = []
        self._send = held.guard(self._note)

    def _note(self, call: Call) -> str:
        self.sent.append(call.operation)
        return "answer"

    def __call__(self, call: Call) -> Any:
        return self._send(call)


def asleep(lock_test: LockTest, seconds: float = 3600) -> None:
    """The machine was suspended, and no heartbeat was written."""
    lock_test.time.hour += seconds


def test_during_its_lease_a_run_does_not_check_the_lock(lock_test: LockTest) -> None:
    client = GuardedClient(take(lock_test.lock_manager()))
    asked = len(lock_test.store.calls)
    asleep(lock_test, 90 * SHARE - 1)
    client(WRITE)
    assert len(lock_test.store.calls) == asked


def test_after_its_lease_the_next_write_checks_the_lock_first(lock_test: LockTest) -> None:
    client = GuardedClient(take(lock_test.lock_manager()))
    asleep(lock_test, 90 * SHARE + 1)
    client(READ)
    assert lock_test.states == ["running"]
    asked = len(lock_test.store.calls)
    client(WRITE)
    client(WRITE)
    assert [call.operation for call in lock_test.store.calls[asked:]] == [
        "GetParameter",
        "PutParameter",
        "GetParameter",
    ]
    assert client.sent == ["DescribeListeners", "DeleteListener", "DeleteListener"]


def test_a_run_that_slept_through_a_take_over_neither_reads_nor_writes(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager("ann"))
    client, stop = GuardedClient(held), threading.Event()
    held._stop = stop
    asleep(lock_test)
    take(lock_test.lock_manager("bob"))
    kept = dict(lock_test.store.kept)
    with pytest.raises(Refused, match="taken over by run 2"):
        client(WRITE)
    with pytest.raises(Refused, match="taken over by run 2"):
        client(READ)
    assert (client.sent, stop.is_set(), lock_test.store.kept) == ([], True, kept)


def test_while_one_thread_checks_the_lock_no_other_thread_writes(lock_test: LockTest) -> None:
    """Six threads of a run that was suspended; Parameter Store answers the first slowly."""
    held = take(lock_test.lock_manager("ann"))
    client = GuardedClient(held)
    asleep(lock_test)
    take(lock_test.lock_manager("bob"))
    asked, answer = threading.Event(), threading.Event()

    def slow(call: Any) -> None:
        asked.set()
        answer.wait(10)

    lock_test.store.trouble = slow
    ends: list[str] = []

    def write() -> None:
        try:
            client(WRITE)
        except Refused as refused:
            ends.append(refused.what)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert asked.wait(10)
    assert (client.sent, ends) == ([], [])
    answer.set()
    for thread in threads:
        thread.join(10)
    assert client.sent == []
    assert len(ends) == 6


def test_without_an_answer_no_write_is_allowed(lock_test: LockTest) -> None:
    """Parameter Store fails for a while; the write waits until the lock is confirmed."""
    held = take(lock_test.lock_manager())
    client = GuardedClient(held)
    asleep(lock_test, 80)
    down_until = lock_test.time.hour + 30

    def fail(call: Any) -> None:
        if lock_test.time.hour < down_until:
            assert client.sent == []
            raise AwsProblem("AWS failed", code="InternalServerError")

    lock_test.store.trouble = fail
    client(WRITE)
    assert client.sent == ["DeleteListener"]
    assert lock_test.time.hour >= down_until


def test_a_run_without_an_answer_for_its_lease_seconds_stops(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager())
    client = GuardedClient(held)
    asleep(lock_test, 80)

    def fail(call: Any) -> None:
        raise AwsProblem("AWS failed", code="InternalServerError")

    lock_test.store.trouble = fail
    with pytest.raises(Refused, match="run 1 of my-web could not check whether it still has its lock: AWS failed"):
        client(WRITE)
    with pytest.raises(Refused):
        client(READ)
    assert client.sent == []
    assert held.over


def test_a_run_that_loses_its_permission_stops_at_once(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager())
    client, began = GuardedClient(held), lock_test.time.hour + 80
    asleep(lock_test, 80)
    lock_test.store.trouble = denied
    with pytest.raises(Refused, match="could not check"):
        client(WRITE)
    assert lock_test.time.hour == began


def test_ctrl_c_ends_the_wait_for_an_answer(lock_test: LockTest) -> None:
    held, stop = take(lock_test.lock_manager()), threading.Event()
    held._stop = stop
    client = GuardedClient(held)
    asleep(lock_test, 80)

    def fail(call: Any) -> None:
        stop.set()
        raise AwsProblem("AWS failed", code="InternalServerError")

    lock_test.store.trouble = fail
    with pytest.raises(Stopped):
        client(WRITE)
    assert (client.sent, held.over) == ([], "")


def test_the_lease_starts_before_the_request(lock_test: LockTest) -> None:
    """The answer is so late that the new lease has already ended, so the lock is checked again."""
    held = take(lock_test.lock_manager())
    client = GuardedClient(held)
    asleep(lock_test)
    slow = [90.0]

    def answer_late(call: Any) -> None:
        if call.operation == "PutParameter" and slow:
            lock_test.time.hour += slow.pop()

    lock_test.store.after = answer_late
    client(WRITE)
    assert [call.operation for call in lock_test.store.calls].count(
        "PutParameter"
    ) == 3  # taken, renewed, renewed again


def test_after_a_take_over_a_late_renewal_delays_the_first_write(lock_test: LockTest) -> None:
    """Ann renews her lease after Bob's last read and before Bob's record exists."""
    ann = take(lock_test.lock_manager("ann"))

    def ann_wakes(call: Any) -> None:
        if call.operation == "PutParameter" and call.params["Name"].endswith("2"):
            lock_test.store.trouble = lambda call: None
            assert ann.heartbeat()

    lock_test.store.trouble = ann_wakes
    bob = take(lock_test.lock_manager("bob"))
    first, second, taken = GuardedClient(ann), GuardedClient(bob), lock_test.time.hour
    first(WRITE)
    assert "waits 90 s before it changes anything" in lock_test.said[-1]
    second(WRITE)
    assert lock_test.time.hour - taken >= 90
    with pytest.raises(Refused):
        first(WRITE)


def test_a_renewal_during_a_take_over_leaves_no_running_record(lock_test: LockTest) -> None:
    """Ann reads her own record, then Bob takes over, then Ann writes hers."""
    ann = take(lock_test.lock_manager("ann"))
    asleep(lock_test)
    reads: list[int] = []

    def bob_takes_over(call: Any) -> None:
        if call.operation == "PutParameter" and not reads:
            reads.append(1)
            take(lock_test.lock_manager("bob"))

    lock_test.store.trouble = bob_takes_over
    assert not ann.heartbeat()
    assert lock_test.states == ["taken-over", "running"]
    assert ann.lost is not None
    assert ann.lost.who == "bob@laptop"


def test_a_renewal_while_another_run_destroys_the_stack_leaves_no_record(lock_test: LockTest) -> None:
    """Ann reads her own record, then Bob takes over, destroys the stack and deletes its records, then Ann writes."""
    ann = take(lock_test.lock_manager("ann"))
    assert ann.heartbeat()
    asleep(lock_test)
    reads: list[int] = []

    def bob_destroys(call: Any) -> None:
        if call.operation == "PutParameter" and not reads:
            reads.append(1)
            take(lock_test.lock_manager("bob"), "destroy").end("done", {}, forget=True)

    lock_test.store.trouble = bob_destroys
    assert not ann.heartbeat()
    assert lock_test.store.kept == {}
    assert "destroyed by somebody else" in ann.over


def test_elapsed_time_includes_suspended_time_of_either_clock() -> None:
    boot, wall = [100.0], [5000.0]
    elapsed = ElapsedTime(lambda: boot[0], lambda: wall[0])
    boot[0] += 5
    wall[0] += 4
    assert elapsed() == 5
    boot[0] += 3600  # suspended; the time of day was set back meanwhile
    wall[0] -= 100
    assert elapsed() == 3605
    wall[0] += 7200  # the host had paused the whole machine
    assert elapsed() == 10805


def test_the_real_clock_never_goes_back() -> None:
    elapsed = ElapsedTime()
    seen = [elapsed() for _ in range(100)]
    assert seen == sorted(seen)
    assert seen[-1] < 60
