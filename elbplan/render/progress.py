"""A run while it goes on: lines for a log, and a board for a terminal."""

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
"""Pictures of the spinner a second."""

RESULT_WORDS: Mapping[str, str] = {"done": "done in", "failed": "failed after", "skipped": "skipped"}


def log_line(event: Event, style: Style, stack: str = "") -> str:
    """One event as one line: `create target_group.web … done in 0.2 s`."""
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
    """An ended step above the board."""
    mark, colour = RESULT_MARKS[event.what]
    tail = {"done": f"  {duration(event.took)}", "failed": f"  {event.text}", "skipped": f"  skipped: {event.text}"}
    line = style.line((mark, colour), f" {style.clean(step_text(event.step))}", (tail[event.what], "dim"))
    line.truncate(max(style.width - 1, 20), overflow="ellipsis" if not style.ascii else "crop")
    return line


@dataclass
class ProgressBoard:
    """What runs now. Times are seconds since the run began."""

    total: int
    done: int = 0
    ended: int = 0
    note: str = ""
    running: dict[str, tuple[str, float]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """An event changes the picture."""
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
        """A line per running step, at most `rows`, and how far it is."""
        wheel = ASCII_SPINNER if style.ascii else SPINNER
        turn = wheel[int(now * SPINNER_RATE) % len(wheel)]
        running = list(self.running.items())
        shown = running if len(running) <= rows else running[: rows - 1]
        lines = [self._row(turn, text, now - began, self.texts.get(id, ""), style) for id, (text, began) in shown]
        if len(shown) < len(running):
            lines.append(style.line((f"  and {len(running) - len(shown)} more", "dim")))
        tail = self.note or "Ctrl-C stops after the running calls"
        text = style.clean(f"{self.done} of {self.total} done · {duration(max(now, 0))} · {tail}")
        return [*lines, style.line((shortened(text, style.width - 1), "bold" if self.note else "dim"))]

    def _row(self, turn: str, text: str, seconds: float, saw: str, style: Style) -> Text:
        elapsed = duration(max(seconds, 0))
        left = style.clean(f"{text}")
        told = style.clean(f"{elapsed}{' · ' + saw if saw else ''}")
        room = style.width - 1 - 2 - len(left) - 2
        return style.line((turn, "cyan"), f" {left}  ", (shortened(told, room, "..." if style.ascii else "…"), "dim"))
