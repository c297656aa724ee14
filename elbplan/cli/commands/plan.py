"""elbplan plan: show what would change, and why. Writes nothing to AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace

import click

from ...api.documents import plans_document
from ...api.planning import Planned
from ...core.stack import Stack
from ...errors import UsageProblem
from ...migrations.files.folder import Folder
from ...migrations.save import save_plan
from ..capacity import measure_capacity
from ..context import App
from ..costs import facts_of
from ..errors import worst
from ..group import HelpFirstCommand
from ..options import DEFAULT_PATHS, migrations_dir, migrations_flags, shared, stack_filters, stacks_or_paths
from ..pending_plans import HELD, previews
from ..plan_screens import raise_if_all_fail, report_problems, show_plans
from ..plans import command_with_allow, connected, retry_command
from ..reports import TextFile, format_of, rendered, report_of, report_options, write
from ..select import entries_of, specs_of

PENDING_EXIT = 2

EXAMPLES = (
    "elbplan plan                           plan all specs in specs/",
    "elbplan plan specs/web.yaml --detail   also show every step, in order",
    "elbplan plan --sandbox specs/web.yaml  without an AWS account",
    "elbplan plan --format html -o plan.html   the same as a page with a map",
)


@click.command(
    cls=HelpFirstCommand,
    name="plan",
    examples=EXAMPLES,
    help="Show what would change, and why. This command writes nothing to AWS.",
)
@stacks_or_paths
@stack_filters
@click.option("--detail", is_flag=True, help="Show every step, changed field and item of the cost.")
@click.option("--save", metavar="NAME", help="Save the plan as the next migration, migrations/STACK/NNNN_NAME.yaml.")
@click.option("--title", default="", metavar="TEXT", help="One line for the saved file that describes its purpose.")
@migrations_dir
@report_options
@click.option(
    "--exit-code", "--detailed-exitcode", "exit_code", is_flag=True, help="Exit with code 2 if changes are pending."
)
@shared
@click.pass_obj
def command(
    app: App,
    paths: tuple[str, ...],
    detail: bool,
    save: str | None,
    title: str,
    base: str,
    format: str | None,
    output: str | None,
    exit_code: bool,
) -> int:
    """Prints the plan, or saves it as a migration."""
    format = format_of(app, format)
    if save is not None:
        return _save(app, specs_of(app, paths), paths, save, title, base)
    stack_plans = previews(app, entries_of(app, paths), base)
    if detail:
        measure_capacity(app, stack_plans, time.time())
    pending = [preview for preview in stack_plans if _is_pending(preview)]
    if format == "text":
        raise_if_all_fail(stack_plans)
        next = _next_command(app, pending, paths, base)
        undo = [
            replace(preview, undo=preview.undo and (*preview.undo, *migrations_flags(base))) for preview in stack_plans
        ]
        file = TextFile() if output else None
        stream = file or app.terminal.stdout
        show_plans(app, "plan", undo, stream, detail=detail, next=next, paths=paths or DEFAULT_PATHS)
        if file:
            write(app, file.getvalue(), output)
    else:
        document = plans_document(stack_plans, facts_of(app))
        report = None if format == "json" else report_of(app, "plan", stack_plans)
        write(app, rendered(format, report, document), output)
        report_problems(app, stack_plans)
    codes = [preview.code for preview in stack_plans]
    return worst([*codes, PENDING_EXIT if pending and exit_code else 0])


def _is_pending(preview: Planned) -> bool:
    return bool(preview.undone) or preview.idle == HELD or not preview.plan.empty


def _next_command(app: App, pending: Sequence[Planned], paths: Sequence[str], base: str) -> str:
    """Returns the apply that carries these plans out, with the hazards that it needs; empty if none can be."""
    ready = [preview for preview in pending if not preview.code and not preview.undone]
    return command_with_allow(app, "apply", paths, ready, *migrations_flags(base)) if ready else ""


def _save(app: App, stacks: Sequence[Stack], paths: tuple[str, ...], name: str, title: str, base: str) -> int:
    """Saves the plan of one stack. Raises UsageProblem for several stacks."""
    if len(stacks) != 1:
        raise UsageProblem(
            "--save needs exactly one stack, but the specs have several", hint="name the spec of one stack"
        )
    folder = Folder.of(stacks[0].name, base)

    with connected(app, stacks[0]) as cloud:
        files = [str(file) for file in save_plan(cloud, stacks[0], folder, name=name, title=title)]
    app.terminal.out(json.dumps({"schema": 1, "kept": files}) if app.options.json else "\n".join(files))
    next = retry_command(app, "apply", paths, *migrations_flags(base))
    app.terminal.err(f"saved; review the file, then run: {next}")
    return 0
