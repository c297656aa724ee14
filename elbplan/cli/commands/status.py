"""elbplan status: show the status of stacks. Writes nothing to AWS."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import replace

import click

from ...kinds import KINDS
from ...live.worker_threads import WorkerThreads
from ...migrations.apply.journal import journal_of
from ...migrations.apply.pending import PendingFinder
from ...migrations.apply.status import migrations_status
from ...migrations.files.folder import Folder
from ...render.status import status_document, status_screen
from ...run.lock.record import RunRecord
from ...run.status import StackMigrations, StackStatus, stack_status
from ...run.workflow import plan
from ..context import App
from ..group import HelpFirstCommand
from ..locks import lock_manager_of
from ..options import migrations_dir, paths, shared
from ..plans import Planned, planned, stacks_of, style_for, view_of

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
    stacks = stacks_of(app, paths)
    stack_plans = planned(app, stacks, lambda cloud, group: plan(cloud, group, KINDS, deep=deep))
    with WorkerThreads(app.options.parallel) as workers:
        statuses = workers.map(lambda stack_plan: _status(app, stack_plan, base), stack_plans)
    if app.options.json:
        documents = [status_document(status) for status in statuses]
        app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
        return 0
    style = style_for(app, app.terminal.stdout)
    for number, (status, stack_plan) in enumerate(zip(statuses, stack_plans, strict=True)):
        separator = [style.line("")] if number else []
        app.terminal.show([*separator, *status_screen(status, style, view_of(app, "status", stack_plan))])
    return 0


def _status(app: App, stack_plan: Planned, base: str) -> StackStatus:
    """Reads the status of a stack, with its migrations if it has a folder."""
    locks = lock_manager_of(app, stack_plan.cloud)
    status = stack_status(stack_plan.plan, stack_plan.stack.spec_hash, stack_plan.cloud.send, locks)
    if not os.path.isdir(os.path.join(base, stack_plan.stack.name)):
        return status
    return replace(status, files=_migrations(stack_plan, base, status.runs.records))


def _migrations(stack_plan: Planned, base: str, records: Sequence[RunRecord]) -> StackMigrations:
    """Reads the status of a stack's migrations."""
    finder = PendingFinder(stack_plan.cloud, stack_plan.stack, journal_of(records), time.time())
    return migrations_status(finder, Folder.of(stack_plan.stack.name, base), records)
