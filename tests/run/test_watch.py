"""Whether a run lives: its record is watched. No two clocks are compared."""

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
def test_a_living_run_is_never_taken_over_whatever_the_clocks_say(scene: Scene, holder: float, taker: float) -> None:
    held = take(scene.keeper("ann", skew=holder))
    beating(scene, held)
    for _ in range(3):
        scene.time.sleep(13)
        with pytest.raises(Refused, match="lives: it just wrote a heartbeat"):
            scene.keeper("bob", skew=taker).take(STACK, "apply")
    assert held.beat()
    assert scene.states == ["running"]


@pytest.mark.parametrize("taker", SKEWS)
@pytest.mark.parametrize("holder", SKEWS)
def test_a_dead_run_is_always_taken_over_whatever_the_clocks_say(scene: Scene, holder: float, taker: float) -> None:
    take(scene.keeper("ann", skew=holder))
    began = scene.time.hour
    assert take(scene.keeper("bob", skew=taker)).record.takes == 1
    assert 90 <= scene.time.hour - began < 92
    assert scene.states == ["taken-over", "running"]


def test_who_is_refused_is_told_who_lives_and_how_long_it_may_take_to_see(scene: Scene) -> None:
    beating(scene, take(scene.keeper("ann")))
    writes = list(scene.store.writes)
    with pytest.raises(Refused) as refused:
        scene.keeper("bob").take(STACK, "apply")
    assert refused.value.what == (
        "my-web is being changed: run 1 (apply by ann@laptop, pid 4711), since 2027-01-15T08:00:00Z, "
        "lives: it just wrote a heartbeat"
    )
    assert scene.said == [
        "my-web: watching whether run 1 (apply by ann@laptop, pid 4711) lives: up to 90 s; "
        "it is taken over if its record stands still"
    ]
    assert scene.store.writes == [*writes, "PutParameter"]  # ann's heartbeat


def test_a_take_over_is_told(scene: Scene) -> None:
    take(scene.keeper("ann"))
    take(scene.keeper("bob"))
    assert scene.records[0].note == "by run 2, bob@laptop"
    assert scene.said[1:] == [
        "taking over from run 1 (apply by ann@laptop, pid 4711): its record stood still for 90 s; this is run 2"
    ]


def test_a_run_that_ends_while_it_is_watched_is_not_in_the_way(scene: Scene) -> None:
    held = take(scene.keeper("ann"))
    scene.time.meanwhile = lambda: held.end("done", {})
    assert take(scene.keeper("bob")).record.takes == 0
    assert scene.states == ["done", "running"]


def test_a_run_that_destroys_the_stack_while_it_is_watched_is_not_in_the_way(scene: Scene) -> None:
    held = take(scene.keeper("ann"), "destroy")
    scene.time.meanwhile = lambda: held.end("done", {}, forget=True)
    assert take(scene.keeper("bob")).record.number == 1


def test_the_silence_is_the_holders_own_promise(scene: Scene) -> None:
    take(scene.keeper("ann", silence=600))
    began = scene.time.hour
    take(scene.keeper("bob", silence=2))
    assert scene.time.hour - began >= 600


def test_a_date_that_moves_by_itself_is_no_sign_of_life(scene: Scene) -> None:
    """A double of AWS may say the hour of the question for LastModifiedDate."""
    take(scene.keeper("ann"))
    send = scene.store.send

    def dated(call: Any) -> Any:
        answer = send(call)
        if call.operation == "GetParameter" and answer:
            answer["Parameter"]["LastModifiedDate"] = datetime.fromtimestamp(scene.time.hour, UTC)
        return answer

    scene.store.send = dated  # type: ignore[method-assign]
    assert take(scene.keeper("bob")).record.takes == 1


def test_a_version_that_moves_is_a_sign_of_life(scene: Scene) -> None:
    """Even if the text is the same: the holder's time of day may stand still."""
    take(scene.keeper("ann"))
    (name,) = scene.store.kept

    def written_again() -> None:
        scene.store.versions[name] += 1

    scene.time.meanwhile = written_again
    with pytest.raises(Refused, match="lives"):
        scene.keeper("bob").take(STACK, "apply")


def test_of_two_who_wait_for_the_same_dead_run_one_takes_over(scene: Scene) -> None:
    """Cem looks while Bob, who was a moment faster, takes over and lives."""
    take(scene.keeper("ann"))
    ends: list[float] = []

    def bob_is_faster() -> None:
        if not ends and scene.time.hour > began + 80:
            ends.append(scene.time.hour)
            scene.time.meanwhile = lambda: None
            beating(scene, take(scene.keeper("bob")))

    began = scene.time.hour
    scene.time.meanwhile = bob_is_faster
    with pytest.raises(Refused, match=r"run 2 \(apply by bob@laptop, pid 4711\).* lives"):
        scene.keeper("cem").take(STACK, "apply")
    assert scene.states == ["taken-over", "running"]


def test_a_running_record_that_may_not_be_watched_is_a_lock(scene: Scene) -> None:
    """It could be read in the list. To go on without a lock would be to run beside it."""
    take(scene.keeper("ann"))

    def refuse(call: Any) -> None:
        if call.operation == "GetParameter":
            denied(call)

    scene.store.trouble = refuse
    with pytest.raises(Refused, match="whether it lives cannot be seen") as refused:
        scene.keeper("bob").take(STACK, "apply")
    assert "ssm:GetParameter" in refused.value.hint


def test_a_store_that_fails_while_a_run_is_watched_is_no_leave_to_take_over(scene: Scene) -> None:
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
