"""The progress of a run: lines for a log, and a board for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rich.text import Text

from ..run.outcome import Event
from .causes import short_lines
from .layout import shortened
from .phases import step_text, subject_text
from .style import RESULT_MARKS, Style, duration

SPINNER, ASCII_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
SPINNER_RATE = 8
"""Spinner characters per second."""

RESULT_WORDS: Mapping[str, str] = {"done": "done in", "failed": "failed after", "skipped": "skipped"}


def log_line(event: Event, style: Style, stack: str = "") -> str:
    """Returns one event as one line: `create target_group.web … done in 0.2 s`."""
    head = _log_head(event, stack)
    if event.what == "progress":
        head += f" still waiting: {event.text}"
    elif event.what == "skipped":
        head += f" skipped: {event.text}"
    elif event.what in RESULT_WORDS:
        head += f" {RESULT_WORDS[event.what]} {duration(event.took)}" + (
            f": {event.text}" if event.what == "failed" else ""
        )
    return style.clean(head)


def cause_log_lines(event: Event, style: Style, stack: str = "") -> list[str]:
    """Returns the causes of a wait, each as one line."""
    return [style.clean(f"{_log_head(event, stack)} because: {cause}") for cause in event.causes]


def _log_head(event: Event, stack: str) -> str:
    prefix = f"{stack}: " if stack else ""
    return f"{prefix}{step_text(event.step)} …"


def end_line(event: Event, style: Style) -> Text:
    """Returns the line of an ended step; for a wait, with the state that it saw."""
    mark, colour = RESULT_MARKS[event.what]
    tail = {"done": f"  {duration(event.took)}", "failed": f"  {event.text}", "skipped": f"  skipped: {event.text}"}
    text, end = step_text(event.step), tail[event.what]
    if event.step.do == "wait" and event.what != "skipped":
        text, end = f"{subject_text(event.step)}: {event.text}", f"  {duration(event.took)}"
    line = style.line((mark, colour), f" {style.clean(text)}", (end, "dim"))
    line.truncate(max(style.width - 1, 20), overflow="ellipsis" if not style.ascii else "crop")
    return line


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
    ended: int = 0
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
            self.ended += 1
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
        tail = self.note or "Ctrl-C stops after the running calls"
        text = style.clean(f"{self.done} of {self.total} done · {duration(max(now, 0))} · {tail}")
        return [*lines, style.line((shortened(text, style.width - 1), "bold" if self.note else "dim"))]


CAUSE_AFTER = 10.0
"""Seconds after which a wait shows its causes. Most waits of a healthy stack have something to say before."""


def _step_line(step: RunningStep, symbol: str, seconds: float, style: Style) -> Text:
    event, elapsed = step.event, duration(max(seconds, 0))
    if event.step.do == "wait" and event.text:
        left, notes = style.clean(f"{subject_text(event.step)}: {event.text}"), _expectations(event)
    else:
        left, notes = style.clean(step_text(event.step)), [event.text]
    room = style.width - 1 - 2 - len(left) - 2
    texts = [style.clean(f"{elapsed} · {note}") for note in notes if note] or [elapsed]
    right = next((text for text in texts if len(text) <= room), texts[-1])
    return style.line((symbol, "cyan"), f" {left}  ", (shortened(right, room, "..." if style.ascii else "…"), "dim"))


def _expectations(event: Event) -> list[str]:
    """How long the wait usually takes and when it ends; then the same in fewer words."""
    usual = f"usually {event.usual}" if event.usual else ""
    gives_up = f"gives up at {duration(event.gives_up)}" if event.gives_up else ""
    return [", ".join(part for part in (usual, gives_up) if part), gives_up]
