"""The log of a run: the causes of a wait are written once, when they appear or change."""

from __future__ import annotations

from datetime import UTC, datetime

from elbplan.cli.context import App
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
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC).timestamp()


def log(*events: Event) -> list[str]:
    err = PipeStream()
    app = App(Terminal(PipeStream(), PipeStream(), err), wall=lambda: NOON)
    reporter = LogReporter(app, Style(120), "my-web")
    for event in events:
        reporter.tell(event)
    lines = err.getvalue().splitlines()
    assert all(line.startswith("2026-11-30T12:00:00Z my-web: ") for line in lines)
    return [line.removeprefix("2026-11-30T12:00:00Z my-web: ") for line in lines]


def waiting(seconds: float, *causes: Cause) -> Event:
    return Event("progress", STEP, "0 of 1 healthy", seconds=seconds, causes=causes)


START = Event("started", STEP)


def test_a_cause_is_written_after_ten_seconds_and_once() -> None:
    lines = log(START, waiting(5, MISSING), waiting(12, MISSING), waiting(20, MISSING), waiting(27, MISSING))
    assert lines == [
        "targets web: waiting until the targets are healthy",
        "targets web: 0 of 1 healthy",
        "targets web: server-a (i-1): HTTP 404 on /health: create that page",
    ]


def test_another_cause_is_written_too() -> None:
    lines = log(START, waiting(12, MISSING), waiting(20, LOGIN), waiting(27))
    assert [line for line in lines if "server-a" in line][-1].endswith("HTTP 401 on /health")
    assert len(lines) == 5


def test_a_failure_has_its_causes_whenever_it_comes() -> None:
    failed = Event("failed", STEP, "no", seconds=1, causes=(MISSING,))
    assert log(START, failed)[-1].endswith("create that page")
    assert len(log(START, waiting(12, MISSING), Event("failed", STEP, "no", seconds=400, causes=(MISSING,)))) == 4


def test_events_in_json_have_the_causes() -> None:
    out = PipeStream()
    app = App(Terminal(PipeStream(), out, PipeStream()), wall=lambda: NOON)
    JsonReporter(app, "my-web").tell(waiting(2, MISSING))
    (event,) = CommandResult(0, out.getvalue(), "").lines
    assert event["step"]["id"] == STEP.id
    assert event["at"] == "2026-11-30T12:00:00.000Z"
    assert event["causes"] == [
        {"text": "HTTP 404 on /health", "fix": "create that page", "targets": [{"id": "i-1", "name": "server-a"}]}
    ]
