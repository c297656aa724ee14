"""What a person sees of several stacks that run at the same time: a line for each, and what ended scrolls above."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from rich.console import Group
from rich.live import Live
from rich.text import Text

from ..core.plan import Plan
from ..errors import ElbplanError, Interrupted
from ..live.tries import FailedTry, failed_tries_to
from ..render.cost_stays import with_prices
from ..render.folder import (
    FolderBoard,
    StackEnd,
    StackLine,
    StackState,
    finished_line,
    interrupted_line,
    problem_rows,
    state_of,
)
from ..render.outcome import EndScreen, stays_rows
from ..run.clock import Clock, RealClock, RunClock
from ..run.outcome import Event, Outcome, Tell
from ..run.slots import Slots
from ..run.stack_run import StoppableClock, StoppableReads
from ..run.together import StopSwitch
from ..run.workflow import Cloud
from ..verification.check import Verification
from .context import App
from .errors import print_error_document, report_problem
from .plans import style_for
from .price_files import price_table
from .progress import STOPPED_EARLY, STOPPING, JsonReporter, LogReporter, Reporter, SilentReporter
from .views import end_screen, stoppable


class FolderScreen:
    """The screen of a command that runs several stacks. Any thread can use it.

    slots   the steps that may run at the same time, of all stacks
    stop    pressed by Ctrl-C
    """

    def __init__(
        self, app: App, stacks: Sequence[str], *, destroys: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.destroys = app, destroys
        self.slots, self.stop = Slots(app.options.parallel), StopSwitch()
        self._now, self._began = now, now()
        self._board = FolderBoard(stacks)
        self._redraws = app.terminal.can_redraw and not app.options.json and not app.options.quiet
        self._console = app.terminal.console(app.terminal.stderr)
        self._live: Live | None = None
        self._width = max((len(stack) for stack in stacks), default=0)
        if isinstance(app.clock, RealClock):
            self.stop.watch(app.clock.stop)

    @property
    def seconds(self) -> float:
        """Seconds since the first stack began."""
        return self._now() - self._began

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Surrounds the runs. The first Ctrl-C stops all of them gently, the second leaves at once."""
        self._began = self._now()
        self._board.lines.clear()  # what was read before the question
        with contextlib.ExitStack() as stack:
            stack.enter_context(stoppable(self.stop.pressed.is_set, self.stop.press, self, self.app))
            if self._redraws:
                live = Live(get_renderable=self._picture, console=self._console, refresh_per_second=8, transient=True)
                self._live = stack.enter_context(live)
            yield
        self._live = None

    def _picture(self) -> Group:
        style, rows = style_for(self.app, self.app.terminal.stderr), max(3, self._console.size.height - 4)
        return Group(*self._board.picture(self.seconds, style, rows))

    def line(self, stack: str) -> StackLine:
        """The line of a stack that runs; a new one if it has none."""
        return self._board.lines.setdefault(stack, StackLine(stack, self.seconds))

    def end(self, end: StackEnd) -> None:
        """Takes the line of a stack away."""
        self._board.lines.pop(end.stack, None)
        self._board.ended.append(end)

    def say(self, stack: str, *lines: str) -> None:
        """Shows lines about the progress of a stack, each with its name."""
        named = [line if line.startswith(f"{stack}:") else f"{stack}: {line}" for line in lines]
        if self._live is None:
            self.app.log(*named)
            return
        style = style_for(self.app, self.app.terminal.stderr)
        for line in named:
            self._console.print(style.line((style.clean(line), "dim")), soft_wrap=True)

    def show(self, lines: Sequence[Text], *, result: bool = True) -> None:
        """Shows lines above the others: results on stdout, unless a person sees both streams on one screen."""
        terminal = self.app.terminal
        if not lines or self.app.options.json:
            return
        if self._live is None or (result and not terminal.can_redraw_output):
            terminal.show(lines, terminal.stdout if result else terminal.stderr)
            return
        for line in lines:
            self._console.print(line, soft_wrap=True)

    def problem(self, stack: str, problem: ElbplanError, not_done: str) -> None:
        """Shows why a stack was not run."""
        if self._live is None:
            report_problem(self.app.terminal, problem, aws_called=self.app.aws_called)
            return
        redacted, style = self.app.terminal.redacted, style_for(self.app, self.app.terminal.stderr)
        self.show(problem_rows(stack, not_done, redacted(problem.what), redacted(problem.hint), style), result=False)

    def stopping(self) -> None:
        """The first Ctrl-C."""
        self._board.note = STOPPING
        if self._live is None:
            self.app.log(STOPPING)

    def leaving(self) -> None:
        """The second Ctrl-C."""
        if self.app.options.json:
            print_error_document(self.app, Interrupted(STOPPED_EARLY))
        self._console.show_cursor(True)
        self.app.terminal.err("", STOPPED_EARLY)

    def finished(self, plan: Plan, outcome: Outcome, *, brief: bool) -> list[Text]:
        """Returns the line of a complete run, and what a destroy leaves; without that if `brief`."""
        style = style_for(self.app, self.app.terminal.stdout)
        width = self._width if style.width >= 80 else 0
        rows = finished_line(plan, outcome, style, destroys=self.destroys, name_width=width)
        if not self.destroys or brief:
            return rows
        return [*rows, *stays_rows(with_prices(plan, price_table(self.app)), outcome, style)]

    def interrupted(self, outcome: Outcome, stack: str) -> list[Text]:
        """Returns the line of a run that Ctrl-C stopped: the command that goes on is in the summary."""
        return interrupted_line(outcome, stack, style_for(self.app, self.app.terminal.stdout), self._width)

    def reporter(self, stack: str) -> Reporter | None:
        """What writes the events of a stack; None if its line shows them."""
        if self.app.options.json:
            return JsonReporter(self.app, stack)
        if self.app.options.quiet:
            return SilentReporter(self.app)
        if self._redraws:
            return None
        return LogReporter(self.app, style_for(self.app, self.app.terminal.stderr), stack)


