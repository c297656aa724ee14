"""elbplan plan: show what would change, and why. Writes nothing to AWS."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

import click

from ...core.stack import Stack
from ...errors import UsageProblem
from ...migrations.files.folder import Folder
from ...migrations.save import save_plan
from ...render.documents import plan_document
from ...render.problems import error_document
from ..context import App
from ..errors import worst
from ..group import HelpFirstCommand
from ..options import migrations_dir, shared, stacks_or_paths
from ..pending_plans import HELD, previews
from ..plan_screens import raise_if_all_fail, report_problems, show_plans
from ..plans import Planned, connected, retry_command
from ..select import entries_of, specs_of

PENDING_EXIT = 2
DEFAULT_FOLDER = "migrations"

EXAMPLES = (
    "elbplan plan                           plan all specs in specs/",
    "elbplan plan specs/web.yaml --detail   also show every step, in order",
    "elbplan plan --sandbox specs/web.yaml  without an AWS account",
)


@click.command(
    cls=HelpFirstCommand,
    name="plan",
    examples=EXAMPLES,
    help="Show what would change, and why. This command writes nothing to AWS.",
)
@stacks_or_paths
@click.option("--detail", is_flag=True, help="Show every step and every changed field (like -v).")
@click.option("--save", metavar="NAME", help="Save the plan as the next migration, migrations/STACK/NNNN_NAME.yaml.")
@click.option("--title", default="", metavar="TEXT", help="One line for the saved file that describes its purpose.")
@migrations_dir
@click.option(
    "--exit-code", "--detailed-exitcode", "exit_code", is_flag=True, help="Exit with code 2 if changes are pending."
)
@shared
@click.pass_obj
def command(
    app: App, paths: tuple[str, ...], detail: bool, save: str | None, title: str, base: str, exit_code: bool
) -> int:
    """Prints the plan, or saves it as a migration."""
    if save is not None:
        return _save(app, specs_of(app, paths), paths, save, title, base)
    stack_plans = previews(app, entries_of(app, paths), base)
    pending = [preview for preview in stack_plans if _is_pending(preview)]
    if app.options.json:
        app.terminal.out(json.dumps(_document(app, stack_plans), indent=2))
        report_problems(app, stack_plans)
    else:
        raise_if_all_fail(stack_plans)
        can_apply = any(not preview.code for preview in pending)
        next = retry_command(app, "apply", paths) + _migrations_option(base) if can_apply else ""
        show_plans(app, "plan", stack_plans, app.terminal.stdout, detail=detail, next=next)
    codes = [preview.code for preview in stack_plans]
    return worst([*codes, PENDING_EXIT if pending and exit_code else 0])


def _is_pending(preview: Planned) -> bool:
    return bool(preview.undone) or preview.idle == HELD or not preview.plan.empty


def _document(app: App, stack_plans: Sequence[Planned]) -> dict[str, Any]:
    """Returns the document of all stacks, with an error for a stack without a plan."""
    document = plan_document([preview.plan for preview in stack_plans])
    for stack, preview in zip(document["stacks"], stack_plans, strict=True):
        if preview.notes:
            stack["notes"] = [{"about": word, "text": text} for word, text in preview.notes]
        if preview.problem:
            stack["error"] = error_document(preview.problem, app.terminal.redacted)
    return document


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
    app.terminal.err(
        f"saved; review the file, then run: {retry_command(app, 'apply', paths)}{_migrations_option(base)}"
    )
    return 0


def _migrations_option(base: str) -> str:
    """Returns the option --migrations for the next command; empty for the default folder."""
    return "" if base == DEFAULT_FOLDER else f" --migrations {shlex.quote(base)}"
