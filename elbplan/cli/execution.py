"""Runs the plans of stacks until their ends, or until Ctrl-C; the worst end decides the exit code."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from ..api.documents import run_end_document
from ..api.exit_codes import exit_code
from ..api.planning import Planned, problem_of
from ..api.runs import run_plan
from ..core.plan import Plan
from ..core.utc import time_text
from ..errors import ElbplanError
from ..render.outcome import EndScreen, unchanged_outcome
from ..run.migration_run import MigrationRun
from ..run.result import RunResult
from ..verification.check import Verification
from .context import App
from .costs import facts_of
from .errors import worst
from .locks import lock_manager_of
from .verification import AnswerCheck
from .views import ScreenView, View


def run_all(
    app: App,
    plans: Sequence[Planned],
    ending: EndScreen,
    *,
    agreed: Collection[str] = (),
    migration: MigrationRun | None = None,
    check: AnswerCheck | None = None,
) -> int:
    """Run the plan of one stack, or of none. Returns its exit code.

    `agreed` are the stacks for which whatever is true under the lock may be done, not only what was shown. `check`
    checks after each run whether the stack answers.
    """
    return worst(
        run_stack(
            app,
            planned,
            ending,
            ScreenView(app, planned.stack),
            agreed=planned.plan.stack in agreed,
            migration=migration,
            check=check,
        )
        for planned in plans
    )


def run_stack(
    app: App,
    planned: Planned,
    ending: EndScreen,
    view: View,
    *,
    agreed: bool = False,
    migration: MigrationRun | None = None,
    check: AnswerCheck | None = None,
) -> int:
    """Runs the plan of a stack, or reports why that is not done or not necessary. Returns the exit code."""
    if planned.code:
        return _run_refused(app, planned, ending, view)
    if planned.plan.empty and migration is None:
        return _run_nothing(app, planned, ending, view)
    return exit_code(run_one(app, planned, ending, view, agreed=agreed, migration=migration, check=check))


def run_one(
    app: App,
    planned: Planned,
    ending: EndScreen,
    view: View,
    *,
    agreed: bool,
    migration: MigrationRun | None = None,
    check: AnswerCheck | None = None,
) -> RunResult:
    """Run one stack's plan under its lock; a problem is reported, so that it does not stop other stacks."""
    try:
        result = _execute(app, planned, ending, view, agreed, migration)
    except ElbplanError as problem:
        return _not_run(app, planned.plan, ending, view, problem)
    if not result.plan.empty or (migration and not migration.file):
        view.ended(result.plan, result.outcome, ending)
    verification = None
    try:
        verification = check.after(planned, result, view) if check else None
        result = replace(result, answers=verification is None or verification.answers)
    finally:
        if app.options.json:
            _document_end(app, result, ending, verification)
    if result.outcome.lost:
        view.say(result.outcome.lost)
    app.results.append(result)
    return result


def report_unchanged(app: App, plan: Plan, ending: EndScreen, view: View) -> None:
    """Show that there was nothing to do."""
    if app.options.json:
        _document_end(app, RunResult(plan, unchanged_outcome(plan)), ending)
    view.ended(plan, unchanged_outcome(plan), ending)


def _run_nothing(app: App, planned: Planned, ending: EndScreen, view: View) -> int:
    """Nothing to do needs no lock and no write; but no record may stay of a stack that is gone."""
    try:
        if ending.destroyed:
            lock_manager_of(app, planned.cloud, view.say).forget(planned.plan.stack)
    except ElbplanError as problem:
        return exit_code(_not_run(app, planned.plan, ending, view, problem))
    report_unchanged(app, planned.plan, ending, view)
    return 0


def _run_refused(app: App, planned: Planned, ending: EndScreen, view: View) -> int:
    """A stack whose problem or refusals stand on the screen already."""
    if app.options.json:
        return exit_code(_not_run(app, planned.plan, ending, view, problem_of(planned)))
    view.left_out(problem_of(planned), "not destroyed" if ending.destroyed else "not applied")
    return planned.code


def _not_run(app: App, plan: Plan, ending: EndScreen, view: View, problem: ElbplanError) -> RunResult:
    result = RunResult(plan, problem=problem)
    view.problem(problem)
    if app.options.json:
        _document_end(app, result, ending)
    return result


def _execute(
    app: App, planned: Planned, ending: EndScreen, view: View, agreed: bool, migration: MigrationRun | None
) -> RunResult:
    """The plan as it is under the lock, and what became of it. Raises Refused."""
    verb = "destroy" if ending.destroyed else "apply"
    manager = lock_manager_of(app, planned.cloud, view.say)
    return run_plan(planned, verb, view, manager, agreed=agreed, migration=migration)


def _document_end(app: App, result: RunResult, ending: EndScreen, verification: Verification | None = None) -> None:
    at = time_text(app.wall())
    document = run_end_document(result, facts_of(app), at, destroyed=ending.destroyed, verification=verification)
    app.terminal.out(json.dumps(document))
