"""Runs plans one stack after the other, on the screen, until Ctrl-C; the worst end decides the exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from types import FrameType
from typing import Any

from ..core.plan import Plan
from ..core.utc import time_text
from ..errors import ElbplanError
from ..kinds import KINDS
from ..render.cost_document import cost_document
from ..render.cost_stays import with_prices
from ..render.documents import summary_document
from ..render.errors import error_document
from ..render.outcome import (
    EndScreen,
    finished_rows,
    is_first_create,
    outcome_screen,
    stack_urls,
    unchanged_outcome,
)
from ..render.unfinished import outcome_error
from ..render.verify import NO_ANSWER, answer_error, verify_document
from ..run.clock import RealClock
from ..run.lock.locked_run import LockedRun
from ..run.migration_run import MigrationRun
from ..run.outcome import Event, Outcome, StepTime, Tell
from ..run.result import RunResult
from ..verify.check import Verification
from .context import App
from .costs import cost_of
from .errors import FAILED, INTERRUPTED, PARTLY, REFUSED, report_problem, worst
from .locks import lock_manager_of, run_request_of
from .plans import Planned, problem_of, style_for
from .price_files import price_table
from .progress import JsonReporter, LogReporter, Reporter, ScreenReporter, SilentReporter
from .reading import reading
from .verification import AnswerCheck


def run_all(
    app: App,
    plans: Sequence[Planned],
    ending: EndScreen,
    *,
    agreed: Collection[str] = (),
    migration: MigrationRun | None = None,
    check: AnswerCheck | None = None,
) -> int:
    """Run the plans that have steps. A stack with a problem or a refusal does not stop the others, Ctrl-C does.

    Returns the worst exit code.

    `agreed` are the stacks for which whatever is true under the lock may be done, not only what was shown. `check`
    checks after each run whether the stack answers.
    """
    codes, created = [0], False
    alone = replace(ending, destroy_command="") if len(plans) > 1 else ending
    for planned in plans:
        if INTERRUPTED in codes:
            break
        if planned.code:
            codes.append(_run_refused(app, planned, ending))
            continue
        if planned.plan.empty and migration is None:
            codes.append(_run_nothing(app, planned, ending))
            continue
        allowed = planned.plan.stack in agreed
        result = run_one(app, planned, alone, agreed=allowed, migration=migration, check=check)
        created |= result.complete and is_first_create(result.plan)
        codes.append(exit_code(result))
    if created and len(plans) > 1 and not app.options.json:
        app.terminal.show(finished_rows(style_for(app, app.terminal.stdout), ending))
    return worst(codes)


def run_one(
    app: App,
    planned: Planned,
    ending: EndScreen,
    *,
    agreed: bool,
    migration: MigrationRun | None = None,
    check: AnswerCheck | None = None,
) -> RunResult:
    """Run one stack's plan under its lock; a problem is reported, so that it does not stop other stacks."""
    try:
        result = _execute(app, planned, ending, agreed, migration)
    except ElbplanError as problem:
        return _not_run(app, planned.plan, ending, problem)
    if not app.options.json and (not result.plan.empty or (migration and not migration.file)):
        _show_end(app, result.plan, result.outcome, ending)
    verification = None
    try:
        verification = check.after(planned, result) if check else None
        result = replace(result, answers=verification is None or verification.answers)
    finally:
        if app.options.json:
            _document_end(app, result, ending, result.outcome.lost, verification)
    if result.outcome.lost:
        app.log(result.outcome.lost)
    app.results.append(result)
    return result


def report_unchanged(app: App, plan: Plan, ending: EndScreen) -> None:
    """Show that there was nothing to do."""
    if app.options.json:
        _document_end(app, RunResult(plan, unchanged_outcome(plan)), ending)
    else:
        _show_end(app, plan, unchanged_outcome(plan), ending)


def exit_code(result: RunResult) -> int:
    """0, 3 if it does not answer, 130, 4 if running again goes on from here, 1 or 5 if nothing was done.

    It is 5 if the lock was lost before.
    """
    outcome = result.outcome
    if result.problem:
        return result.problem.exit_code
    if outcome.complete:
        return 0 if result.answers else NO_ANSWER
    if outcome.lost:
        return PARTLY if outcome.done else REFUSED
    if outcome.interrupted:
        return INTERRUPTED
    waited = any(event.step.do == "wait" for event in outcome.failed)
    return PARTLY if outcome.done or waited else FAILED


