"""Locks that are lost, released, or that could not be acquired."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import Any

import pytest

from elbplan.errors import AwsProblem, Refused
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.run_store import KEPT

from .kit import STACK, LockTest, beating, denied, take


def test_a_run_that_was_taken_over_can_no_longer_write(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager("ann"))
    lock_test.time.hour += 100
    take(lock_test.lock_manager("bob"))
    before = dict(lock_test.store.kept)
    assert held.heartbeat() is False
    assert held.lost is not None
    assert held.lost.who == "bob@laptop"
    held.end("done", {"done": 1}, forget=True)
    assert lock_test.store.kept == before


def test_the_heartbeat_notices_a_take_over_and_stops_the_run(lock_test: LockTest) -> None:
    held, stop = take(lock_test.lock_manager("ann", lease_seconds=0.05)), threading.Event()
    lock_test.time.hour += 100
    take(lock_test.lock_manager("bob"))
    held.start_heartbeat(stop)
    assert stop.wait(5)
    held.end("interrupted", {})
    assert lock_test.states == ["taken-over", "running"]


def test_a_run_stops_after_unlock(lock_test: LockTest) -> None:
    ann = lock_test.lock_manager("ann")
    held = take(ann)
    lock_test.lock_manager("bob").release(lock_test.records[-1], "unlocked by bob@laptop")
    assert held.heartbeat() is False
    assert lock_test.states == ["taken-over"]


def test_no_record_is_written_for_a_stack_that_another_run_destroyed(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager("ann"))
    lock_test.time.hour += 100
    take(lock_test.lock_manager("bob"), "destroy").end("done", {}, forget=True)
    assert lock_test.store.kept == {}
    assert held.heartbeat() is False
    held.end("done", {})
    assert lock_test.store.kept == {}


def test_only_the_last_records_are_kept(lock_test: LockTest) -> None:
    for _ in range(KEPT + 5):
        take(lock_test.lock_manager()).end("done", {})
    assert [record.number for record in lock_test.records] == list(range(6, KEPT + 6))


def test_a_complete_destroy_leaves_no_records(lock_test: LockTest) -> None:
    for _ in range(13):
        take(lock_test.lock_manager()).end("done", {})
    take(lock_test.lock_manager(), "destroy").end("done", {}, forget=True)
    assert lock_test.store.kept == {}


def test_records_of_a_deleted_stack_are_deleted_unless_a_run_has_the_lock(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager())
    beating(lock_test, held)
    lock_test.lock_manager("bob").forget(STACK)
    assert lock_test.states == ["running"]
    held.end("failed", {})
    lock_test.lock_manager("bob").forget(STACK)
    assert lock_test.store.kept == {}


def test_each_stack_has_its_own_records(lock_test: LockTest) -> None:
    take(lock_test.lock_manager())
    assert lock_test.lock_manager("bob").take("my-web-2", "apply") is not None
    assert lock_test.lock_manager("bob").take("my", "apply") is not None


@pytest.mark.parametrize(
    ("code", "operation"),
    [("AccessDeniedException", "Get"), ("AccessDeniedException", "Put"), ("UnknownOperationException", "Get"),
     ("404", "Get"), ("Unreachable", "Get"), ("NotImplemented", "Get"), ("UnauthorizedOperation", "Put")],
)  # fmt: skip
def test_without_parameter_store_there_is_a_notice_and_no_lock(lock_test: LockTest, code: str, operation: str) -> None:
    def refuse(call: Any) -> None:
        if call.operation.startswith(operation):
            raise AwsProblem("AWS refused it:\n no", code=code)

    lock_test.store.trouble = refuse
    assert lock_test.lock_manager().take(STACK, "apply") is None
    assert lock_test.said == ["no lock: AWS refused it: no; two applies at once are not guarded"]


@pytest.mark.parametrize(
    "code", ["TooManyUpdates", "ThrottlingException", "InternalServerError", "ParameterLimitExceeded", "ExpiredToken"]
)
def test_after_any_other_error_no_run_goes_on_without_a_lock(lock_test: LockTest, code: str) -> None:
    def refuse(call: Any) -> None:
        if call.operation == "PutParameter":
            raise AwsProblem("AWS refused it", code=code)

    lock_test.store.trouble = refuse
    with pytest.raises(AwsProblem, match="the lock of my-web could not be taken: AWS refused it") as problem:
        lock_test.lock_manager().take(STACK, "apply")
    assert (problem.value.code, lock_test.said) == (code, [])


def test_without_permission_to_read_a_record_no_lock_stays(lock_test: LockTest) -> None:
    """Such a run could not write a heartbeat, and it would not notice a take-over."""

    def refuse(call: Any) -> None:
        if call.operation == "GetParameter":
            denied(call)

    lock_test.store.trouble = refuse
    assert lock_test.lock_manager().take(STACK, "apply") is None
    assert lock_test.said == [
        "no lock: AWS refused GetParameter: not authorized at all; two applies at once are not guarded"
    ]
    assert lock_test.store.kept == {}


@pytest.mark.parametrize("code", ["ThrottlingException", "TooManyUpdates"])
def test_throttling_and_concurrent_updates_pass(lock_test: LockTest, code: str) -> None:
    left = [3]

    def throttle(call: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise AwsProblem("slower", code=code)

    lock_test.store.trouble = throttle
    assert take(lock_test.lock_manager()).record.number == 1


def test_in_a_race_for_one_parameter_exactly_one_run_wins(lock_test: LockTest) -> None:
    """Bob writes during Ann's write and gets TooManyUpdates. At his next attempt her record exists."""
    ann, bob = lock_test.lock_manager("ann"), lock_test.lock_manager("bob")

    def ann_is_faster(call: Any) -> None:
        if call.operation == "PutParameter":
            lock_test.store.trouble = lambda call: None
            beating(lock_test, take(ann))
            raise AwsProblem("There are concurrent updates", code="TooManyUpdates")

    lock_test.store.trouble = ann_is_faster
    with pytest.raises(Refused, match="ann@laptop"):
        bob.take(STACK, "apply")
    assert [record.who for record in lock_test.records] == ["ann@laptop"]


