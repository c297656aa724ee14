"""The list of runs, and the lock that it is."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.run.record import Record, read

from .kit import STACK, Scene, losing, take


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
