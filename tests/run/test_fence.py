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

from .kit import Scene, denied, take

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


def asleep(scene: Scene, seconds: float = 3600) -> None:
    """The machine was suspended, and no heartbeat was written."""
    scene.time.hour += seconds


def test_during_its_lease_a_run_does_not_check_the_lock(scene: Scene) -> None:
    client = GuardedClient(take(scene.keeper()))
    asked = len(scene.store.calls)
    asleep(scene, 90 * SHARE - 1)
    client(WRITE)
    assert len(scene.store.calls) == asked


def test_after_its_lease_the_next_write_checks_the_lock_first(scene: Scene) -> None:
    client = GuardedClient(take(scene.keeper()))
    asleep(scene, 90 * SHARE + 1)
    client(READ)
    assert scene.states == ["running"]
    asked = len(scene.store.calls)
    client(WRITE)
    client(WRITE)
    assert [call.operation for call in scene.store.calls[asked:]] == ["GetParameter", "PutParameter", "GetParameter"]
    assert client.sent == ["DescribeListeners", "DeleteListener", "DeleteListener"]


def test_a_run_that_slept_through_a_take_over_neither_reads_nor_writes(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    client, stop = GuardedClient(held), threading.Event()
    held._stop = stop
    asleep(scene)
    take(scene.keeper("bob"))
    kept = dict(scene.store.kept)
    with pytest.raises(Refused, match="taken over by run 2"):
        client(WRITE)
    with pytest.raises(Refused, match="taken over by run 2"):
        client(READ)
    assert (client.sent, stop.is_set(), scene.store.kept) == ([], True, kept)


def test_while_one_thread_checks_the_lock_no_other_thread_writes(scene: Scene) -> None:
    """Six threads of a run that was suspended; Parameter Store answers the first slowly."""
    held = take(scene.keeper("ann"))
    client = GuardedClient(held)
    asleep(scene)
    take(scene.keeper("bob"))
    asked, answer = threading.Event(), threading.Event()

    def slow(call: Any) -> None:
        asked.set()
        answer.wait(10)

    scene.store.trouble = slow
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


def test_without_an_answer_no_write_is_allowed(scene: Scene) -> None:
    """Parameter Store fails for a while; the write waits until the lock is confirmed."""
    held = take(scene.keeper())
    client = GuardedClient(held)
    asleep(scene, 80)
    down_until = scene.time.hour + 30

    def fail(call: Any) -> None:
        if scene.time.hour < down_until:
            assert client.sent == []
            raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    client(WRITE)
    assert client.sent == ["DeleteListener"]
    assert scene.time.hour >= down_until


def test_a_run_without_an_answer_for_its_lease_seconds_stops(scene: Scene) -> None:
    held = take(scene.keeper())
    client = GuardedClient(held)
    asleep(scene, 80)

    def fail(call: Any) -> None:
        raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    with pytest.raises(Refused, match="run 1 of my-web could not check whether it still has its lock: AWS failed"):
        client(WRITE)
    with pytest.raises(Refused):
        client(READ)
    assert client.sent == []
    assert held.over


def test_a_run_that_loses_its_permission_stops_at_once(scene: Scene) -> None:
    held = take(scene.keeper())
    client, began = GuardedClient(held), scene.time.hour + 80
    asleep(scene, 80)
    scene.store.trouble = denied
    with pytest.raises(Refused, match="could not check"):
        client(WRITE)
    assert scene.time.hour == began


def test_ctrl_c_ends_the_wait_for_an_answer(scene: Scene) -> None:
    held, stop = take(scene.keeper()), threading.Event()
    held._stop = stop
    client = GuardedClient(held)
    asleep(scene, 80)

    def fail(call: Any) -> None:
        stop.set()
        raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    with pytest.raises(Stopped):
        client(WRITE)
    assert (client.sent, held.over) == ([], "")


def test_the_lease_starts_before_the_request(scene: Scene) -> None:
    """The answer is so late that the new lease has already ended, so the lock is checked again."""
    held = take(scene.keeper())
    client = GuardedClient(held)
    asleep(scene)
    slow = [90.0]

    def answer_late(call: Any) -> None:
        if call.operation == "PutParameter" and slow:
            scene.time.hour += slow.pop()

    scene.store.after = answer_late
    client(WRITE)
    assert [call.operation for call in scene.store.calls].count("PutParameter") == 3  # taken, renewed, renewed again


def test_after_a_take_over_a_late_renewal_delays_the_first_write(scene: Scene) -> None:
    """Ann renews her lease after Bob's last read and before Bob's record exists."""
    ann = take(scene.keeper("ann"))

    def ann_wakes(call: Any) -> None:
        if call.operation == "PutParameter" and call.params["Name"].endswith("2"):
            scene.store.trouble = lambda call: None
            assert ann.beat()

    scene.store.trouble = ann_wakes
    bob = take(scene.keeper("bob"))
    first, second, taken = GuardedClient(ann), GuardedClient(bob), scene.time.hour
    first(WRITE)
    assert "waits 90 s before it changes anything" in scene.said[-1]
    second(WRITE)
    assert scene.time.hour - taken >= 90
    with pytest.raises(Refused):
        first(WRITE)


def test_a_renewal_during_a_take_over_leaves_no_running_record(scene: Scene) -> None:
    """Ann reads her own record, then Bob takes over, then Ann writes hers."""
    ann = take(scene.keeper("ann"))
    asleep(scene)
    reads: list[int] = []

    def bob_takes_over(call: Any) -> None:
        if call.operation == "PutParameter" and not reads:
            reads.append(1)
            take(scene.keeper("bob"))

    scene.store.trouble = bob_takes_over
    assert not ann.beat()
    assert scene.states == ["taken-over", "running"]
    assert ann.lost is not None
    assert ann.lost.who == "bob@laptop"


def test_a_renewal_while_another_run_destroys_the_stack_leaves_no_record(scene: Scene) -> None:
    """Ann reads her own record, then Bob takes over, destroys the stack and deletes its records, then Ann writes."""
    ann = take(scene.keeper("ann"))
    assert ann.beat()
    asleep(scene)
    reads: list[int] = []

    def bob_destroys(call: Any) -> None:
        if call.operation == "PutParameter" and not reads:
            reads.append(1)
            take(scene.keeper("bob"), "destroy").end("done", {}, forget=True)

    scene.store.trouble = bob_destroys
    assert not ann.beat()
    assert scene.store.kept == {}
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
