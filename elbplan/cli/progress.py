"""Reports the progress of a run: as a log, on a redrawn screen, as JSON, or not at all."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Protocol

from rich.console import Group
from rich.live import Live

from ..core.cause import Cause
from ..core.utc import time_text
from ..errors import Interrupted
from ..render.documents import event_document
from ..render.progress import CAUSE_AFTER, ProgressBoard, end_line, log_lines
from ..render.style import Style
from ..run.outcome import Event
from .context import App
from .errors import print_error_document

REPEAT_AFTER = 60.0
"""Seconds until a log repeats the line about the same wait."""

STOPPING = "stopping after the running calls; press Ctrl-C again to stop at once"
STOPPED_EARLY = "stopped in the middle of a call; run the same command again to continue"


class Reporter(Protocol):
    """Receives all events of one stack's run."""

    def watching(self) -> AbstractContextManager[object]:
        """Returns a context that surrounds the run."""

    def tell(self, event: Event) -> None:
        """Reports one event. Any thread can call it."""

    def stopping(self) -> None:
        """Reports the first Ctrl-C: the run stops after its running calls."""

    def leaving(self) -> None:
        """Reports the second Ctrl-C: the process ends at once."""


class SilentReporter:
    """Reports nothing but Ctrl-C."""

    def __init__(self, app: App) -> None:
        self._app, self._terminal = app, app.terminal

    def watching(self) -> AbstractContextManager[object]:
        return nullcontext()

    def tell(self, event: Event) -> None:
        pass

    def stopping(self) -> None:
        self._app.log(STOPPING)

    def leaving(self) -> None:
        self._app.log(STOPPED_EARLY)


class LogReporter(SilentReporter):
    """Writes a line at the start and at the end of each step."""

    def __init__(self, app: App, style: Style, stack: str) -> None:
        super().__init__(app)
        self._style, self._stack = style, stack
        self._began: dict[str, float] = {}
        self._reported: dict[str, float] = {}
        self._causes: dict[str, tuple[Cause, ...]] = {}

    def tell(self, event: Event) -> None:
        """Writes the causes of a wait when they appear or change, and repeats the rest of its line now and then."""
        id = event.step.id
        waited = event.seconds - self._began.setdefault(id, event.seconds)
        due = waited >= CAUSE_AFTER or event.what == "failed"
        new_causes = due and event.causes not in ((), self._causes.get(id))
        quiet = event.seconds - self._reported.get(id, event.seconds) < REPEAT_AFTER
        if event.what == "progress" and quiet and not new_causes:
            return
        self._reported[id] = event.seconds
        if new_causes:
            self._causes[id] = event.causes
        self._app.log(*log_lines(event, self._style, self._stack, causes=new_causes))


class JsonReporter(SilentReporter):
    """Writes one JSON object for each event."""

    def __init__(self, app: App, stack: str) -> None:
        super().__init__(app)
        self._stack = stack

    def tell(self, event: Event) -> None:
        self._terminal.out(json.dumps(event_document(self._stack, event, time_text(self._app.wall()))))

    def leaving(self) -> None:
        print_error_document(self._app, Interrupted(STOPPED_EARLY))
        super().leaving()


class ScreenReporter(SilentReporter):
    """Redraws the running steps at the bottom of the screen. Ended steps scroll away above them."""

    def __init__(self, app: App, style: Style, total: int, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(app)
        self._style, self._now = style, now
        self._board = ProgressBoard(total)
        self._console = app.terminal.console(app.terminal.stderr)
        self._began = now()

    def watching(self) -> AbstractContextManager[object]:
        with ExitStack() as stack:
            self._began = self._now()
            stack.enter_context(
                Live(get_renderable=self._picture, console=self._console, refresh_per_second=8, transient=True)
            )
            return stack.pop_all()

    def tell(self, event: Event) -> None:
        if event.what in ("done", "failed"):  # the last screen counts what was skipped
            self._console.print(end_line(event, self._style))
        self._board.take(event)

    def stopping(self) -> None:
        self._board.note = STOPPING

    def leaving(self) -> None:
        self._console.show_cursor(True)
        self._terminal.err("", STOPPED_EARLY)

    def _picture(self) -> Group:
        rows = max(3, self._console.size.height - 4)
        return Group(*self._board.picture(self._now() - self._began, self._style, rows))
