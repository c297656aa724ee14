"""Looks at stacks again and again: on a terminal on one screen, elsewhere as a line whenever a stack changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field

from rich.console import Group
from rich.live import Live

from ..core.utc import log_time
from ..errors import ElbplanError
from ..render.overview import plain_line
from .context import App
from .plans import style_for
from .stack_statuses import Statuses, document_of, show_statuses, statuses_screen

DEFAULT_SECONDS = 15.0


@dataclass
class StatusWatch:
    """Calls `read` every so many seconds until Ctrl-C. A round in which AWS fails does not end it."""

    app: App
    read: Callable[[], Statuses]
    every: float
    last: Statuses | None = None
    problem: str = ""
    logged: dict[str, str] = field(default_factory=dict)

    def run(self) -> Statuses:
        """Returns the last statuses after Ctrl-C, which leaves them on the screen.

        Raises KeyboardInterrupt if no round is over yet.
        """
        on_screen = self.app.terminal.can_redraw_output and not self.app.options.json
        self.app.options.quiet = True  # the line about reading would disturb the screen
        try:
            with _live(self.app) if on_screen else nullcontext() as live:
                while True:
                    self._round()
                    self._draw(live) if live else self._log()
                    self.app.clock.sleep(self.every)
        except KeyboardInterrupt:
            if self.last is None:
                raise
            if on_screen:
                show_statuses(self.app, self.last)
            return self.last

    def _round(self) -> None:
        try:
            self.last, self.problem = self.read(), ""
        except ElbplanError as problem:
            self.problem = self.app.terminal.redacted(problem.what)

    @property
    def now(self) -> str:
        """The time of day: `2026-11-30T11:40:02Z`."""
        return log_time(self.app.wall())

    def _draw(self, live: Live) -> None:
        """Draws what fits on the screen, and the time below it."""
        style = style_for(self.app, self.app.terminal.stdout)
        lines = statuses_screen(self.app, self.last, style) if self.last else []
        foot = [style.line((f"{self.now[11:]} · every {self.every:g} s · Ctrl-C ends", "dim"))]
        if self.problem:
            foot.insert(0, style.line((f"not read: {' '.join(self.problem.split())}"[: style.width], "red")))
        room = max(1, live.console.size.height - len(foot) - 2)
        if len(lines) > room:
            lines = [*lines[: room - 1], style.line((f"and {len(lines) - room + 1} more lines", "dim"))]
        live.update(Group(*lines, style.line(""), *foot), refresh=True)

    def _log(self) -> None:
        """Writes a line, or with --json a document, for each stack that changed, and for a problem that is new."""
        if self.logged.get("") != self.problem:
            self.logged[""] = self.problem
            if self.problem:
                self.app.terminal.err(f"{self.now} not read: {' '.join(self.problem.split())}")
        style = style_for(self.app, self.app.terminal.stdout)
        for row in self.last.rows if self.last and not self.problem else ():
            line = plain_line(row, style)
            if self.logged.get(row.name) != line:
                self.logged[row.name] = line
                document = {"schema": 1, "type": "status", "time": self.now}
                document |= document_of(self.app, row) if self.app.options.json else {}
                self.app.terminal.out(json.dumps(document) if self.app.options.json else f"{self.now} {line}")


def _live(app: App) -> Live:
    console = app.terminal.console(app.terminal.stdout)
    return Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop")
