"""A wait goes on while it may help, and ends at once where it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.core.call import GateStatus
from elbplan.core.cause import Cause
from elbplan.core.kind import Gate
from elbplan.kinds.aws.target_gates import no_target_draining
from elbplan.run.gates import GateProblem, GateWait

WHY = (Cause("HTTP 404 on /health", "create that page"),)
FAILING = GateStatus("failing", "0 of 2 healthy", WHY)


def wait(**rest: Any) -> GateWait:
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


def test_the_usual_time_is_that_of_the_probe_or_of_the_gate_or_the_least_time() -> None:
    seen = GateStatus("waiting", "2 targets still finish requests", usual="5 min")
    assert wait(usual="< 1 min").usual(seen) == "5 min"
    assert wait(usual="< 1 min").usual(FAILING) == "< 1 min"
    assert wait(min_seconds=60).usual(FAILING) == "60 s"
    assert wait().usual(FAILING) == ""


@pytest.mark.parametrize(("delay", "usual"), [("300", "5 min"), ("45", "45 s"), ("0", ""), ("", "")])
def test_a_drain_takes_the_deregistration_delay_of_its_group(delay: str, usual: str) -> None:
    draining = {"TargetHealthDescriptions": [{"TargetHealth": {"State": "draining"}}]}
    probe = no_target_draining("arn", delay)
    next(probe)
    with pytest.raises(StopIteration) as ended:
        probe.send(draining)
    assert ended.value.value == GateStatus("waiting", "1 target still finishes requests", usual=usual)
