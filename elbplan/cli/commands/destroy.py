"""elbplan destroy: the end of a stack; only what elbplan made for it goes."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from ...errors import Refused, UsageProblem
from ...kinds import KINDS
from ...run.workflow import plan_destroy
from ..context import App
from ..execution import run_all
from ..group import HelpFirstCommand
from ..hazard_flags import AllowedHazards, hazard_names
from ..options import paths, shared
from ..plan_screens import show_plans
from ..plans import Planned, ending_of, planned, stacks_of

EXAMPLES = (
    "elbplan destroy specs/web.yaml                   show the plan, ask for the name",
    "elbplan destroy specs/web.yaml --confirm my-web  do not ask, for scripts",
)


@click.command(
    cls=HelpFirstCommand,
    name="destroy",
    examples=EXAMPLES,
    help="Delete all resources that elbplan created for these stacks. Other resources stay.",
)
@paths
@click.option(
    "--confirm",
    "confirmed",
    metavar="STACK",
    multiple=True,
    help="Confirm with the stack's name. Repeat for several stacks.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="HAZARD",
    help="Allow these hazards, for example extra-cost. Repeat or separate with commas.",
)
@click.option("-y", "--yes", "--auto-approve", "yes", is_flag=True, hidden=True)
@click.option("--detail", is_flag=True, help="Show every step before the question.")
@shared
@click.pass_obj
def command(
    app: App,
    paths: tuple[str, ...],
    confirmed: tuple[str, ...],
    allow: tuple[str, ...],
    yes: bool,
    detail: bool,
) -> int:
    """List what goes, have the name typed, remove it."""
    hazards = hazard_names(allow)
    stacks = stacks_of(app, paths)
    _check([stack.name for stack in stacks], confirmed, yes)

    planner = AllowedHazards(lambda cloud, group: plan_destroy(cloud, group, KINDS), hazards)
    them = planned(app, stacks, planner)
    pending = [one for one in them if not one.plan.empty]
    asking = [one for one in pending if one.plan.stack not in confirmed]
    if pending and (not app.options.json or (asking and app.terminal.asks)):
        show_plans(app, "destroy", pending, app.terminal.stderr, detail=detail)
    planner.check(one.plan for one in pending)
    _ask(app, asking)
    planner.agreed = True
    return run_all(app, them, ending_of(app, "destroy", paths), agreed=confirmed)


def _check(names: Sequence[str], confirmed: Sequence[str], yes: bool) -> None:
    if yes:
        flags = " ".join(f"--confirm {shlex.quote(name)}" for name in names)
        raise UsageProblem("destroy does not take --yes: it wants the stack's name", hint=f"pass {flags}")
    for name in confirmed:
        if name not in names:
            raise UsageProblem(f"--confirm {name}: no such stack in these specs", hint=f"they hold {', '.join(names)}")


def _ask(app: App, asking: Sequence[Planned]) -> None:
    """Returns when each name was typed. Raises Refused."""
    if asking and not app.terminal.asks:
        flags = " ".join(f"--confirm {shlex.quote(one.plan.stack)}" for one in asking)
        raise Refused("nobody is there to confirm: stdin is not a terminal", hint=f"pass {flags}")
    for one in asking:
        name = one.plan.stack
        if app.terminal.ask(f"Type the stack's name ({name}) to delete all of it: ") != name:
            raise Refused(f"not destroyed: what was typed is not {name}", hint="nothing was changed")
