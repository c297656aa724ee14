"""elbplan plan: what would change, and why. Writes nothing to AWS."""

from __future__ import annotations

import json

import click

from .app import App
from .lazy import Spoken
from .options import paths, shared
from .planning import again, planned, stacks_of
from .screens import show_plans

PENDING = 2

EXAMPLES = (
    "elbplan plan                           all specs in specs/",
    "elbplan plan specs/web.yaml --detail   every step, in order",
    "elbplan plan --sandbox specs/web.yaml  without an AWS account",
)


@click.command(cls=Spoken, name="plan", examples=EXAMPLES, help="Show what would change, and why. Changes nothing.")
@paths
@click.option("--detail", is_flag=True, help="Every step, and every field that changes (as -v).")
@click.option("--exit-code", "--detailed-exitcode", "exit_code", is_flag=True, help="Exit 2 if changes are pending.")
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...], detail: bool, exit_code: bool) -> int:
    """Read, compare, print."""
    stacks = stacks_of(app, paths)
    from ..kinds import KINDS
    from ..run.workflow import plan

    them = planned(app, stacks, lambda cloud, group: plan(cloud, group, KINDS))
    pending = any(not one.plan.empty for one in them)
    if app.options.json:
        from ..show.document import plan_document

        app.terminal.out(json.dumps(plan_document([one.plan for one in them]), indent=2))
    else:
        next = again(app, "apply", paths) if pending else ""
        show_plans(app, "plan", them, app.terminal.stdout, detail=detail, next=next)
    return PENDING if pending and exit_code else 0
