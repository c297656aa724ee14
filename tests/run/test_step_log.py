"""The steps in the record of a run: what is kept, how it is shortened, and who can read it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.address import Address
from elbplan.core.hidden import Hidden
from elbplan.core.plan import Plan, Step
from elbplan.kinds.aws.parameter_store import LARGEST_VALUE
from elbplan.kinds.target_group import TargetGroup
from elbplan.run.lock.record import RunRecord, RunStep
from elbplan.run.lock.record_parser import read
from elbplan.run.lock.step_log import StepLog
from elbplan.run.outcome import Event

from .kit import LockTest, take

GROUP = Address("target_group", "web")
STEP = Step("create target_group.web", "expand", "create", GROUP, "in the spec, not in AWS")
RECORD = RunRecord("my-web", 1, "b" * 32, "apply", "ann@laptop", 1.8e9, 1.8e9)
EMPTY = Plan("my-web", "ap-northeast-2", "")


def read_again(text: str) -> RunRecord:
    record = read("my-web", RECORD.name, text)
    assert record is not None
    return record


def with_steps(steps: Any) -> RunRecord:
    return read_again(json.dumps({**json.loads(RECORD.text()), "steps": steps}))


def test_the_log_keeps_the_ends_of_steps_with_the_time_since_the_start_of_the_run() -> None:
    log = StepLog(EMPTY)
    log.begin(3.0)
    log.take(Event("started", STEP, seconds=1.0))
    log.take(Event("progress", STEP, "0 of 2 healthy", seconds=1.5))
    log.take(Event("done", STEP, "arn:...", seconds=2.5, took=1.5))
    log.take(Event("failed", STEP, "AWS refused\nCreateListener", seconds=9.0, took=2.0))
    log.take(Event("skipped", STEP, "needs target_group.web", seconds=9.0))
    log.take(Event("skipped", STEP, "interrupted", seconds=9.5, took=4.0))
    assert log.steps() == (
        RunStep("create target_group.web", 4.0, 1.5),
        RunStep("create target_group.web", 10.0, 2.0, "AWS refused CreateListener"),
        RunStep("create target_group.web", 8.5, 4.0, "interrupted"),
    )


def test_a_record_keeps_its_steps() -> None:
    steps = (
        RunStep("create listener.443", 1.2, 0.5),
        RunStep("wait targets.web healthy", 2.0, 305.1, "0 of 2 healthy"),
    )
    assert read_again(replace(RECORD, steps=steps).text()).steps == steps


def test_a_record_without_steps_is_as_before() -> None:
    assert "steps" not in json.loads(RECORD.text())
    assert read_again(RECORD.text()).steps == ()


@pytest.mark.parametrize("failure", ["", "f" * 200])
def test_a_long_run_drops_the_oldest_steps_and_fits_into_a_parameter(failure: str) -> None:
    steps = tuple(RunStep(f"create rule.{number}", number, 1.0, failure) for number in range(500))
    crowded = replace(RECORD, steps=steps, note="n" * 400, replaced={f"record.{n}": "x" * 200 for n in range(20)})
    text = crowded.text()
    assert len(text.encode()) <= LARGEST_VALUE
    kept = read_again(text)
    assert 5 < len(kept.steps) < 500
    assert kept.steps == steps[-len(kept.steps) :]
    assert kept.replaced, "the replaced records come first"


def test_about_sixty_steps_fit() -> None:
    steps = tuple(RunStep(f"create target_group.web-{number}", number * 10.0, 1.5) for number in range(60))
    assert len(read_again(replace(RECORD, steps=steps).text()).steps) == 60


@pytest.mark.parametrize(
    "steps",
    ["text", 7, {"a": 1}, None, [["x", 1, "id"]], [[1, 2]], [[10**400, 1, "id"]], [[float("nan"), 1, "id"]], [1, [[]]]],
)
def test_steps_that_cannot_be_understood_never_make_a_record_a_lock(steps: Any) -> None:
    record = with_steps(steps)
    assert (record.state, record.holds, record.steps) == ("running", True, ())
    ended = read_again(json.dumps({**json.loads(replace(RECORD, state="done").text()), "steps": steps}))
    assert (ended.state, ended.holds) == ("done", False)


def test_what_a_newer_version_adds_to_a_step_is_ignored() -> None:
    assert with_steps([[1, 2.5, "create listener.443", "", {"new": True}]]).steps == (
        RunStep("create listener.443", 1.0, 2.5),
    )


def test_control_characters_of_a_record_do_not_reach_the_screen() -> None:
    assert with_steps([[1, 2, "create \x1b[31m", "no\n"]]).steps == (RunStep("create \\x1b[31m", 1.0, 2.0, "no\\n"),)


def test_no_value_of_a_variable_reaches_the_record() -> None:
    secret = Hidden("hunter2-hunter2", "${SECRET}")
    group = TargetGroup(port=80, tags={"note": secret})
    log = StepLog(replace(EMPTY, desired={GROUP: group}))
    log.take(Event("failed", STEP, "AWS refused: 'hunter2-hunter2' is not valid", seconds=1, took=1))
    assert log.steps()[0].failure == "AWS refused: the value of ${SECRET} is not valid"


def test_each_heartbeat_and_the_end_record_the_steps_without_another_call(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager())
    steps: list[RunStep] = []
    held.start_heartbeat(threading.Event(), lambda: tuple(steps))
    lock_test.store.calls.clear()
    assert held.heartbeat()
    without = [call.operation for call in lock_test.store.calls]
    steps.append(RunStep("create target_group.web", 1.0, 0.2))
    lock_test.store.calls.clear()
    assert held.heartbeat()
    assert [call.operation for call in lock_test.store.calls] == without
    assert lock_test.records[0].steps == tuple(steps), "also if the run is killed now"
    steps.append(RunStep("create listener.443", 1.5, 0.1, "AWS refused"))
    held.end("failed", {"done": 1, "failed": 1})
    assert lock_test.records[0].steps == tuple(steps)
