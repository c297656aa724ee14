"""elbplan status: show the status of stacks. Writes nothing to AWS."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import click

from ...errors import AwsProblem, ElbplanError, SpecProblem
from ...live.worker_threads import WorkerThreads
from ...migrations.apply.journal import journal_of
from ...migrations.apply.pending import PendingFinder
from ...migrations.apply.status import migrations_status
from ...migrations.files.folder import Folder
from ...render.cost_document import cost_document
from ...render.status import status_document, status_screen
from ...render.style import count
from ...run.lock.record import RunRecord
from ...run.status import StackMigrations, StackRuns, StackStatus, stack_status
from ..context import App
from ..costs import cost_of
from ..errors import worst
from ..group import HelpFirstCommand
from ..locks import lock_manager_of
from ..options import migrations_dir, paths, shared
from ..pending_plans import plan_specs
from ..plan_screens import problem_block, raise_if_all_fail, report_problems
from ..plans import NoCloud, Planned, planned, stacks_or_problems_of, style_for, view_of
from ..reading import reading

EXAMPLES = (
    "elbplan status                  show the stacks of all specs in specs/",
    "elbplan status specs/web.yaml   show the stacks of one file",
    "elbplan status --deep           also find resources that only a read of the whole account finds",
)


@click.command(
    cls=HelpFirstCommand,
    name="status",
    examples=EXAMPLES,
    help="Show the status of stacks: sync, last run, lock and target health.",
)
@paths
@migrations_dir
@click.option(
    "--deep",
    is_flag=True,
    help="Read every load balancer, target group and certificate of the account. Slow in a large account.",
)
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...], base: str, deep: bool) -> int:
    """Reads AWS and prints a few lines for each stack."""
    stack_plans = planned(app, stacks_or_problems_of(app, paths), partial(plan_specs, deep=deep))
    with _reading(app, stack_plans), WorkerThreads(app.options.parallel) as workers:
        statuses = workers.map(lambda stack_plan: _status(app, stack_plan, base), stack_plans)
    stack_plans = [
        replace(stack_plan, problem=status.problem) for stack_plan, status in zip(stack_plans, statuses, strict=True)
    ]
    if app.options.json:
        documents = [_document(app, status) for status in statuses]
        app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
        report_problems(app, stack_plans)
    else:
        _show(app, stack_plans, statuses)
    return worst(status.problem.exit_code for status in statuses if status.problem)


def _document(app: App, status: StackStatus) -> dict[str, Any]:
    """Returns the status of a stack with its cost, unless AWS could not be read."""
    document = status_document(status, app.terminal.redacted)
    return {**document, "cost": cost_document(cost_of(app, status.plan))} if status.shows_aws else document


def _reading(app: App, stack_plans: Sequence[Planned]) -> AbstractContextManager[None]:
    """Shows that the runs and the health of the targets are read."""
    read = [stack_plan for stack_plan in stack_plans if stack_plan.plan.region]
    return reading(app, [stack_plan.stack for stack_plan in read], read[0].plan.region) if read else nullcontext()


def _show(app: App, stack_plans: Sequence[Planned], statuses: Sequence[StackStatus]) -> None:
    """Prints a block for each stack, and how many could not be read. Raises the problem of a stack that is alone."""
    if not any(status.shows_aws for status in statuses):
        raise_if_all_fail(stack_plans)
    style = style_for(app, app.terminal.stdout)
    shown: dict[str, str] = {}
    for number, (status, stack_plan) in enumerate(zip(statuses, stack_plans, strict=True)):
        separator = [style.line("")] if number else []
        if status.problem and not status.shows_aws:
            screen = problem_block(app, "status", stack_plan, style, shown)
        else:
            screen = status_screen(status, style, view_of(app, "status", stack_plan), app.terminal.redacted)
        app.terminal.show([*separator, *screen])
    failed = len([status for status in statuses if status.problem])
    if failed and len(statuses) > 1:
        app.terminal.show([style.line(""), style.line((f"{failed} of {count(len(statuses), 'stack')} failed.", "red"))])


def _status(app: App, stack_plan: Planned, base: str) -> StackStatus:
    """Reads the status of a stack, with its migrations if it has a folder. AWS that is broken is not asked again."""
    problem = stack_plan.problem
    if problem and (isinstance(problem, AwsProblem | SpecProblem) or isinstance(stack_plan.cloud, NoCloud)):
        return StackStatus(stack_plan.plan, StackRuns(stack_plan.plan.stack), problem=problem)
    locks = lock_manager_of(app, stack_plan.cloud)
    status = stack_status(stack_plan.plan, stack_plan.stack.spec_hash, stack_plan.cloud.send, locks)
    status = replace(status, problem=problem)
    if problem or not os.path.isdir(os.path.join(base, stack_plan.stack.name)):
        return status
    try:
        return replace(status, files=_migrations(stack_plan, base, status.runs.records))
    except ElbplanError as unread:
        return replace(status, problem=unread)


def _migrations(stack_plan: Planned, base: str, records: Sequence[RunRecord]) -> StackMigrations:
    """Reads the status of a stack's migrations."""
    finder = PendingFinder(stack_plan.cloud, stack_plan.stack, journal_of(records), time.time())
    return migrations_status(finder, Folder.of(stack_plan.stack.name, base), records)
