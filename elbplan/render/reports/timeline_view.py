"""The timeline for the page: each bar in thousandths of the whole, and the texts of its row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..phases import PHASE_WORDS
from ..style import count, duration
from .timeline import Bar, Timeline

WIDTH = 1000
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
"""The distances of ticks in seconds."""


@dataclass(frozen=True)
class Tick:
    """A mark of the axis."""

    x: int
    text: str


@dataclass(frozen=True)
class BarView:
    """A row of the timeline. `phase` gives its colour, `word` says it to a person."""

    number: int
    text: str
    more: str
    phase: str
    word: str
    expected: str
    took: str
    span: str
    x: int
    width: int
    known: bool


@dataclass(frozen=True)
class TimelineView:
    """The rows, the axis, and a sentence about all of it."""

    summary: str
    bars: Sequence[BarView]
    ticks: Sequence[Tick]
    ran: bool


def timeline_view(timeline: Timeline) -> TimelineView | None:
    """The timeline for the page; None for a plan without steps."""
    if not timeline.bars:
        return None
    total = max(timeline.seconds, 1.0)
    step = next((step for step in STEPS if total / step <= 6), STEPS[-1])
    total = math.ceil(total / step) * step
    ticks = [Tick(round(WIDTH * at / total), _clock(at)) for at in range(0, total + 1, step)]
    bars = [_bar(bar, total) for bar in timeline.bars]
    return TimelineView(_summary(timeline), bars, ticks, any(bar.took is not None for bar in timeline.bars))


def _summary(timeline: Timeline) -> str:
    ran = [bar for bar in timeline.bars if bar.took is not None]
    if ran:
        end = max(bar.start + bar.seconds for bar in ran)
        return f"{len(ran)} of {count(len(timeline.bars), 'step')} ended within {duration(end)}."
    text = f"{count(len(timeline.bars), 'step')}, about {duration(round(timeline.seconds))} in all"
    text += f", at most {timeline.lanes} side by side" if timeline.lanes > 1 else ""
    text += ". The times are the usual ones, of AWS's documentation and of experience"
    if timeline.unknown:
        text += f"; nobody knows how long {count(timeline.unknown, 'wait')} will take"
    return text + "."


def _bar(bar: Bar, total: float) -> BarView:
    needs = f"after {', '.join(map(str, bar.needs))}" if bar.needs else ""
    expected = bar.usual or ("" if not bar.known else "~1 s")
    end = bar.start + bar.seconds
    return BarView(
        bar.number, bar.text, needs, bar.phase, PHASE_WORDS[bar.phase], expected or "unknown",
        "" if bar.took is None else duration(bar.took), f"from {_clock(bar.start)} to {_clock(end)}",
        round(WIDTH * bar.start / total), max(4, round(WIDTH * bar.seconds / total)), bar.known,
    )  # fmt: skip


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02} min" if whole < 3600 else duration(whole)
