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

from .kit import STACK, Scene, beating, denied, take


def test_a_run_that_was_taken_over_can_no_longer_write(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    scene.time.hour += 100
    take(scene.keeper("bob"))
    before = dict(scene.store.kept)
    assert held.beat() is False
    assert held.lost is not None
    assert held.lost.who == "bob@laptop"
    held.end("done", {"done": 1}, forget=True)
    assert scene.store.kept == before


def test_the_heartbeat_notices_a_take_over_and_stops_the_run(scene: Scene) -> None:
    held, stop = take(scene.keeper("ann", silence=0.05)), threading.Event()
    scene.time.hour += 100
    take(scene.keeper("bob"))
    held.start_heartbeat(stop)
    assert stop.wait(5)
    held.end("interrupted", {})
    assert scene.states == ["taken-over", "running"]


def test_a_run_stops_after_unlock(scene: Scene) -> None:
    ann = scene.keeper("ann")
    held = take(ann)
    scene.keeper("bob").release(scene.records[-1], "unlocked by bob@laptop")
    assert held.beat() is False
    assert scene.states == ["taken-over"]


def test_no_record_is_written_for_a_stack_that_another_run_destroyed(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    scene.time.hour += 100
    take(scene.keeper("bob"), "destroy").end("done", {}, forget=True)
    assert scene.store.kept == {}
    assert held.beat() is False
    held.end("done", {})
    assert scene.store.kept == {}


def test_only_the_last_records_are_kept(scene: Scene) -> None:
    for _ in range(KEPT + 5):
        take(scene.keeper()).end("done", {})
    assert [record.number for record in scene.records] == list(range(6, KEPT + 6))


def test_a_complete_destroy_leaves_no_records(scene: Scene) -> None:
    for _ in range(13):
        take(scene.keeper()).end("done", {})
    take(scene.keeper(), "destroy").end("done", {}, forget=True)
    assert scene.store.kept == {}


def test_records_of_a_deleted_stack_are_deleted_unless_a_run_has_the_lock(scene: Scene) -> None:
    held = take(scene.keeper())
    beating(scene, held)
    scene.keeper("bob").forget(STACK)
    assert scene.states == ["running"]
    held.end("failed", {})
    scene.keeper("bob").forget(STACK)
    assert scene.store.kept == {}


def test_each_stack_has_its_own_records(scene: Scene) -> None:
    take(scene.keeper())
    assert scene.keeper("bob").take("my-web-2", "apply") is not None
    assert scene.keeper("bob").take("my", "apply") is not None


@pytest.mark.parametrize(
    ("code", "operation"),
    [("AccessDeniedException", "Get"), ("AccessDeniedException", "Put"), ("UnknownOperationException", "Get"),
     ("404", "Get"), ("Unreachable", "Get"), ("NotImplemented", "Get"), ("UnauthorizedOperation", "Put")],
)  # fmt: skip
def test_without_parameter_store_there_is_a_notice_and_no_lock(scene: Scene, code: str, operation: str) -> None:
    def refuse(call: Any) -> None:
        if call.operation.startswith(operation):
            raise AwsProblem("AWS refused it:\n no", code=code)

    scene.store.trouble = refuse
    assert scene.keeper().take(STACK, "apply") is None
    assert scene.said == ["no lock: AWS refused it: no; two applies at once are not guarded"]


@pytest.mark.parametrize(
    "code", ["TooManyUpdates", "ThrottlingException", "InternalServerError", "ParameterLimitExceeded", "ExpiredToken"]
)
def test_after_any_other_error_no_run_goes_on_without_a_lock(scene: Scene, code: str) -> None:
    def refuse(call: Any) -> None:
        if call.operation == "PutParameter":
            raise AwsProblem("AWS refused it", code=code)

    scene.store.trouble = refuse
    with pytest.raises(AwsProblem, match="the lock of my-web could not be taken: AWS refused it") as problem:
        scene.keeper().take(STACK, "apply")
    assert (problem.value.code, scene.said) == (code, [])


def test_without_permission_to_read_a_record_no_lock_stays(scene: Scene) -> None:
    """Such a run could not write a heartbeat, and it would not notice a take-over."""

    def refuse(call: Any) -> None:
        if call.operation == "GetParameter":
            denied(call)

    scene.store.trouble = refuse
    assert scene.keeper().take(STACK, "apply") is None
    assert scene.said == [
        "no lock: AWS refused GetParameter: not authorized at all; two applies at once are not guarded"
    ]
    assert scene.store.kept == {}


@pytest.mark.parametrize("code", ["ThrottlingException", "TooManyUpdates"])
def test_throttling_and_concurrent_updates_pass(scene: Scene, code: str) -> None:
    left = [3]

    def throttle(call: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise AwsProblem("slower", code=code)

    scene.store.trouble = throttle
    assert take(scene.keeper()).record.number == 1


def test_in_a_race_for_one_parameter_exactly_one_run_wins(scene: Scene) -> None:
    """Bob writes during Ann's write and gets TooManyUpdates. At his next attempt her record exists."""
    ann, bob = scene.keeper("ann"), scene.keeper("bob")

    def ann_is_faster(call: Any) -> None:
        if call.operation == "PutParameter":
            scene.store.trouble = lambda call: None
            beating(scene, take(ann))
            raise AwsProblem("There are concurrent updates", code="TooManyUpdates")

    scene.store.trouble = ann_is_faster
    with pytest.raises(Refused, match="ann@laptop"):
        bob.take(STACK, "apply")
    assert [record.who for record in scene.records] == ["ann@laptop"]


def test_heartbeats_that_fail_do_not_end_a_run(scene: Scene) -> None:
    held = take(scene.keeper())
    scene.store.trouble = denied
    assert held.beat()
    held.end("done", {})
    assert scene.said == [
        "the end of run 1 of my-web could not be recorded: AWS refused GetParameter: not authorized at all"
    ]


def test_records_that_cannot_be_deleted_do_not_lock_the_stack(scene: Scene) -> None:
    held = take(scene.keeper(), "destroy")

    def no_deletes(call: Any) -> None:
        if call.operation.startswith("Delete"):
            denied(call)

    scene.store.trouble = no_deletes
    held.end("done", {}, forget=True)
    assert scene.states == ["done"]
    assert scene.said == [
        "records of runs of my-web could not be deleted: AWS refused DeleteParameters: not authorized at all"
    ]


def test_a_run_that_died_on_this_machine_is_taken_over_at_once(scene: Scene) -> None:
    """The test closes the file descriptor, as the end of a process does."""
    ann = scene.keeper("ann", machine="boot-1")
    held = take(ann)
    beating(scene, held)
    next_door = scene.keeper("ann", machine="boot-1")
    with pytest.raises(Refused):
        next_door.take(STACK, "apply")
    scene.time.meanwhile = lambda: None
    os.close(ann.process_files._held[held.record.run])
    elsewhere = scene.keeper("ann", machine="boot-2")
    assert not elsewhere.died_here(scene.records[-1])
    began = scene.time.hour
    assert take(next_door).record.takes == 1
    assert scene.time.hour == began
    assert scene.states == ["taken-over", "running"]
    assert "its process has ended" in scene.said[-1]


def test_a_run_whose_end_could_not_be_recorded_is_taken_over_at_once_on_its_machine(scene: Scene) -> None:
    """The token expires during the run. After a new login the same command goes on at once."""
    held = take(scene.keeper("ann", machine="boot-1"))

    def expired(call: Any) -> None:
        raise AwsProblem("the token has expired", code="ExpiredTokenException")

    scene.store.trouble = expired
    held.end("failed", {})
    scene.store.trouble = lambda call: None
    assert scene.states == ["running"]
    began = scene.time.hour
    assert take(scene.keeper("ann", machine="boot-1")).record.takes == 1
    assert scene.time.hour == began


def test_on_a_copied_machine_a_run_does_not_count_as_dead(scene: Scene) -> None:
    """The same boot of the same machine, but without the file of the run, so its record is watched."""
    take(scene.keeper("ann", machine="boot-1"))
    began = scene.time.hour
    take(scene.keeper("copy", machine="boot-1"))
    assert scene.time.hour - began >= 90


def test_a_path_in_a_run_id_reads_no_file(scene: Scene) -> None:
    files = scene.keeper("ann", machine="boot-1").process_files
    assert not files.is_dead("../../etc/passwd", "boot-1")
    record = replace(RunRecord(STACK, 1, "x", "apply", "ann", 1, 1), run="../x")
    assert not files.is_dead(record.run, "boot-1")
