"""Several stacks at the same time: slots, order, and one stop for all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from elbplan.core.call import Answer, Call
from elbplan.errors import Interrupted
from elbplan.run.clock import RealClock
from elbplan.run.slots import SleepsWithoutSlot, Slots
from elbplan.run.stack_run import StoppableClock, StoppableReads
from elbplan.run.together import StackJob, StopSwitch, run_together
from tests.fake_time import FakeTime

SECONDS = 10


def test_as_many_steps_run_as_there_are_slots() -> None:
    slots, inside, most = Slots(3), 0, 0
    lock, full = threading.Lock(), threading.Event()

    def step() -> None:
        nonlocal inside, most
        with slots:
            with lock:
                inside += 1
                most = max(most, inside)
                if inside == 3:
                    full.set()
            assert full.wait(SECONDS)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=step) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert (inside, most) == (0, 3)


def test_a_step_that_sleeps_keeps_no_slot() -> None:
    slots = Slots(1)

    class Busy:
        """A clock in whose sleep another step takes the only slot."""

        def now(self) -> float:
            return 0

        def sleep(self, seconds: float) -> None:
            other = threading.Thread(target=self.step, daemon=True)
            other.start()
            other.join(SECONDS)
            assert not other.is_alive(), "the slot was not free"

        def step(self) -> None:
            with slots:
                pass

    with slots:
        SleepsWithoutSlot(Busy(), slots).sleep(1)


def job(name: str, run: Callable[[], str], *after: str) -> StackJob[str]:
    return StackJob(name, run, after)


def test_all_stacks_run_at_the_same_time() -> None:
    meeting = threading.Barrier(40, timeout=SECONDS)

    def run() -> str:
        meeting.wait()
        return "done"

    results = run_together([job(str(number), run) for number in range(40)], StopSwitch())
    assert set(results.values()) == {"done"}
    assert len(results) == 40


def test_a_stack_waits_for_those_that_must_end_first() -> None:
    ended: list[str] = []
    jobs = [
        job("c", lambda: ended.append("c") or "c", "b"),
        job("b", lambda: ended.append("b") or "b", "a", "nobody of this command"),
        job("a", lambda: ended.append("a") or "a"),
    ]
    assert run_together(jobs, StopSwitch()) == {"a": "a", "b": "b", "c": "c"}
    assert ended == ["a", "b", "c"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_of_one_stack_stops_no_other() -> None:
    def broken() -> str:
        raise SystemExit

    assert run_together([job("a", broken), job("b", lambda: "done", "a")], StopSwitch()) == {"b": "done"}
    # pytest warns when the thread ends, which may be after the result.
    for thread in [thread for thread in threading.enumerate() if thread.name == "stack a"]:
        thread.join(SECONDS)


def test_a_stop_reaches_every_run_and_nothing_else_begins() -> None:
    stop, first, late = StopSwitch(), RealClock(), RealClock()
    stop.watch(first.stop)

    def run() -> str:
        stop.press()
        first.sleep(3600)
        stop.watch(late.stop)
        late.sleep(3600)
        return "stopped"

    assert run_together([job("a", run), job("b", lambda: "never", "a")], stop) == {"a": "stopped"}


def test_a_clock_that_is_stopped_raises_instead_of_returning() -> None:
    time, stop = FakeTime(), StopSwitch()
    clock = StoppableClock(time, stop.pressed.is_set)
    clock.sleep(5)
    assert clock.now() == 5
    stop.press()
    with pytest.raises(Interrupted):
        clock.sleep(5)


def test_after_a_stop_nothing_more_is_read() -> None:
    class Cloud:
        region = "eu-west-1"

        def send(self, call: Call) -> Answer:
            return {"sent": call.operation}

    stop = StopSwitch()
    reads = StoppableReads(Cloud(), stop.pressed.is_set)
    assert reads.send(Call("ec2", "DescribeVpcs")) == {"sent": "DescribeVpcs"}
    stop.press()
    with pytest.raises(Interrupted, match="before the first step"):
        reads.send(Call("ec2", "DescribeVpcs"))
