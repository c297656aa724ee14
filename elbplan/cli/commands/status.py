"""elbplan status: how a stack is at this moment. Writes nothing to AWS."""

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
)


@click.command(
    cls=HelpFirstCommand,
    name="status",
    examples=EXAMPLES,
    help="Show the status of stacks: sync, last run, lock and target health.",
)
@paths
@migrations_dir
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...], base: str) -> int:
    """Read everything, say it in a few lines a stack."""
    stacks = stacks_of(app, paths)

    them = planned(app, stacks, lambda cloud, group: plan(cloud, group, KINDS))

    def look(one: Planned) -> StackStatus:
        found = stack_status(one.plan, one.stack.spec_hash, one.cloud.send, lock_manager_of(app, one.cloud))
        filed = os.path.isdir(os.path.join(base, one.stack.name))
        return replace(found, files=_files(one, base, found.runs.records)) if filed else found

    with WorkerThreads(app.options.parallel) as crew:
        told = crew.map(look, them)
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "stacks": [status_document(one) for one in told]}, indent=2))
        return 0
    style = style_for(app, app.terminal.stdout)
    for number, (one, where) in enumerate(zip(told, them, strict=True)):
        between = [style.line("")] if number else []
        app.terminal.show([*between, *status_screen(one, style, view_of(app, "status", where))])
    return 0


def _files(one: Planned, base: str, records: Sequence[RunRecord]) -> StackMigrations:
    """How the migrations of a stack stand."""
    looker = PendingFinder(one.cloud, one.stack, KINDS, journal_of(records), time.time())
    return migrations_status(looker, Folder.of(one.stack.name, base), records)
