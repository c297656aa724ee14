"""When each step of a plan is expected to run: steps that do not need each other run side by side. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ...core.kind import Phase
from ...core.plan import Plan, Step
from ...kinds import KINDS
from ...run.outcome import StepTime
from ..order import step_sentences
from ..phases import displayed_phases

WRITE_SECONDS = 1.0
"""What a write usually takes."""

UNITS: Mapping[str, int] = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
TIME = re.compile(r"(?:(\d+)\s*(?:-|–|to)\s*)?(\d+)\s*(s|sec|seconds?|min|minutes?|h|hours?)\b")
FEW = re.compile(r"a few (s|sec|second|min|minute|h|hour)")


@dataclass(frozen=True)
class Bar:
    """One step in time.

    number      its place in the plan, from 1
    lane        steps of one lane follow each other; lanes run side by side
    start       seconds after the begin
    seconds     the expected duration; for a wait of unknown length the shortest
    known       False if nobody knows how long it takes
    usual       the usual duration in words
    took        seconds that it took; None if it has not run
    """

    number: int
    step: Step
    phase: Phase
    text: str
    lane: int
    start: float
    seconds: float
    known: bool = True
    usual: str = ""
    needs: tuple[int, ...] = ()
    took: float | None = None


@dataclass(frozen=True)
class Timeline:
    """All steps in time."""

    bars: tuple[Bar, ...] = ()
    seconds: float = 0
    lanes: int = 0
    unknown: int = field(default=0)


def timeline_of(plan: Plan, times: Mapping[str, StepTime] | None = None) -> Timeline:
    """The expected course of a plan, or the real one: `times` has the steps that ran, by their ids."""
    phases, texts = displayed_phases(plan.steps), step_sentences(plan, KINDS)
    numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
    ends: dict[str, float] = {}
    lanes: list[float] = []
    bars = []
    for step in plan.steps:
        ran = (times or {}).get(step.id)
        expected = ran.seconds if ran else _expected(step)
        start = ran.start if ran else max((ends[need] for need in step.needs if need in ends), default=0.0)
        seconds = WRITE_SECONDS if expected is None else expected
        ends[step.id] = start + seconds
        lane = _lane(lanes, start)
        lanes[lane] = ends[step.id]
        bars.append(
            Bar(
                numbers[step.id], step, phases[step.id], texts[step.id], lane, start, seconds,
                expected is not None, usual_of(step),
                tuple(sorted(numbers[need] for need in step.needs if need in numbers)), ran.seconds if ran else None,
            )
        )  # fmt: skip
    unknown = sum(not bar.known for bar in bars)
    return Timeline(tuple(bars), max(ends.values(), default=0.0), len(lanes), unknown)


def _lane(lanes: list[float], start: float) -> int:
    """The first lane that is free at this time."""
    for number, end in enumerate(lanes):
        if end <= start:
            return number
    lanes.append(0)
    return len(lanes) - 1


def usual_of(step: Step) -> str:
    """How long a wait usually takes, in words; empty for a write and where nobody knows."""
    gates = KINDS[step.address.kind].gates
    return next((gate.usual for gate in gates if step.do == "wait" and gate.name == step.until), "")


def _expected(step: Step) -> float | None:
    return seconds_of(usual_of(step)) if step.do == "wait" else WRITE_SECONDS


def seconds_of(text: str) -> float | None:
    """The seconds of a usual time: the upper end of `2-3 min`, of `< 1 min`; None if the text names none."""
    if match := FEW.search(text):
        return 3.0 * UNITS[match[1]]
    found = TIME.search(text)
    return float(found[2]) * UNITS[found[3].removesuffix("s") or "s"] if found else None
