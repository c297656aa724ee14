"""Locks that are lost, given back, or could never be taken."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.errors import AwsProblem, Refused
from elbplan.run.ledger import KEPT
from elbplan.run.record import Record

from .kit import STACK, Scene, denied, take


def test_fenced_off_after_a_take_over(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    scene.time.hour += 100
    take(scene.keeper("bob"))
    before = dict(scene.store.kept)
    assert held.beat() is False
    assert held.lost is not None
    assert held.lost.who == "bob@laptop"
    held.end("done", {"done": 1}, forget=True)
    assert scene.store.kept == before


def test_the_heartbeat_itself_finds_out_and_stops_the_run(scene: Scene) -> None:
    held, stop = take(scene.keeper("ann", silence=0.05)), threading.Event()
    scene.time.hour += 100
    take(scene.keeper("bob"))
    held.keep(stop)
    assert stop.wait(5)
    held.end("interrupted", {})
    assert scene.states == ["taken-over", "running"]


def test_whoever_slept_looks_before_the_next_call(scene: Scene) -> None:
    """A closed laptop: no heartbeat for an hour, and then the middle of a step."""
    held, sent = take(scene.keeper("ann")), []
    send = held.guard(sent.append)
    send("one")  # type: ignore[arg-type]
    reads = len(scene.store.calls)
    send("two")  # type: ignore[arg-type]
    assert len(scene.store.calls) == reads
    scene.time.hour += 3600
    take(scene.keeper("bob"))
    with pytest.raises(Refused, match="taken over by run 2"):
        send("three")  # type: ignore[arg-type]
    assert sent == ["one", "two"]


def test_unlocked_by_hand_the_run_stops(scene: Scene) -> None:
    ann = scene.keeper("ann")
    held = take(ann)
    scene.keeper("bob").release(scene.records[-1], "unlocked by bob@laptop")
    assert held.beat() is False
    assert scene.states == ["taken-over"]


def test_a_stack_destroyed_by_somebody_else_is_not_written_down_again(scene: Scene) -> None:
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


def test_a_whole_destroy_leaves_none(scene: Scene) -> None:
    for _ in range(13):
        take(scene.keeper()).end("done", {})
    take(scene.keeper(), "destroy").end("done", {}, forget=True)
    assert scene.store.kept == {}


def test_records_of_a_stack_that_is_gone_are_swept_but_not_those_of_a_run(scene: Scene) -> None:
    held = take(scene.keeper())
    scene.keeper("bob").forget(STACK)
    assert scene.states == ["running"]
    held.end("failed", {})
    scene.keeper("bob").forget(STACK)
    assert scene.store.kept == {}


def test_other_stacks_are_other_ledgers(scene: Scene) -> None:
    take(scene.keeper())
    assert scene.keeper("bob").take("my-web-2", "apply") is not None
    assert scene.keeper("bob").take("my", "apply") is not None


@pytest.mark.parametrize(
    ("code", "operation"),
    [("AccessDeniedException", "Get"), ("AccessDeniedException", "Put"), ("UnknownOperationException", "Get"),
     ("404", "Get"), ("Unreachable", "Get"), ("ThrottlingException", "Put"), ("ParameterLimitExceeded", "Put")],
)  # fmt: skip
def test_without_parameter_store_there_is_a_notice_and_no_lock(scene: Scene, code: str, operation: str) -> None:
    def refuse(call: Any) -> None:
        if call.operation.startswith(operation):
            raise AwsProblem("AWS refused it:\n no", code=code)

    scene.store.trouble = refuse
    assert scene.keeper().take(STACK, "apply") is None
    assert scene.said == ["no lock: AWS refused it: no; two applies at once are not guarded"]


def test_throttling_passes(scene: Scene) -> None:
    left = [3]

    def throttle(call: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise AwsProblem("slower", code="ThrottlingException")

    scene.store.trouble = throttle
    assert take(scene.keeper()).record.number == 1


def test_heartbeats_that_fail_do_not_end_a_run(scene: Scene) -> None:
    held = take(scene.keeper())
    scene.store.trouble = denied
    assert held.beat()
    held.end("done", {})
    assert scene.said == [
        "the end of run 1 of my-web could not be noted: AWS refused GetParameter: not authorized at all"
    ]


def test_a_parameter_store_that_fails_is_not_asked_before_every_call(scene: Scene) -> None:
    held = take(scene.keeper())
    send = held.guard(lambda call: "answer")
    asked: list[Any] = []

    def fail(call: Any) -> None:
        asked.append(call)
        denied(call)

    scene.store.trouble = fail
    scene.time.hour += 3600
    assert [send(Call("ec2", "DescribeVpcs")) for _ in range(5)] == ["answer"] * 5
    assert len(asked) == 1


def test_records_that_may_not_be_deleted_lock_nobody_out(scene: Scene) -> None:
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


def test_a_run_that_died_on_this_machine_is_not_waited_for(scene: Scene) -> None:
    """The kernel let go of its file; here the file descriptor is closed as the end of a process closes it."""
    ann = scene.keeper("ann", machine="boot-1")
    held = take(ann)
    next_door = scene.keeper("ann", machine="boot-1")
    with pytest.raises(Refused):
        next_door.take(STACK, "apply")
    os.close(ann.witness._held[held.record.run])
    elsewhere = scene.keeper("ann", machine="boot-2")
    with pytest.raises(Refused):
        elsewhere.take(STACK, "apply")
    assert take(next_door).record.takes == 1
    assert scene.states == ["taken-over", "running"]


def test_a_copied_machine_has_no_witness(scene: Scene) -> None:
    """The same start of the same machine, but the run's file is not there: only the heartbeat counts."""
    take(scene.keeper("ann", machine="boot-1"))
    with pytest.raises(Refused):
        scene.keeper("copy", machine="boot-1").take(STACK, "apply")


def test_a_path_in_a_run_id_reads_no_file(scene: Scene) -> None:
    witness = scene.keeper("ann", machine="boot-1").witness
    assert not witness.saw_die("../../etc/passwd", "boot-1")
    record = replace(Record(STACK, 1, "x", "apply", "ann", 1, 1), run="../x")
    assert not witness.saw_die(record.run, "boot-1")
