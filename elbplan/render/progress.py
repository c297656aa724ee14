"""The progress of a run: lines for a log, and a board for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rich.cells import cell_len
from rich.text import Text

from ..run.outcome import Event
from .causes import short_lines
from .layout import shortened
from .step_words import done_text, expectations, failed_text, running_text, subject, took_text
from .style import RESULT_MARKS, Style, duration

SPINNER, ASCII_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
SPINNER_RATE = 8
"""Spinner characters per second."""

TIMES_AT = 30
"""The column of the durations, if the text on their left is not longer."""

SHORTEST_TEXT = 20
"""Columns that the text keeps beside the duration."""

MARK = 2
"""Columns of the mark at the start of a row."""


def log_lines(event: Event, style: Style, stack: str, *, causes: bool = False) -> list[str]:
    """Returns an event as lines of a log, each with the stack and the resource; `causes`: also why a wait goes on."""
    lines = [_log_text(event)]
    if causes:
        lines += [f"{subject(event.step)}: {cause}" for cause in event.causes]
    return [style.clean(f"{stack}: {line}") for line in lines]


def _log_text(event: Event) -> str:
    took = took_text(event)
    if event.what == "done":
        return done_text(event) + (f" after {took}" if took else "")
    if event.what == "failed":
        return failed_text(event) + (f" (after {took})" if took else "")
    if event.what == "skipped":
        why = "an earlier step is not done" if event.text.startswith("needs ") else event.text
        return f"{subject(event.step)}: skipped: {why}"
    if event.what == "started":
        return running_text(replace(event, text=""))
    expected = expectations(event)
    return running_text(event) + (f" ({expected[0]})" if expected else "")


def end_line(event: Event, style: Style) -> Text:
    """Returns the row of an ended step, with its duration."""
    mark, colour = RESULT_MARKS[event.what]
    if event.what == "done":
        text = done_text(event)
    else:
        text = failed_text(event) if event.what == "failed" else f"{subject(event.step)}: skipped: {event.text}"
    return _row(mark, colour, text, [took_text(event)], style)


def _row(mark: str, colour: str, text: str, rights: Sequence[str], style: Style) -> Text:
    """One row: mark, text, and the first of `rights` that fits. The text gives way to the last one."""
    room, text = style.width - 1 - MARK, style.clean(text)
    choices = [right for right in rights if right] or [""]
    right = next((choice for choice in choices if cell_len(f"{text}  {choice}") <= room), choices[-1])
    text = _shortened(text, max(SHORTEST_TEXT, room - 2 - cell_len(right)) if right else room, style)
    gap = max(2, min(TIMES_AT - cell_len(text), room - cell_len(text) - cell_len(right))) if right else 0
    row = style.line((mark, colour), " ", text, " " * gap, (right, "dim"))
    row.truncate(style.width - 1)
    return row


def _shortened(text: str, width: int, style: Style) -> str:
    return shortened(text, width, "..." if style.ascii else "…")


@dataclass
class RunningStep:
    """A step on the board: since when it runs, and its last event."""

    began: float
    event: Event


@dataclass
class ProgressBoard:
    """The running steps. Times are seconds since the start of the run."""

    total: int
    done: int = 0
    note: str = ""
    running: dict[str, RunningStep] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Updates the board with an event."""
        id = event.step.id
        if event.what == "started":
            self.running[id] = RunningStep(event.seconds, replace(event, text=""))
        elif event.what == "progress":
            self.running.setdefault(id, RunningStep(event.seconds, event)).event = event
        else:
            self.running.pop(id, None)
            self.done += event.what == "done"

    def picture(self, now: float, style: Style, rows: int = 20) -> list[Text]:
        """Returns a line for each running step, the causes of long waits, and the progress of the run.

        The steps take at most `rows` lines. If there are too many, the causes stay away first.
        """
        spinner = ASCII_SPINNER if style.ascii else SPINNER
        symbol = spinner[int(now * SPINNER_RATE) % len(spinner)]
        running = list(self.running.values())
        visible = running if len(running) <= rows else running[: rows - 1]
        lines: list[Text] = []
        for number, step in enumerate(visible):
            lines.append(_step_line(step, symbol, now - step.began, style))
            causes = short_lines(step.event.causes, style) if now - step.began >= CAUSE_AFTER else []
            if len(lines) + len(causes) + len(visible) - number - 1 <= rows:
                lines += causes
        if len(visible) < len(running):
            lines.append(style.line((f"  and {len(running) - len(visible)} more", "dim")))
        return [*lines, self._footer(now, style)]

    def _footer(self, now: float, style: Style) -> Text:
        head = f"{self.done} of {self.total} · {duration(max(now, 0))}"
        tails = [self.note] if self.note else ["Ctrl-C: stop safely; run again to go on", "Ctrl-C: stop safely"]
        texts = [style.clean(f"{head} · {tail}") for tail in tails]
        text = next((text for text in texts if cell_len(text) < style.width), texts[-1])
        return style.line((_shortened(text, style.width - 1, style), "bold" if self.note else "dim"))


CAUSE_AFTER = 10.0
"""Seconds after which a wait shows its causes. Most waits of a healthy stack have something to say before."""


def _step_line(step: RunningStep, symbol: str, seconds: float, style: Style) -> Text:
    elapsed = duration(max(seconds, 0)) if seconds >= 1 else ""
    notes = [f"{elapsed}   {note}" for note in expectations(step.event)] if elapsed else []
    return _row(symbol, "cyan", running_text(step.event), [*notes, elapsed], style)
