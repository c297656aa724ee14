"""The list of runs, and the lock that it is."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from elbplan.core.call import Call
from elbplan.errors import AwsProblem, Refused
from elbplan.run.ledger import KEPT
from elbplan.run.lock import Held, Keeper
from elbplan.run.record import Record, read

from .kit import STACK, Scene, denied, losing


def take(keeper: Keeper, verb: str = "apply", **rest: Any) -> Held:
    held = keeper.take(STACK, verb, **rest)
    assert held is not None
    return held


def test_a_record_reads_back_as_it_was_written() -> None:
    record = Record(STACK, 42, "ab" * 16, "apply", "ann@laptop", 1_800_000_000.5, 1_800_000_020.25, "failed", 7, "boot",
                    1_800_000_030.0, 45.0, {"done": 3}, 41, "why", "0.1", "h-12345678")  # fmt: skip
    assert record.name == "/elbplan/my-web/runs/000042"
    assert read(STACK, record.name, record.text()) == record


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"state": "asleep"}', '{"state": "done", "pid": "x"}'])
def test_a_record_nobody_can_read_counts_and_locks_nobody_out(text: str) -> None:
    record = read(STACK, "/elbplan/my-web/runs/000007", text)
    assert record is not None
    assert (record.number, record.state) == (7, "failed")


def test_fields_of_a_later_version_are_passed_over(scene: Scene) -> None:
    take(scene.keeper())
    (name,) = scene.store.kept
    scene.store.kept[name] = scene.store.kept[name].replace("{", '{"mood": ["good"], ', 1)
    assert scene.states == ["running"]


def test_a_record_fits_into_the_free_tier() -> None:
    long = "ü" * 9000
    record = Record(STACK, 1, "ab" * 16, "destroy", long, 1e9, 1e9, note=long, counts={f"c{n}": n for n in range(1, 8)})
    assert len(record.text().encode()) <= 4096


def test_a_run_takes_the_next_number_and_ends_with_its_counts(scene: Scene) -> None:
    held = take(scene.keeper(), spec="h-1", counts={"create": 2})
    held.end("done", {"done": 5})
    again = take(scene.keeper("bob"))
    first, second = scene.records
    assert (first.number, first.state, first.counts, first.spec) == (1, "done", {"create": 2, "done": 5}, "h-1")
    assert (second.number, second.state, second.who) == (2, "running", "bob@laptop")
    again.end("failed", {}, "step x: no")
    assert scene.records[-1].note == "step x: no"


def test_who_comes_second_is_told_who_was_first_and_has_written_nothing(scene: Scene) -> None:
    take(scene.keeper("ann"))
    writes = list(scene.store.writes)
    scene.time.hour += 30
    with pytest.raises(Refused) as refused:
        scene.keeper("bob").take(STACK, "apply")
    assert refused.value.what == (
        "my-web is being changed: run 1 (apply by ann@laptop, pid 4711), since 2027-01-15T08:00:00Z, "
        "last heartbeat 30 s ago"
    )
    assert "elbplan unlock my-web" in refused.value.hint
    assert scene.store.writes == writes


def test_of_two_who_create_the_same_number_one_is_refused(scene: Scene) -> None:
    """Bob has read the list, then Ann takes the lock, then Bob writes."""
    ann, bob = scene.keeper("ann"), scene.keeper("bob")

    def ann_is_faster(call: Any) -> None:
        if call.operation == "PutParameter":
            scene.store.trouble = lambda call: None
            take(ann)

    scene.store.trouble = ann_is_faster
    with pytest.raises(Refused, match="ann@laptop"):
        bob.take(STACK, "apply")
    assert [record.who for record in scene.records] == ["ann@laptop"]


def test_a_run_that_came_and_went_in_the_meantime_is_no_obstacle(scene: Scene) -> None:
    ann, bob = scene.keeper("ann"), scene.keeper("bob")

    def ann_is_quick(call: Any) -> None:
        if call.operation == "PutParameter":
            scene.store.trouble = lambda call: None
            take(ann).end("done", {})

    scene.store.trouble = ann_is_quick
    assert take(bob).record.number == 2


@pytest.mark.parametrize("when", ["trouble", "after"])
def test_a_lost_reply_is_no_lost_race(scene: Scene, when: str) -> None:
    """Lost before it had its effect, or after."""
    setattr(scene.store, when, losing("PutParameter"))
    assert take(scene.keeper()).record.number == 1
    assert scene.states == ["running"]


def test_dead_after_its_silence_and_not_before(scene: Scene) -> None:
    take(scene.keeper("ann"))
    scene.time.hour += 89
    with pytest.raises(Refused):
        scene.keeper("bob").take(STACK, "apply")
    scene.time.hour += 2
    held = take(scene.keeper("bob"))
    assert scene.states == ["taken-over", "running"]
    assert (held.record.takes, scene.records[0].note) == (1, "by run 2, bob@laptop")
    assert scene.said == [
        "taking over from run 1 (apply by ann@laptop, pid 4711): it was last heard of 91 s ago; this is run 2"
    ]


def test_a_heartbeat_keeps_it_alive(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    for _ in range(10):
        scene.time.hour += 60
        assert held.beat()
    with pytest.raises(Refused, match="last heartbeat 0 s ago"):
        scene.keeper("bob").take(STACK, "apply")


@pytest.mark.parametrize("skew", [-40.0, 40.0])
def test_clocks_that_differ_by_seconds_do_no_harm(scene: Scene, skew: float) -> None:
    take(scene.keeper("ann", skew=skew))
    scene.time.hour += 40
    with pytest.raises(Refused, match=r"last heartbeat \d+ s ago"):
        scene.keeper("bob").take(STACK, "apply")
    scene.time.hour += 200
    take(scene.keeper("bob"))


def test_what_aws_saw_counts_too() -> None:
    """The writer's clock is an hour slow; AWS's is not."""
    record = Record(STACK, 1, "a", "apply", "ann", 1000, 1000, modified=4600)
    assert record.silent(4610) == 10


def test_the_silence_is_the_winners_own_promise(scene: Scene) -> None:
    take(scene.keeper("ann", silence=600))
    scene.time.hour += 300
    with pytest.raises(Refused):
        scene.keeper("bob", silence=2).take(STACK, "apply")


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
    import os

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