class StackView:
    """One of several stacks. It gathers what the run shows, until the stack ends."""

    def __init__(self, screen: FolderScreen, stack: str) -> None:
        self._screen, self._stack = screen, stack
        self.slots = screen.slots
        self.clock: Clock = StoppableClock(screen.app.clock, screen.stop.pressed.is_set)
        self._rows: list[Text] = []
        self._complete: tuple[Plan, Outcome, bool] | None = None
        self._problem: tuple[ElbplanError, str] | None = None
        self._state: StackState | None = None

    def run_clock(self) -> RunClock:
        clock = self._screen.app.run_clock()
        self._screen.stop.watch(clock.stop)
        return clock

    def reads(self, cloud: Cloud) -> Cloud:
        return StoppableReads(cloud, self._screen.stop.pressed.is_set)

    @contextlib.contextmanager
    def reading(self, region: str) -> Iterator[None]:
        def failed(failed: FailedTry) -> None:
            line.phase = "reading AWS" if failed.over else f"reading AWS · {failed.text}"

        line = self._screen.line(self._stack)
        with self._phase("reading AWS"), failed_tries_to(failed):
            yield

    def checking(self) -> AbstractContextManager[object]:
        return self._phase("checking that it answers")

    @contextlib.contextmanager
    def _phase(self, text: str) -> Iterator[None]:
        line = self._screen.line(self._stack)
        line.phase = text
        try:
            yield
        finally:
            line.phase = ""

    @contextlib.contextmanager
    def watch(self, plan: Plan, clock: RunClock) -> Iterator[Tell]:
        line, reporter = self._screen.line(self._stack), self._screen.reporter(self._stack)
        line.total, line.done = len(plan.steps), 0

        def tell(event: Event) -> None:
            line.take(event, self._screen.seconds)
            if reporter is not None:
                reporter.tell(event)

        yield tell

    def say(self, *lines: str) -> None:
        self._screen.say(self._stack, *lines)

    def show(self, lines: Iterable[Text]) -> None:
        self._rows += lines

    def ended(self, plan: Plan, outcome: Outcome, ending: EndScreen) -> None:
        if plan.empty and not self._complete:
            self._state = "unchanged"
        elif outcome.interrupted and not outcome.failed and not outcome.lost:
            self._rows += self._screen.interrupted(outcome, self._stack)
        elif not outcome.complete:
            self._rows += end_screen(self._screen.app, plan, outcome, ending)
        elif not ending.part:
            self._complete = plan, outcome, ending.brief

    def problem(self, problem: ElbplanError) -> None:
        self._problem = problem, "not destroyed" if self._screen.destroys else "not applied"

    def left_out(self, problem: ElbplanError, not_done: str) -> None:
        self._screen.say(self._stack, f"{not_done}, for the reason above")

    def verified(self, verification: Verification, rows: Sequence[Text]) -> None:
        if not verification.answers:
            self._rows += rows

    def close(self, code: int, state: StackState | None = None) -> StackEnd:
        """Shows how the stack ended, and returns it."""
        unchanged = self._state if code == 0 else None
        end = StackEnd(self._stack, state or unchanged or state_of(code, destroys=self._screen.destroys), code)
        self._screen.end(end)
        rows: list[Text] = []
        if self._complete:
            plan, outcome, brief = self._complete
            rows = self._screen.finished(plan, outcome, brief=brief)
        self._screen.show([*rows, *self._rows])
        if self._problem:
            self._screen.problem(self._stack, *self._problem)
        return end
