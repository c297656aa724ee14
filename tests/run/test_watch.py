"""Watching a record shows whether its run is alive. No two clocks are compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from elbplan.errors import AwsProblem, Refused

from .kit import STACK, Scene, beating, denied, take

MINUTES, DAY = 300.0, 86400.0
SKEWS = [-DAY, -MINUTES, 0.0, MINUTES, DAY]


@pytest.mark.parametrize("taker", SKEWS)
@pytest.mark.parametrize("holder", SKEWS)
def test_a_run_that_is_alive_is_never_taken_over_by_any_clock(scene: Scene, holder: float, taker: float) -> None:
    held = take(scene.keeper("ann", skew=holder))
    beating(scene, held)
    for _ in range(3):
        scene.time.sleep(13)
        with pytest.raises(Refused, match="is alive: it has just written a heartbeat"):
            scene.keeper("bob", skew=taker).take(STACK, "apply")
    assert held.beat()
    assert scene.states == ["running"]


@pytest.mark.parametrize("taker", SKEWS)
@pytest.mark.parametrize("holder", SKEWS)
def test_a_dead_run_is_always_taken_over_by_any_clock(scene: Scene, holder: float, taker: float) -> None:
    take(scene.keeper("ann", skew=holder))
    began = scene.time.hour
    assert take(scene.keeper("bob", skew=taker)).record.takes == 1
    assert 90 <= scene.time.hour - began < 92
    assert scene.states == ["taken-over", "running"]


def test_the_messages_name_the_run_that_is_alive_and_the_longest_wait(scene: Scene) -> None:
    beating(scene, take(scene.keeper("ann")))
    writes = list(scene.store.writes)
    with pytest.raises(Refused) as refused:
        scene.keeper("bob").take(STACK, "apply")
    assert refused.value.what == (
        "my-web is being changed: run 1 (apply by ann@laptop, pid 4711), since 2027-01-15T08:00:00Z, "
        "is alive: it has just written a heartbeat"
    )
    assert scene.said == [
        "my-web: watching whether run 1 (apply by ann@laptop, pid 4711) is alive, for up to 90 s; "
        "elbplan takes over if its record does not change"
    ]
    assert scene.store.writes == [*writes, "PutParameter"]  # ann's heartbeat


def test_a_take_over_is_reported(scene: Scene) -> None:
    take(scene.keeper("ann"))
    take(scene.keeper("bob"))
    assert scene.records[0].note == "by run 2, bob@laptop"
    assert scene.said[1:] == [
        "taking over from run 1 (apply by ann@laptop, pid 4711): its record did not change for 90 s; this is run 2"
    ]


def test_a_run_that_ends_while_it_is_watched_does_not_block(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    scene.time.meanwhile = lambda: held.end("done", {})
    assert take(scene.keeper("bob")).record.takes == 0
    assert scene.states == ["done", "running"]


def test_a_run_that_destroys_the_stack_while_it_is_watched_does_not_block(scene: Scene) -> None:
    held = take(scene.keeper("ann"), "destroy")
    scene.time.meanwhile = lambda: held.end("done", {}, forget=True)
    assert take(scene.keeper("bob")).record.number == 1


def test_the_record_of_the_holder_decides_how_long_to_watch(scene: Scene) -> None:
    take(scene.keeper("ann", silence=600))
    began = scene.time.hour
    take(scene.keeper("bob", silence=2))
    assert scene.time.hour - began >= 600


def test_a_date_that_changes_by_itself_does_not_show_that_a_run_is_alive(scene: Scene) -> None:
    """A fake AWS may answer with the current time as LastModifiedDate."""
    take(scene.keeper("ann"))
    send = scene.store.send

    def dated(call: Any) -> Any:
        answer = send(call)
        if call.operation == "GetParameter" and answer:
            answer["Parameter"]["LastModifiedDate"] = datetime.fromtimestamp(scene.time.hour, UTC)
        return answer

    scene.store.send = dated  # type: ignore[method-assign]
    assert take(scene.keeper("bob")).record.takes == 1


def test_a_new_version_shows_that_a_run_is_alive(scene: Scene) -> None:
    """Even if the text is the same, because the clock of the holder may have stopped."""
    take(scene.keeper("ann"))
    (name,) = scene.store.kept

    def written_again() -> None:
        scene.store.versions[name] += 1

    scene.time.meanwhile = written_again
    with pytest.raises(Refused, match="is alive"):
        scene.keeper("bob").take(STACK, "apply")


def test_if_two_runs_wait_for_a_dead_run_one_takes_over(scene: Scene) -> None:
    """Cem watches while Bob, who was faster, takes over and is alive."""
    take(scene.keeper("ann"))
    ends: list[float] = []

    def bob_is_faster() -> None:
        if not ends and scene.time.hour > began + 80:
            ends.append(scene.time.hour)
            scene.time.meanwhile = lambda: None
            beating(scene, take(scene.keeper("bob")))

    began = scene.time.hour
    scene.time.meanwhile = bob_is_faster
    with pytest.raises(Refused, match=r"run 2 \(apply by bob@laptop, pid 4711\).* is alive"):
        scene.keeper("cem").take(STACK, "apply")
    assert scene.states == ["taken-over", "running"]


def test_a_running_record_that_cannot_be_watched_counts_as_a_lock(scene: Scene) -> None:
    """The list has the record. Without a lock, a second run would go on beside it."""
    take(scene.keeper("ann"))

    def refuse(call: Any) -> None:
        if call.operation == "GetParameter":
            denied(call)

    scene.store.trouble = refuse
    with pytest.raises(Refused, match="cannot see whether it is alive") as refused:
        scene.keeper("bob").take(STACK, "apply")
    assert "ssm:GetParameter" in refused.value.hint


def test_an_error_while_watching_allows_no_take_over(scene: Scene) -> None:
    take(scene.keeper("ann"))

    def fail() -> None:
        def trouble(call: Any) -> None:
            raise AwsProblem("AWS failed", code="InternalServerError")

        scene.store.trouble = trouble

    scene.time.meanwhile = fail
    with pytest.raises(AwsProblem, match="the lock of my-web could not be taken"):
        scene.keeper("bob").take(STACK, "apply")
    scene.store.trouble = scene.time.meanwhile = lambda *_: None
    assert scene.states == ["running"]
