"""What a person sees of one stack's run: a screen of its own, or a line among those of other stacks."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from types import FrameType
from typing import Protocol

from rich.text import Text

from ..api.exit_codes import INTERRUPTED
from ..api.runs import RunView
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import ElbplanError
from ..render.cost_stays import with_prices
from ..render.outcome import EndScreen, outcome_screen
from ..run.clock import RunClock
from ..run.outcome import Outcome, Tell
from ..run.slots import Slots
from ..run.workflow import Cloud
from ..verification.check import Verification
from .context import App
from .errors import report_problem
from .plans import style_for
from .preparing import with_prepare_hint
from .price_files import price_table
from .progress import JsonReporter, LogReporter, Reporter, ScreenReporter, SilentReporter
from .reading import reading
from .verification import checking


class View(RunView, Protocol):
    """What the run of one stack needs of the terminal: what every run needs, and the screens."""

    def show(self, lines: Iterable[Text]) -> None:
        """Shows lines of the result."""

    def ended(self, plan: Plan, outcome: Outcome, ending: EndScreen) -> None:
        """Shows how a run ended."""

    def problem(self, problem: ElbplanError) -> None:
        """Shows why a run did not begin."""

    def left_out(self, problem: ElbplanError, not_done: str) -> None:
        """Shows that a stack is not run, because of a problem that the screen of its plan has already."""

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        """Shows whether the stack answers."""


class ScreenView:
    """The whole screen is for one stack."""

    def __init__(self, app: App, stack: Stack) -> None:
        self._app, self._stack = app, stack
        self.slots, self.clock = Slots(app.options.parallel), app.clock

    def run_clock(self) -> RunClock:
        return self._app.run_clock()

    def reads(self, cloud: Cloud) -> Cloud:
        return cloud

    def reading(self, region: str) -> AbstractContextManager[object]:
        return reading(self._app, [self._stack], region)

    @contextlib.contextmanager
    def watch(self, plan: Plan, clock: RunClock) -> Iterator[Tell]:
        reporter = reporter_of(self._app, plan)
        with stoppable(clock.stop.is_set, clock.stop.set, reporter, self._app), reporter.watching():
            yield reporter.tell

    def checking(self) -> AbstractContextManager[object]:
        return checking(self._app, self._stack.name)

    def say(self, *lines: str) -> None:
        self._app.log(*lines)

    def show(self, lines: Iterable[Text]) -> None:
        if not self._app.options.json:
            self._app.terminal.show(lines)

    def ended(self, plan: Plan, outcome: Outcome, ending: EndScreen) -> None:
        self.show(end_screen(self._app, plan, outcome, ending))

    def problem(self, problem: ElbplanError) -> None:
        with_prepare_hint(self._app, problem, [self._stack.file] if self._stack.file else [])
        report_problem(self._app.terminal, problem, aws_called=self._app.aws_called)

    def left_out(self, problem: ElbplanError, not_done: str) -> None:
        self._app.terminal.err(f"{self._stack.name}: {not_done}, for the reason above")

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        self.show(rows)


def end_screen(app: App, plan: Plan, outcome: Outcome, ending: EndScreen) -> list[Text]:
    """Returns the last screen of a run, with the prices of what stays."""
    plan = with_prices(plan, price_table(app))
    return outcome_screen(plan, outcome, style_for(app, app.terminal.stdout), ending)


def reporter_of(app: App, plan: Plan) -> Reporter:
    """Returns the reporter for the run of a stack that has the screen for itself."""
    style = style_for(app, app.terminal.stderr)
    if app.options.json:
        return JsonReporter(app, plan.stack)
    if app.options.quiet:
        return SilentReporter(app)
    if app.terminal.can_redraw:
        return ScreenReporter(app, style, len(plan.steps))
    return LogReporter(app, style, plan.stack)


class Stoppable(Protocol):
    """Shows that Ctrl-C was pressed."""

    def stopping(self) -> None:
        """Reports the first Ctrl-C."""

    def leaving(self) -> None:
        """Reports the second Ctrl-C."""


@contextlib.contextmanager
def stoppable(is_stopped: Callable[[], bool], stop: Callable[[], None], screen: Stoppable, app: App) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops gently, the second leaves at once."""

    def pressed(number: int, frame: FrameType | None) -> None:
        if is_stopped():
            with contextlib.suppress(Exception):
                screen.leaving()
                app.terminal.close()
            os._exit(INTERRUPTED)
        stop()
        with contextlib.suppress(RuntimeError):  # in the middle of another write
            screen.stopping()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, pressed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
