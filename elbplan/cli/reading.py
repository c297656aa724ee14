"""Shows that AWS is being read, and which call fails how often."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

from rich.text import Text

from ..core.stack import Stack
from ..live.tries import FailedTry, failed_tries_to
from ..render.style import Style, count
from .context import App

REPEAT_AFTER = 10.0
"""Seconds until a log has another line about calls that fail."""

FIRST_LINE = 2
"""The failed tries after which a log has a line. A single failure is common and passes."""


@contextlib.contextmanager
def reading(app: App, group: Sequence[Stack], region: str) -> Iterator[None]:
    """Shows that AWS is being read: on a line that changes, or as a log if calls fail."""
    what = f"reading {group[0].name if len(group) == 1 else count(len(group), 'stack')}"
    if app.options.quiet:
        yield
    elif not app.terminal.can_redraw or app.options.json:
        log = FailureLog(f"{what} in {region}", app.log, app.clock.now)
        with failed_tries_to(log.take):
            yield
    else:
        style = Style(app.terminal.width(app.terminal.stderr), app.terminal.ascii(app.terminal.stderr))
        with app.terminal.console(app.terminal.stderr).status(f"{what} in {region}") as status:
            line = FailureLine(what, f"{what} in {region}", style, lambda text: status.update(Text(text)))
            with failed_tries_to(line.take):
                yield


class FailureLog:
    """Writes a line when a call fails the second time, and then not more often than every ten seconds."""

    def __init__(self, what: str, say: Callable[[str], None], now: Callable[[], float]) -> None:
        self._what, self._say, self._now = what, say, now
        self._next = now()
        self._lock = threading.Lock()

    def take(self, failed: FailedTry) -> None:
        """Gets one failed try. Any thread can call it."""
        with self._lock:
            if failed.over or failed.number < FIRST_LINE or self._now() < self._next:
                return
            self._next = self._now() + REPEAT_AFTER
        self._say(f"{self._what}: {failed.text}")


class FailureLine:
    """Keeps one line of the screen up to date: `reading web · elbv2 DescribeRules: 500, try 4`; `usual` is without."""

    def __init__(self, what: str, usual: str, style: Style, show: Callable[[str], None]) -> None:
        self._what, self._usual, self._style, self._show = what, usual, style, show
        self._failing: dict[str, FailedTry] = {}
        self._lock = threading.Lock()

    def take(self, failed: FailedTry) -> None:
        """Gets one failed try. Any thread can call it."""
        with self._lock:
            known = self._failing.pop(failed.call, None)
            if not failed.over:
                self._failing[failed.call] = failed
            elif known is None:
                return
            text = self._text()
        self._show(text)

    def _text(self) -> str:
        """The call that failed last, and how many others fail."""
        if not self._failing:
            return self._usual
        *others, last = self._failing.values()
        more = f", and {count(len(others), 'other call')}" if others else ""
        return self._style.line(f"{self._what} · {last.text}{more}").plain
