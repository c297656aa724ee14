"""A write passes only while the lock was confirmed a short while ago, on a clock that counts suspended time."""

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


class Door:
    """AWS behind a lock."""

    def __init__(self, held: Any) -> None:
        self.sent: list[str] = []
        self._send = held.guard(self._note)

    def _note(self, call: Call) -> str:
        self.sent.append(call.operation)
        return "answer"

    def __call__(self, call: Call) -> Any:
        return self._send(call)


def asleep(scene: Scene, seconds: float = 3600) -> None:
    """The machine was asleep; nobody noticed, and no heartbeat was written."""
    scene.time.hour += seconds


def test_within_its_lease_a_run_asks_nobody(scene: Scene) -> None:
    door = Door(take(scene.keeper()))
    asked = len(scene.store.calls)
    asleep(scene, 90 * SHARE - 1)
    door(WRITE)
    assert len(scene.store.calls) == asked


def test_after_its_lease_the_next_write_asks_first(scene: Scene) -> None:
    door = Door(take(scene.keeper()))
    asleep(scene, 90 * SHARE + 1)
    door(READ)
    assert scene.states == ["running"]
    asked = len(scene.store.calls)
    door(WRITE)
    door(WRITE)
    assert [call.operation for call in scene.store.calls[asked:]] == ["GetParameter", "PutParameter", "GetParameter"]
    assert door.sent == ["DescribeListeners", "DeleteListener", "DeleteListener"]


def test_whoever_slept_through_a_take_over_writes_nothing_and_looks_at_nothing(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    door, stop = Door(held), threading.Event()
    held._stop = stop
    asleep(scene)
    take(scene.keeper("bob"))
    kept = dict(scene.store.kept)
    with pytest.raises(Refused, match="taken over by run 2"):
        door(WRITE)
    with pytest.raises(Refused, match="taken over by run 2"):
        door(READ)
    assert (door.sent, stop.is_set(), scene.store.kept) == ([], True, kept)


def test_while_one_thread_asks_no_other_writes(scene: Scene) -> None:
    """Six threads of a run that slept; Parameter Store takes its time to answer the first."""
    held = take(scene.keeper("ann"))
    door = Door(held)
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
            door(WRITE)
        except Refused as refused:
            ends.append(refused.what)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    assert asked.wait(10)
    assert (door.sent, ends) == ([], [])
    answer.set()
    for thread in threads:
        thread.join(10)
    assert door.sent == []
    assert len(ends) == 6


def test_no_answer_is_no_permit(scene: Scene) -> None:
    """Parameter Store fails for a while; the write waits, and passes when the lock was confirmed."""
    held = take(scene.keeper())
    door = Door(held)
    asleep(scene, 80)
    down_until = scene.time.hour + 30

    def fail(call: Any) -> None:
        if scene.time.hour < down_until:
            assert door.sent == []
            raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    door(WRITE)
    assert door.sent == ["DeleteListener"]
    assert scene.time.hour >= down_until


def test_who_gets_no_answer_for_a_whole_silence_stops(scene: Scene) -> None:
    held = take(scene.keeper())
    door = Door(held)
    asleep(scene, 80)

    def fail(call: Any) -> None:
        raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    with pytest.raises(Refused, match="run 1 of my-web could not learn whether its lock is still its own: AWS failed"):
        door(WRITE)
    with pytest.raises(Refused):
        door(READ)
    assert door.sent == []
    assert held.over


def test_who_may_not_ask_any_more_stops_at_once(scene: Scene) -> None:
    held = take(scene.keeper())
    door, began = Door(held), scene.time.hour + 80
    asleep(scene, 80)
    scene.store.trouble = denied
    with pytest.raises(Refused, match="could not learn"):
        door(WRITE)
    assert scene.time.hour == began


def test_ctrl_c_ends_the_wait_for_an_answer(scene: Scene) -> None:
    held, stop = take(scene.keeper()), threading.Event()
    held._stop = stop
    door = Door(held)
    asleep(scene, 80)

    def fail(call: Any) -> None:
        stop.set()
        raise AwsProblem("AWS failed", code="InternalServerError")

    scene.store.trouble = fail
    with pytest.raises(Stopped):
        door(WRITE)
    assert (door.sent, held.over) == ([], "")


def test_the_lease_counts_from_before_the_question(scene: Scene) -> None:
    """The answer took so long that the lease it brings is over when it comes: it is asked again."""
    held = take(scene.keeper())
    door = Door(held)
    asleep(scene)
    slow = [90.0]

    def answer_late(call: Any) -> None:
        if call.operation == "PutParameter" and slow:
            scene.time.hour += slow.pop()

    scene.store.after = answer_late
    door(WRITE)
    assert [call.operation for call in scene.store.calls].count("PutParameter") == 3  # taken, renewed, renewed again


def test_who_took_over_and_sees_that_the_other_woke_up_waits_before_its_first_write(scene: Scene) -> None:
    """Ann renews her lease after Bob has looked last, and before his record is there."""
    ann = take(scene.keeper("ann"))

    def ann_wakes(call: Any) -> None:
        if call.operation == "PutParameter" and call.params["Name"].endswith("2"):
            scene.store.trouble = lambda call: None
            assert ann.beat()

    scene.store.trouble = ann_wakes
    bob = take(scene.keeper("bob"))
    first, second, taken = Door(ann), Door(bob), scene.time.hour
    first(WRITE)
    assert "waits 90 s before it changes anything" in scene.said[-1]
    second(WRITE)
    assert scene.time.hour - taken >= 90
    with pytest.raises(Refused):
        first(WRITE)


def test_whoever_renews_while_another_takes_over_leaves_no_record_that_says_it_runs(scene: Scene) -> None:
    """Ann has read her own record; then Bob takes over; then she writes hers."""
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


def test_whoever_renews_while_another_destroys_the_stack_leaves_no_record(scene: Scene) -> None:
    """Ann has read her own record; then Bob takes over, destroys the stack, and forgets its runs; then she writes."""
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


def test_time_that_was_slept_is_counted_by_whichever_clock_noticed() -> None:
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


def test_the_real_clock_only_grows() -> None:
    elapsed = ElapsedTime()
    seen = [elapsed() for _ in range(100)]
    assert seen == sorted(seen)
    assert seen[-1] < 60
