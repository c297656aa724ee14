"""A hold that watches, and what the records of runs tell of holds: without AWS."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.address import Address, AwsId
from elbplan.core.call import Call
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.kinds.aws.target_ids import targets_id
from elbplan.kinds.target import Target
from elbplan.kinds.targets import Targets
from elbplan.migrations.apply.hold import AGAIN, LOOK, Hold
from elbplan.migrations.apply.journal import edited, journal_of
from elbplan.migrations.migration import Migration, MigrationStep
from elbplan.run.lock.record import RunRecord
from elbplan.run.result import RunResult

WEB = Address("targets", "web")
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/1"


class Time:
    """It passes when somebody sleeps."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        self.slept.append(seconds)


def plan() -> Plan:
    targets = Targets(group=AwsId(GROUP), members=(Target(instance=AwsId("i-0aaa"), port=80),))
    return Plan("shop", "eu-west-1", "123456789012", lives={WEB: LiveResource(WEB, targets_id(GROUP), targets)})


def kept(states: list[str], seconds: float = 30) -> tuple[str, Time]:
    """What a hold says that sees these states, the last of them for ever."""
    time, left = Time(), list(states)

    def send(call: Call) -> Any:
        state = left.pop(0) if len(left) > 1 else left[0]
        health = {"State": state, **({} if state == "healthy" else {"Reason": "Target.Timeout"})}
        return {"TargetHealthDescriptions": [{"Target": {"Id": "i-0aaa", "Port": 80}, "TargetHealth": health}]}

    entry = MigrationStep("hold", WEB, until="healthy", hold=seconds)
    return Hold(entry, RunResult(plan()), send, time).wait(seconds), time


def test_what_stays_healthy_is_held_to_the_end() -> None:
    saw, time = kept(["healthy"])
    assert saw == ""
    assert time.slept == [LOOK] * 3


def test_one_bad_look_may_be_a_blink() -> None:
    saw, time = kept(["healthy", "unhealthy", "healthy"])
    assert saw == ""
    assert AGAIN in time.slept


def test_two_bad_looks_end_it() -> None:
    saw, time = kept(["healthy", "unhealthy"], seconds=3600)
    assert saw.startswith("0 of 1 healthy")
    assert time.passed == LOOK + AGAIN


def test_a_hold_that_watches_nothing_only_waits() -> None:
    time = Time()
    assert Hold(MigrationStep("hold", hold=25), RunResult(plan()), lambda call: {}, time).wait(25) == ""
    assert time.passed == 25


def record(number: int, **more: Any) -> RunRecord:
    began = number * 10.0
    return RunRecord("shop", number, f"{number:032x}", "apply", "bob@here", began, 0, ended=began + 5, **more)


FIRST = Migration("shop", 1, "first", sha="a")
SECOND = Migration("shop", 2, "second", sha="b")


def test_what_the_last_run_held_at_is_known_as_long_as_the_file_is_the_same() -> None:
    journal = journal_of([record(1, state="held", file="0002_second", sha="b", at=6)])
    assert journal.holds(("0002_second", 6), SECOND)
    assert journal.since == 15
    assert not journal.holds(("0002_second", 7), SECOND)
    assert not journal.holds(("0002_second", 6), Migration("shop", 2, "second", sha="c"))


def test_a_hold_is_forgotten_when_a_later_run_came() -> None:
    held = record(1, state="held", file="0002_second", sha="b", at=6)
    assert journal_of([held, record(2, state="failed", file="0002_second", sha="b", at=6)]).held is None
    assert journal_of([held, record(2, state="done")]).held == ("0002_second", 6), (
        "a run of no file says nothing of files"
    )


def test_a_file_that_was_applied_and_edited_is_known_until_it_is_taken_back() -> None:
    done = [record(n, state="done", file=f.id, sha="old") for n, f in enumerate((FIRST, SECOND), 1)]
    assert [m.id for m, _ in edited([FIRST, SECOND], journal_of(done))] == ["0001_first", "0002_second"]
    back = record(3, state="rolled-back", file="0002_second", sha="b", mode="rollback")
    journal = journal_of([*done, back])
    assert [m.id for m, _ in edited([FIRST, SECOND], journal)] == ["0001_first"]
    assert journal.rolled_back_by(SECOND) == 3
    assert journal.rolled_back_by(Migration("shop", 2, "second", sha="new")) == 0


@pytest.mark.parametrize("way", ["direct", "rollback"])
def test_a_way_that_was_not_gone_to_its_end_is_under_way(way: str) -> None:
    journal = journal_of([record(1, state="failed", file="0002_second", sha="b", mode=way)])
    assert journal.under_way
    assert journal.under_way.mode == way
    ended = "done" if way == "direct" else "rolled-back"
    assert journal_of([record(1, state=ended, file="0002_second", sha="b", mode=way)]).under_way is None
