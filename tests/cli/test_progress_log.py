"""The log of a run: the causes of a wait are written once, when they appear or change."""

from __future__ import annotations

from elbplan.cli.progress import JsonReporter, LogReporter
from elbplan.cli.terminal import Terminal
from elbplan.core.address import Address
from elbplan.core.cause import Cause
from elbplan.core.plan import Step
from elbplan.render.style import Style
from elbplan.run.outcome import Event

from .kit import CommandResult, PipeStream

STEP = Step("wait targets.web healthy", "gate", "wait", Address("targets", "web"), "", until="healthy")
MISSING = Cause("HTTP 404 on /health", "create that page", targets=("i-1",), names=("server-a",))
LOGIN = Cause("HTTP 401 on /health", targets=("i-1",), names=("server-a",))
HEAD = "wait until the targets are healthy (targets.web) …"


def log(*events: Event) -> list[str]:
    err = PipeStream()
    reporter = LogReporter(Terminal(PipeStream(), PipeStream(), err), Style(120), "")
    for event in events:
        reporter.tell(event)
    return err.getvalue().splitlines()


def waiting(seconds: float, *causes: Cause) -> Event:
    return Event("progress", STEP, "0 of 1 healthy", seconds=seconds, causes=causes)


START = Event("started", STEP)


def test_a_cause_is_written_after_ten_seconds_and_once() -> None:
    lines = log(START, waiting(5, MISSING), waiting(12, MISSING), waiting(20, MISSING), waiting(27, MISSING))
    assert lines == [
        HEAD,
        f"{HEAD} still waiting: 0 of 1 healthy",
        f"{HEAD} because: server-a (i-1): HTTP 404 on /health: create that page",
    ]


def test_another_cause_is_written_too() -> None:
    lines = log(START, waiting(12, MISSING), waiting(20, LOGIN), waiting(27))
    assert [line for line in lines if "because" in line][-1].endswith("HTTP 401 on /health")
    assert len(lines) == 5


def test_a_failure_has_its_causes_whenever_it_comes() -> None:
    failed = Event("failed", STEP, "no", seconds=1, causes=(MISSING,))
    assert log(START, failed)[-1].endswith("create that page")
    assert len(log(START, waiting(12, MISSING), Event("failed", STEP, "no", seconds=400, causes=(MISSING,)))) == 4


def test_events_in_json_have_the_causes() -> None:
    out = PipeStream()
    JsonReporter(Terminal(PipeStream(), out, PipeStream()), "my-web").tell(waiting(2, MISSING))
    (event,) = CommandResult(0, out.getvalue(), "").lines
    assert event["step"]["id"] == STEP.id
    assert event["causes"] == [
        {"text": "HTTP 404 on /health", "fix": "create that page", "targets": [{"id": "i-1", "name": "server-a"}]}
    ]
