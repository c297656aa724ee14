"""A wait goes on while it may help, and ends at once where it cannot."""

from __future__ import annotations

import pytest

from elbplan.core.call import GateStatus
from elbplan.core.cause import Cause
from elbplan.core.kind import Gate
from elbplan.run.gates import GateProblem, GateWait

WHY = (Cause("HTTP 404 on /health", "create that page"),)
FAILING = GateStatus("failing", "0 of 2 healthy", WHY)


def wait(**rest: float) -> GateWait:
    gate = Gate("healthy", "the targets are healthy", 900, lambda *_: iter(()), **rest)
    return GateWait(gate, gate.timeout, began=100)


def test_a_state_that_never_changes_ends_the_wait_at_once() -> None:
    with pytest.raises(GateProblem) as raised:
        wait().passes(GateStatus("failed", "0 of 2 healthy", WHY), now=100, pause=1)
    assert raised.value.what == "0 of 2 healthy"
    assert raised.value.causes == WHY
    assert raised.value.hint == "HTTP 404 on /health: create that page"


def test_failing_is_accepted_for_the_grace_of_the_gate() -> None:
    waiting = wait()
    assert not waiting.passes(FAILING, now=130, pause=15)
    assert waiting.gives_up == 330
    assert not waiting.passes(FAILING, now=429, pause=15)
    with pytest.raises(GateProblem, match="0 of"):
        waiting.passes(FAILING, now=430, pause=15)


def test_a_target_that_starts_again_gets_the_whole_grace_again() -> None:
    waiting = wait()
    waiting.passes(FAILING, now=130, pause=15)
    waiting.passes(GateStatus("waiting", "1 of 2 healthy"), now=300, pause=15)
    assert waiting.gives_up == 900
    assert not waiting.passes(FAILING, now=440, pause=15)


def test_a_state_can_have_a_shorter_grace() -> None:
    waiting = wait()
    outside = GateStatus("failing", "0 of 2 healthy", WHY, grace=60)
    assert not waiting.passes(outside, now=100, pause=15)
    assert waiting.gives_up == 60
    with pytest.raises(GateProblem):
        waiting.passes(outside, now=160, pause=15)


def test_the_deadline_ends_the_wait_with_its_last_causes() -> None:
    with pytest.raises(GateProblem, match=r"^1 of 2 healthy, not ready after 890 s") as raised:
        wait().passes(GateStatus("waiting", "1 of 2 healthy", WHY), now=990, pause=15)
    assert raised.value.causes == WHY


def test_a_gate_with_a_minimum_ends_on_time() -> None:
    waiting, ready = wait(min_seconds=60), GateStatus("ready", "over")
    assert not waiting.passes(ready, now=150, pause=15)
    assert waiting.pause(ready, now=150, pause=15) == 10
    assert waiting.passes(ready, now=160, pause=15)
