"""Running plans: one stack after the other, watched, stoppable; the worst end decides the exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from types import FrameType

from ..core.plan import Plan
from ..errors import ElbplanError
from ..kinds import KINDS
from ..render.documents import summary_document
from ..render.outcome import EndScreen, outcome_screen, stack_urls, unchanged_outcome
from ..run.clock import RealClock
from ..run.lock.locked_run import LockedRun
from ..run.migration_run import MigrationRun
from ..run.outcome import Outcome
from .context import App
from .errors import report_problem
from .locks import lock_manager_of, run_request_of
from .plans import Planned, reading, style_for
from .progress import JsonReporter, LogReporter, Reporter, ScreenReporter, SilentReporter

INTERRUPTED, REFUSED, PARTLY, FAILED = 130, 5, 4, 1
SEVERITY = (0, 2, 3, REFUSED, 64, 65, FAILED, PARTLY, INTERRUPTED)
"""From best to worst."""


@dataclass(frozen=True)
class StackResult:
    """How one stack's run ended: the exit code, what became of each step if it came to that, the run's id."""

    code: int
    outcome: Outcome = field(default_factory=Outcome)
    run_id: str = ""


def run_all(
    app: App,
    them: Sequence[Planned],
    ending: EndScreen,
    *,
    agreed: Collection[str] = (),
    aim: MigrationRun | None = None,
) -> int:
    """Run the plans that have steps. After Ctrl-C no further stack is begun.

    `agreed` are the stacks for which whatever is true under the lock may be done, not only what was shown.
    """
    codes = [0]
    for one in them:
        if INTERRUPTED not in codes:
            allowed = one.plan.stack in agreed
            codes.append(run_one(app, one, ending, several=len(them) > 1, agreed=allowed, aim=aim).code)
    return max(codes, key=SEVERITY.index)


def run_one(
    app: App, one: Planned, ending: EndScreen, *, several: bool = False, agreed: bool, aim: MigrationRun | None = None
) -> StackResult:
    """One stack; that it cannot be run is told, and does not keep others from it. A run with an aim is recorded."""
    try:
        idle = one.plan.empty and aim is None
        plan, ended = _idle(app, one, ending) if idle else _execute(app, one, ending, several, agreed, aim)
    except ElbplanError as problem:
        code = report_problem(app.terminal, problem, aws_called=app.aws_called)
        if app.options.json:
            _document_end(app, one.plan, Outcome(), code, ending, problem.what)
        return StackResult(code)
    outcome, code = ended.outcome, ended.code
    if app.options.json:
        _document_end(app, plan, outcome, code, ending, outcome.lost)
    elif not plan.empty or idle or (aim and not aim.file):
        _tell_end(app, plan, outcome, ending)
    if outcome.lost:
        app.terminal.err(outcome.lost)
    return ended


def exit_code(outcome: Outcome) -> int:
    """0, 130, 4 if running again goes on from here, 1 if nothing was done, 5 if the lock was lost before."""
    if outcome.complete:
        return 0
    if outcome.lost:
        return PARTLY if outcome.done else REFUSED
    if outcome.interrupted:
        return INTERRUPTED
    waited = any(event.step.do == "wait" for event in outcome.failed)
    return PARTLY if outcome.done or waited else FAILED


def _idle(app: App, one: Planned, ending: EndScreen) -> tuple[Plan, StackResult]:
    """Nothing to do, so no lock and no write; but of a stack that is gone no record may stay."""
    if ending.destroyed:
        lock_manager_of(app, one.cloud).forget(one.plan.stack)
    return one.plan, StackResult(0, unchanged_outcome(one.plan))


def _execute(
    app: App, one: Planned, ending: EndScreen, several: bool, agreed: bool, aim: MigrationRun | None
) -> tuple[Plan, StackResult]:
    """The plan as it is under the lock, and what became of it. Raises Refused."""
    clock = RealClock()
    job = run_request_of(one, "destroy" if ending.destroyed else "apply", agreed, aim)
    with contextlib.ExitStack() as stack:
        with reading(app, [one.stack], one.plan.region):
            turn = stack.enter_context(LockedRun(job, lock_manager_of(app, one.cloud), clock.stop))
        reporter = _reporter(app, turn.plan, several)
        with stoppable(clock.stop, reporter, app), reporter.watching():
            outcome = turn.run(KINDS, reporter.tell, clock, parallel=app.options.parallel)
    return turn.plan, StackResult(exit_code(outcome), outcome, turn.run_id)


def _reporter(app: App, plan: Plan, several: bool) -> Reporter:
    style = style_for(app, app.terminal.stderr)
    if app.options.json:
        return JsonReporter(app.terminal, plan.stack)
    if app.options.quiet:
        return SilentReporter(app.terminal)
    if app.terminal.can_redraw:
        return ScreenReporter(app.terminal, style, len(plan.steps))
    return LogReporter(app.terminal, style, plan.stack if several else "")


def _tell_end(app: App, plan: Plan, outcome: Outcome, ending: EndScreen) -> None:
    style = style_for(app, app.terminal.stdout)
    app.terminal.show(outcome_screen(plan, outcome, KINDS, style, ending))


def _document_end(app: App, plan: Plan, outcome: Outcome, code: int, ending: EndScreen, problem: str = "") -> None:
    where = stack_urls(plan, outcome) if code == 0 and not ending.destroyed else []
    document = summary_document(plan, outcome, code, where)
    app.terminal.out(json.dumps(document | ({"problem": problem} if problem else {})))


@contextlib.contextmanager
def stoppable(stop: threading.Event, reporter: Reporter, app: App) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) stops gently, the second leaves at once."""

    def pressed(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            with contextlib.suppress(Exception):
                reporter.leaving()
                app.terminal.close()
            os._exit(INTERRUPTED)
        stop.set()
        with contextlib.suppress(RuntimeError):  # in the middle of another write
            reporter.stopping()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, pressed) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