def test_heartbeats_that_fail_do_not_end_a_run(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager())
    lock_test.store.trouble = denied
    assert held.heartbeat()
    held.end("done", {})
    assert lock_test.said == [
        "the end of run 1 of my-web could not be recorded: AWS refused GetParameter: not authorized at all"
    ]


def test_records_that_cannot_be_deleted_do_not_lock_the_stack(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager(), "destroy")

    def no_deletes(call: Any) -> None:
        if call.operation.startswith("Delete"):
            denied(call)

    lock_test.store.trouble = no_deletes
    held.end("done", {}, forget=True)
    assert lock_test.states == ["done"]
    assert lock_test.said == [
        "records of runs of my-web could not be deleted: AWS refused DeleteParameters: not authorized at all"
    ]


def test_a_run_that_died_on_this_machine_is_taken_over_at_once(lock_test: LockTest) -> None:
    """The test closes the file descriptor, as the end of a process does."""
    ann = lock_test.lock_manager("ann", machine="boot-1")
    held = take(ann)
    beating(lock_test, held)
    next_door = lock_test.lock_manager("ann", machine="boot-1")
    with pytest.raises(Refused):
        next_door.take(STACK, "apply")
    lock_test.time.meanwhile = lambda: None
    os.close(ann.process_files._held[held.record.run])
    elsewhere = lock_test.lock_manager("ann", machine="boot-2")
    assert not elsewhere.died_here(lock_test.records[-1])
    began = lock_test.time.hour
    assert take(next_door).record.takes == 1
    assert lock_test.time.hour == began
    assert lock_test.states == ["taken-over", "running"]
    assert "its process has ended" in lock_test.said[-1]


def test_a_run_whose_end_could_not_be_recorded_is_taken_over_at_once_on_its_machine(lock_test: LockTest) -> None:
    """The token expires during the run. After a new login the same command goes on at once."""
    held = take(lock_test.lock_manager("ann", machine="boot-1"))

    def expired(call: Any) -> None:
        raise AwsProblem("the token has expired", code="ExpiredTokenException")

    lock_test.store.trouble = expired
    held.end("failed", {})
    lock_test.store.trouble = lambda call: None
    assert lock_test.states == ["running"]
    began = lock_test.time.hour
    assert take(lock_test.lock_manager("ann", machine="boot-1")).record.takes == 1
    assert lock_test.time.hour == began


def test_on_a_copied_machine_a_run_does_not_count_as_dead(lock_test: LockTest) -> None:
    """The same boot of the same machine, but without the file of the run, so its record is watched."""
    take(lock_test.lock_manager("ann", machine="boot-1"))
    began = lock_test.time.hour
    take(lock_test.lock_manager("copy", machine="boot-1"))
    assert lock_test.time.hour - began >= 90


def test_a_path_in_a_run_id_reads_no_file(lock_test: LockTest) -> None:
    files = lock_test.lock_manager("ann", machine="boot-1").process_files
    assert not files.is_dead("../../etc/passwd", "boot-1")
    record = replace(RunRecord(STACK, 1, "x", "apply", "ann", 1, 1), run="../x")
    assert not files.is_dead(record.run, "boot-1")
