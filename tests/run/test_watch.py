"""Watching a record shows whether its run is alive. No two clocks are compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from elbplan.errors import AwsProblem, Refused

from .kit import STACK, LockTest, beating, denied, take

MINUTES, DAY = 300.0, 86400.0
SKEWS = [-DAY, -MINUTES, 0.0, MINUTES, DAY]


@pytest.mark.parametrize("taker", SKEWS)
@pytest.mark.parametrize("holder", SKEWS)
def test_a_run_that_is_alive_is_never_taken_over_by_any_clock(lock_test: LockTest, holder: float, taker: float) -> None:
    held = take(lock_test.lock_manager("ann", skew=holder))
    beating(lock_test, held)
    for _ in range(3):
        lock_test.time.sleep(13)
        with pytest.raises(Refused, match="is alive: it has just written a heartbeat"):
            lock_test.lock_manager("bob", skew=taker).take(STACK, "apply")
    assert held.heartbeat()
    assert lock_test.states == ["running"]


@pytest.mark.parametrize("taker", SKEWS)
@pytest.mark.parametrize("holder", SKEWS)
def test_a_dead_run_is_always_taken_over_by_any_clock(lock_test: LockTest, holder: float, taker: float) -> None:
    take(lock_test.lock_manager("ann", skew=holder))
    began = lock_test.time.hour
    assert take(lock_test.lock_manager("bob", skew=taker)).record.takes == 1
    assert 90 <= lock_test.time.hour - began < 92
    assert lock_test.states == ["taken-over", "running"]


def test_the_messages_name_the_run_that_is_alive_and_the_longest_wait(lock_test: LockTest) -> None:
    beating(lock_test, take(lock_test.lock_manager("ann")))
    writes = list(lock_test.store.writes)
    with pytest.raises(Refused) as refused:
        lock_test.lock_manager("bob").take(STACK, "apply")
    assert refused.value.what == (
        "my-web is being changed: run 1 (apply by ann@laptop, pid 4711), since 2027-01-15T08:00:00Z, "
        "is alive: it has just written a heartbeat"
    )
    assert lock_test.said == [
        "my-web: watching whether run 1 (apply by ann@laptop, pid 4711) is alive, for up to 90 s; "
        "elbplan takes over if its record does not change"
    ]
    assert lock_test.store.writes == [*writes, "PutParameter"]  # ann's heartbeat


def test_a_take_over_is_reported(lock_test: LockTest) -> None:
    take(lock_test.lock_manager("ann"))
    take(lock_test.lock_manager("bob"))
    assert lock_test.records[0].note == "by run 2, bob@laptop"
    assert lock_test.said[1:] == [
        "taking over from run 1 (apply by ann@laptop, pid 4711): its record did not change for 90 s; this is run 2"
    ]


def test_a_run_that_ends_while_it_is_watched_does_not_block(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager("ann"))
    lock_test.time.meanwhile = lambda: held.end("done", {})
    assert take(lock_test.lock_manager("bob")).record.takes == 0
    assert lock_test.states == ["done", "running"]


def test_a_run_that_destroys_the_stack_while_it_is_watched_does_not_block(lock_test: LockTest) -> None:
    held = take(lock_test.lock_manager("ann"), "destroy")
    lock_test.time.meanwhile = lambda: held.end("done", {}, forget=True)
    assert take(lock_test.lock_manager("bob")).record.number == 1


def test_the_record_of_the_holder_decides_how_long_to_watch(lock_test: LockTest) -> None:
    take(lock_test.lock_manager("ann", lease_seconds=600))
    began = lock_test.time.hour
    take(lock_test.lock_manager("bob", lease_seconds=2))
    assert lock_test.time.hour - began >= 600


def test_a_date_that_changes_by_itself_does_not_show_that_a_run_is_alive(lock_test: LockTest) -> None:
    """A fake AWS may answer with the current time as LastModifiedDate."""
    take(lock_test.lock_manager("ann"))
    send = lock_test.store.send

    def dated(call: Any) -> Any:
        answer = send(call)
        if call.operation == "GetParameter" and answer:
            answer["Parameter"]["LastModifiedDate"] = datetime.fromtimestamp(lock_test.time.hour, UTC)
        return answer

    lock_test.store.send = dated  # type: ignore[method-assign]
    assert take(lock_test.lock_manager("bob")).record.takes == 1


def test_a_new_version_shows_that_a_run_is_alive(lock_test: LockTest) -> None:
    """Even if the text is the same, because the clock of the holder may have stopped."""
    take(lock_test.lock_manager("ann"))
    (name,) = lock_test.store.kept

    def written_again() -> None:
        lock_test.store.versions[name] += 1

    lock_test.time.meanwhile = written_again
    with pytest.raises(Refused, match="is alive"):
        lock_test.lock_manager("bob").take(STACK, "apply")


def test_if_two_runs_wait_for_a_dead_run_one_takes_over(lock_test: LockTest) -> None:
    """Cem watches while Bob, who was faster, takes over and is alive."""
    take(lock_test.lock_manager("ann"))
    ends: list[float] = []

    def bob_is_faster() -> None:
        if not ends and lock_test.time.hour > began + 80:
            ends.append(lock_test.time.hour)
            lock_test.time.meanwhile = lambda: None
            beating(lock_test, take(lock_test.lock_manager("bob")))

    began = lock_test.time.hour
    lock_test.time.meanwhile = bob_is_faster
    with pytest.raises(Refused, match=r"run 2 \(apply by bob@laptop, pid 4711\).* is alive"):
        lock_test.lock_manager("cem").take(STACK, "apply")
    assert lock_test.states == ["taken-over", "running"]


def test_a_running_record_that_cannot_be_watched_counts_as_a_lock(lock_test: LockTest) -> None:
    """The list has the record. Without a lock, a second run would go on beside it."""
    take(lock_test.lock_manager("ann"))

    def refuse(call: Any) -> None:
        if call.operation == "GetParameter":
            denied(call)

    lock_test.store.trouble = refuse
    with pytest.raises(Refused, match="cannot see whether it is alive") as refused:
        lock_test.lock_manager("bob").take(STACK, "apply")
    assert "ssm:GetParameter" in refused.value.hint


def test_an_error_while_watching_allows_no_take_over(lock_test: LockTest) -> None:
    take(lock_test.lock_manager("ann"))

    def fail() -> None:
        def trouble(call: Any) -> None:
            raise AwsProblem("AWS failed", code="InternalServerError")

        lock_test.store.trouble = trouble

    lock_test.time.meanwhile = fail
    with pytest.raises(AwsProblem, match="the lock of my-web could not be taken"):
        lock_test.lock_manager("bob").take(STACK, "apply")
    lock_test.store.trouble = lock_test.time.meanwhile = lambda *_: None
    assert lock_test.states == ["running"]
