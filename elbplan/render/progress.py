"""The progress of a run: lines for a log, and a board for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.text import Text

from ..run.outcome import Event
from .layout import shortened
from .phases import step_text
from .style import RESULT_MARKS, Style, duration

SPINNER, ASCII_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
SPINNER_RATE = 8
"""Spinner characters per second."""

RESULT_WORDS: Mapping[str, str] = {"done": "done in", "failed": "failed after", "skipped": "skipped"}


def log_line(event: Event, style: Style, stack: str = "") -> str:
    """Returns one event as one line: `create target_group.web … done in 0.2 s`."""
    prefix = f"{stack}: " if stack else ""
    head = f"{prefix}{step_text(event.step)} …"
    if event.what == "progress":
        head += f" still waiting: {event.text}"
    elif event.what == "skipped":
        head += f" skipped: {event.text}"
    elif event.what in RESULT_WORDS:
        head += f" {RESULT_WORDS[event.what]} {duration(event.took)}" + (
            f": {event.text}" if event.what == "failed" else ""
        )
    return style.clean(head)


def end_line(event: Event, style: Style) -> Text:
    """Returns the line of an ended step."""
    mark, colour = RESULT_MARKS[event.what]
    tail = {"done": f"  {duration(event.took)}", "failed": f"  {event.text}", "skipped": f"  skipped: {event.text}"}
    line = style.line((mark, colour), f" {style.clean(step_text(event.step))}", (tail[event.what], "dim"))
    line.truncate(max(style.width - 1, 20), overflow="ellipsis" if not style.ascii else "crop")
    return line


@dataclass
class ProgressBoard:
    """The running steps. Times are seconds since the start of the run."""

    total: int
    done: int = 0
    ended: int = 0
    note: str = ""
    running: dict[str, tuple[str, float]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Updates the board with an event."""
        id = event.step.id
        if event.what == "started":
            self.running[id] = (step_text(event.step), event.seconds)
        elif event.what == "progress":
            self.texts[id] = event.text
        else:
            self.running.pop(id, None)
            self.ended += 1
            self.done += event.what == "done"

    def picture(self, now: float, style: Style, rows: int = 20) -> list[Text]:
        """Returns a line for each running step, at most `rows` lines, and the progress of the run."""
        spinner = ASCII_SPINNER if style.ascii else SPINNER
        symbol = spinner[int(now * SPINNER_RATE) % len(spinner)]
        running = list(self.running.items())
        visible = running if len(running) <= rows else running[: rows - 1]
        lines = [
            self._step_line(symbol, text, now - began, self.texts.get(id, ""), style) for id, (text, began) in visible
        ]
        if len(visible) < len(running):
            lines.append(style.line((f"  and {len(running) - len(visible)} more", "dim")))
        tail = self.note or "Ctrl-C stops after the running calls"
        text = style.clean(f"{self.done} of {self.total} done · {duration(max(now, 0))} · {tail}")
        return [*lines, style.line((shortened(text, style.width - 1), "bold" if self.note else "dim"))]

    def _step_line(self, symbol: str, text: str, seconds: float, gate_text: str, style: Style) -> Text:
        elapsed = duration(max(seconds, 0))
        left = style.clean(text)
        right = style.clean(f"{elapsed} · {gate_text}" if gate_text else elapsed)
        room = style.width - 1 - 2 - len(left) - 2
        return style.line(
            (symbol, "cyan"), f" {left}  ", (shortened(right, room, "..." if style.ascii else "…"), "dim")
        )
