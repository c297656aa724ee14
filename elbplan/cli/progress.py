"""Who watches a run: a log, a terminal that moves, a program, or nobody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Protocol

from rich.console import Group
from rich.live import Live

from ..render.documents import event_document
from ..render.progress import ProgressBoard, end_line, log_line
from ..render.style import Style
from ..run.outcome import Event
from .terminal import Terminal

STILL = 60.0
"""Seconds between two lines of a log about the same wait."""

STOPPING = "finishing running calls; press again to leave at once"
LEFT = "left in the middle; run the same command again: it looks where it is"


class Reporter(Protocol):
    """Told of everything that happens in the run of one stack."""

    def watching(self) -> AbstractContextManager[object]:
        """From the first event to the last."""

    def tell(self, event: Event) -> None:
        """One event, from whichever thread."""

    def stopping(self) -> None:
        """A person pressed Ctrl-C once."""

    def leaving(self) -> None:
        """And once more: the process ends in the middle of everything."""


class SilentReporter:
    """Says nothing until the end; the others watch more closely."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal

    def watching(self) -> AbstractContextManager[object]:
        return nullcontext()

    def tell(self, event: Event) -> None:
        pass

    def stopping(self) -> None:
        self._terminal.err(STOPPING)

    def leaving(self) -> None:
        self._terminal.err(LEFT)


class LogReporter(SilentReporter):
    """A line at the start and one at the end of each step."""

    def __init__(self, terminal: Terminal, style: Style, stack: str) -> None:
        super().__init__(terminal)
        self._style, self._stack = style, stack
        self._said: dict[str, float] = {}

    def tell(self, event: Event) -> None:
        id = event.step.id
        if event.what == "progress" and event.seconds - self._said.get(id, event.seconds) < STILL:
            return
        self._said[id] = event.seconds
        self._terminal.err(log_line(event, self._style, self._stack))


class Stream(SilentReporter):
    """One JSON object an event."""

    def __init__(self, terminal: Terminal, stack: str) -> None:
        super().__init__(terminal)
        self._stack = stack

    def tell(self, event: Event) -> None:
        self._terminal.out(json.dumps(event_document(self._stack, event)))


class ScreenReporter(SilentReporter):
    """What runs is redrawn at the bottom; what ended scrolls away above it."""

    def __init__(self, terminal: Terminal, style: Style, total: int, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(terminal)
        self._style, self._now = style, now
        self._board = ProgressBoard(total)
        self._console = terminal.console(terminal.stderr)
        self._began = now()

    def watching(self) -> AbstractContextManager[object]:
        with ExitStack() as stack:
            self._began = self._now()
            stack.enter_context(
                Live(get_renderable=self._picture, console=self._console, refresh_per_second=8, transient=True)
            )
            return stack.pop_all()

    def tell(self, event: Event) -> None:
        if event.what not in ("started", "progress"):
            self._console.print(end_line(event, self._style))
        self._board.take(event)

    def stopping(self) -> None:
        self._board.note = STOPPING

    def leaving(self) -> None:
        self._console.show_cursor(True)
        self._terminal.err("", LEFT)

    def _picture(self) -> Group:
        rows = max(3, self._console.size.height - 4)
        return Group(*self._board.picture(self._now() - self._began, self._style, rows))
