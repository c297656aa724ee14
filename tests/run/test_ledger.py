"""The list of runs, which is also the lock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.run.lock.record import RunRecord
from elbplan.run.lock.record_parser import read

from .kit import STACK, LockTest, losing, take


def test_a_record_reads_back_as_it_was_written() -> None:
    record = RunRecord(STACK, 42, "ab" * 16, "apply", "ann@laptop", 1_800_000_000.5, 1_800_000_020.25, "failed", 7,
                       "boot", 1_800_000_030.0, 45.0, {"done": 3}, 41, "why", "0.1", "h-12345678")  # fmt: skip
    assert record.name == "/elbplan/my-web/runs/000042"
    assert read(STACK, record.name, record.text()) == record


def test_a_record_with_many_replaced_records_fits_into_a_parameter() -> None:
    replaced = {f"record.{number}.example.com": "CNAME " + "x" * 300 for number in range(40)}
    for letter, shown in (("x", 5), ("ü", 1)):
        who, note = letter * 400, letter * 900
        record = RunRecord(STACK, 1, "ab" * 16, "apply", who, 1.0, 2.0, "done", note=note, replaced=replaced)
        back = read(STACK, record.name, record.text())
        assert back is not None
        assert len(record.text().encode()) <= 4096
        assert [*back.replaced][-1:] == ["..."]
        assert back.replaced["..."] == f"{40 - shown} more"


RUNNING = {"schema": 1, "run": "ab", "verb": "apply", "state": "running", "who": "ann", "lease_seconds": 90, "pid": 7}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value"),
        ("[" * 4000, "recursion"),
        ("[]", "it is not a JSON object"),
        ("null", "it is not a JSON object"),
        ("{}", "its schema is None"),
        (json.dumps({**RUNNING, "schema": 2}), "its schema is 2"),
        (json.dumps({**RUNNING, "state": "asleep"}), "its state is 'asleep'"),
        (json.dumps({**RUNNING, "state": "unknown"}), "its state is 'unknown'"),
        (json.dumps({**RUNNING, "state": ["running"]}), "its state is"),
        (json.dumps({**RUNNING, "lease_seconds": "90s"}), "its lease_seconds is '90s'"),
        (json.dumps({**RUNNING, "lease_seconds": float("nan")}), "its lease_seconds is nan"),
        (json.dumps({**RUNNING, "lease_seconds": 1e9}), "its lease_seconds is"),
        (json.dumps({**RUNNING, "pid": "7"}), "its pid is '7'"),
        (json.dumps({**RUNNING, "counts": {"done": {"web": 1}}}), "its counts is"),
        (json.dumps({**RUNNING, "started": {"at": 1}}), "its started is"),
        (json.dumps({**RUNNING, "started": "tomorrow"}), "its started is 'tomorrow'"),
        (json.dumps({**RUNNING, "run": 7}), "its run is 7"),
    ],
)
def test_a_record_that_cannot_be_read_counts_as_a_held_lock(lock_test: LockTest, text: str, why: str) -> None:
    """It is never taken over, however long the record does not change."""
    lock_test.store.kept["/elbplan/my-web/runs/000007"] = text
    (record,) = lock_test.records
    assert (record.number, record.state, record.holds) == (7, "unknown", True)
    with pytest.raises(Refused) as refused:
        lock_test.lock_manager().take(STACK, "apply")
    assert "run 7 cannot be understood: " in refused.value.what
    assert why in refused.value.what
    assert "elbplan unlock my-web --force" in refused.value.hint
    assert lock_test.store.writes == []


def test_unlock_frees_a_lock_whose_record_cannot_be_read(lock_test: LockTest) -> None:
    lock_test.store.kept["/elbplan/my-web/runs/000007"] = json.dumps({**RUNNING, "schema": 2})
    lock_test.lock_manager().release(lock_test.records[-1], "unlocked by bob@laptop")
    assert take(lock_test.lock_manager()).record.number == 8


def test_fields_of_a_later_version_are_ignored(lock_test: LockTest) -> None:
    take(lock_test.lock_manager())
    (name,) = lock_test.store.kept
    lock_test.store.kept[name] = lock_test.store.kept[name].replace("{", '{"mood": ["good"], ', 1)
    assert lock_test.states == ["running"]


def test_a_record_fits_into_the_free_tier() -> None:
    long = "ü" * 9000
    record = RunRecord(
        STACK, 1, "ab" * 16, "destroy", long, 1e9, 1e9, note=long, counts={f"c{n}": n for n in range(1, 8)}
    )
    assert len(record.text().encode()) <= 4096


def test_a_run_takes_the_next_number_and_ends_with_its_counts(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager(), spec="h-1", counts={"create": 2})
    held.end("done", {"done": 5})
    again = take(lock_test.lock_manager("bob"))
    first, second = lock_test.records
    assert (first.number, first.state, first.counts, first.spec) == (1, "done", {"create": 2, "done": 5}, "h-1")
    assert (second.number, second.state, second.who) == (2, "running", "bob@laptop")
    again.end("failed", {}, "step x: no")
    assert lock_test.records[-1].note == "step x: no"


def test_if_two_runs_create_the_same_number_one_is_refused(lock_test: LockTest) -> None:
    """Bob reads the list, then Ann acquires the lock, then Bob writes."""
    ann, bob = lock_test.lock_manager("ann"), lock_test.lock_manager("bob")

    def ann_is_faster(call: Any) -> None:
        if call.operation == "PutParameter":
            lock_test.store.trouble = lambda call: None
            held = take(ann)
            lock_test.time.meanwhile = held.heartbeat

    lock_test.store.trouble = ann_is_faster
    with pytest.raises(Refused, match="ann@laptop"):
        bob.take(STACK, "apply")
    assert [record.who for record in lock_test.records] == ["ann@laptop"]


def test_a_run_that_began_and_ended_in_the_meantime_is_no_obstacle(lock_test: LockTest) -> None:
    ann, bob = lock_test.lock_manager("ann"), lock_test.lock_manager("bob")

    def ann_is_quick(call: Any) -> None:
        if call.operation == "PutParameter":
            lock_test.store.trouble = lambda call: None
            take(ann).end("done", {})

    lock_test.store.trouble = ann_is_quick
    assert take(bob).record.number == 2


@pytest.mark.parametrize("when", ["trouble", "after"])
def test_a_lost_reply_is_not_a_lost_race(lock_test: LockTest, when: str) -> None:
    """The reply is lost before or after the call has its effect."""
    setattr(lock_test.store, when, losing("PutParameter"))
    assert take(lock_test.lock_manager()).record.number == 1
    assert lock_test.states == ["running"]