def _run_nothing(app: App, planned: Planned, ending: EndScreen) -> int:
    """Nothing to do needs no lock and no write; but no record may stay of a stack that is gone."""
    try:
        if ending.destroyed:
            lock_manager_of(app, planned.cloud).forget(planned.plan.stack)
    except ElbplanError as problem:
        return exit_code(_not_run(app, planned.plan, ending, problem))
    report_unchanged(app, planned.plan, ending)
    return 0


def _run_refused(app: App, planned: Planned, ending: EndScreen) -> int:
    """A stack whose problem or refusals stand on the screen already."""
    problem = problem_of(planned)
    if app.options.json:
        _document_end(app, RunResult(planned.plan, problem=problem), ending, problem.what)
        return report_problem(app.terminal, problem, aws_called=app.aws_called)
    done = "not destroyed" if ending.destroyed else "not applied"
    app.terminal.err(f"{planned.plan.stack}: {done}, for the reason above")
    return planned.code


def _not_run(app: App, plan: Plan, ending: EndScreen, problem: ElbplanError) -> RunResult:
    result = RunResult(plan, problem=problem)
    report_problem(app.terminal, problem, aws_called=app.aws_called)
    if app.options.json:
        _document_end(app, result, ending, problem.what)
    return result


def _execute(app: App, planned: Planned, ending: EndScreen, agreed: bool, migration: MigrationRun | None) -> RunResult:
    """The plan as it is under the lock, and what became of it. Raises Refused."""
    clock = RealClock()
    request = run_request_of(planned, "destroy" if ending.destroyed else "apply", agreed, migration)
    with contextlib.ExitStack() as stack:
        with reading(app, [planned.stack], planned.plan.region):
            run = stack.enter_context(LockedRun(request, lock_manager_of(app, planned.cloud), clock.stop))
        reporter = _reporter(app, run.plan)
        with stoppable(clock.stop, reporter, app), reporter.watching():
            tell = TimedTell(reporter.tell)
            outcome = run.run(KINDS, tell, clock, parallel=app.options.parallel)
    return RunResult(run.plan, outcome, run.run_id, times=tell.times)


class TimedTell:
    """Passes events on, and keeps the time of each step that ended."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self.times: dict[str, StepTime] = {}

    def __call__(self, event: Event) -> None:
        if event.what in ("done", "failed"):
            self.times[event.step.id] = StepTime(event.seconds - event.took, event.took)
        self._tell(event)


def _reporter(app: App, plan: Plan) -> Reporter:
    style = style_for(app, app.terminal.stderr)
    if app.options.json:
        return JsonReporter(app, plan.stack)
    if app.options.quiet:
        return SilentReporter(app)
    if app.terminal.can_redraw:
        return ScreenReporter(app, style, len(plan.steps))
    return LogReporter(app, style, plan.stack)


def _show_end(app: App, plan: Plan, outcome: Outcome, ending: EndScreen) -> None:
    style = style_for(app, app.terminal.stdout)
    plan = with_prices(plan, price_table(app))
    app.terminal.show(outcome_screen(plan, outcome, KINDS, style, ending))


def _document_end(
    app: App, result: RunResult, ending: EndScreen, problem: str = "", verification: Verification | None = None
) -> None:
    code = exit_code(result)
    done = code in (0, NO_ANSWER) and not ending.destroyed
    where = stack_urls(result.plan, result.outcome) if done else []
    document = summary_document(
        with_prices(result.plan, price_table(app)), result.outcome, code, where, at=time_text(app.wall())
    )
    if problem:
        document["problem"] = app.terminal.redacted(problem)
    else:
        document["cost"] = cost_document(cost_of(app, result.plan))
    if verification:
        document["verify"] = verify_document(verification, app.terminal.redacted)
    if code:
        document["error"] = answer_error(verification) if verification else _error_of(app, result, code)
    app.terminal.out(json.dumps(document))


def _error_of(app: App, result: RunResult, code: int) -> dict[str, Any]:
    if result.problem:
        return error_document(result.problem, app.terminal.redacted)
    return outcome_error(result.outcome, code)


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
