"""elbplan destroy: delete the resources that elbplan created for a stack, and those that `on_destroy:` names."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import click

from ...core.plan import Plan
from ...errors import Declined, UsageProblem
from ...kinds import KINDS
from ...render.outcome import EndScreen, resources_of_others
from ...run.workflow import plan_destroy_each
from ..context import App
from ..execution import run_all, run_stack
from ..folder_run import FolderCommands, FolderRun
from ..folder_views import FolderScreen, StackView
from ..group import HelpFirstCommand
from ..hazard_flags import AllowedHazards, hazard_names
from ..options import shared, stack_filters, stacks_or_paths
from ..plan_screens import raise_if_all_fail, show_plans
from ..plans import Planned, allow_flags, command_with_allow, ending_of, planned, retry_command
from ..select import specs_of
from ..stack_filter import only_stacks

EXAMPLES = (
    "elbplan destroy specs/web.yaml                   show the plan, then ask",
    "elbplan destroy specs/web.yaml --confirm my-web  do not ask, for scripts",
)


@click.command(
    cls=HelpFirstCommand,
    name="destroy",
    examples=EXAMPLES,
    help="Delete all resources that elbplan created for these stacks. Other resources stay, except instances with "
    "on_destroy: in the spec. The screen lists what AWS bills afterwards, with the command that ends it.",
)
@stacks_or_paths
@stack_filters
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
    """Shows the plan, asks for the stack's name, deletes."""
    hazards = hazard_names(allow)
    stacks = specs_of(app, paths)
    _check_confirmation([stack.name for stack in stacks], confirmed, yes)

    planner = AllowedHazards(lambda cloud, group: plan_destroy_each(cloud, group, KINDS), hazards)
    stack_plans = planned(app, stacks, planner)
    raise_if_all_fail(stack_plans)
    pending = [stack_plan for stack_plan in stack_plans if stack_plan.runnable]
    unconfirmed = [stack_plan.plan for stack_plan in pending if stack_plan.plan.stack not in confirmed]
    shown = [stack_plan for stack_plan in stack_plans if stack_plan.runnable or stack_plan.code]
    if shown and (not app.options.json or (unconfirmed and app.terminal.can_ask)):
        next = (
            ""
            if planner.allows(stack_plan.plan for stack_plan in pending)
            else command_with_allow(app, "destroy", paths, pending)
        )
        show_plans(app, "destroy", shown, app.terminal.stderr, detail=detail, next=next)
    planner.check(stack_plan.plan for stack_plan in pending)
    _ask(app, unconfirmed)
    planner.agreed = True
    flags = allow_flags(hazards)
    if len(stack_plans) == 1:
        return run_all(app, stack_plans, ending_of(app, "destroy", paths, *flags), agreed=confirmed)
    return _destroy_folder(app, stack_plans, paths, flags, confirmed)


def _destroy_folder(
    app: App, stack_plans: Sequence[Planned], paths: tuple[str, ...], flags: tuple[str, ...], confirmed: Sequence[str]
) -> int:
    def run(planned: Planned, ending: EndScreen, view: StackView) -> int:
        return run_stack(app, planned, ending, view, agreed=planned.plan.stack in confirmed)

    commands = FolderCommands(
        lambda stack: ending_of(app, "destroy", paths, *only_stacks([stack]), *flags),
        lambda stacks: retry_command(app, "destroy", paths, *only_stacks(stacks), *flags),
        ending_of(app, "destroy", paths, *flags),
    )
    screen = FolderScreen(app, [stack_plan.plan.stack for stack_plan in stack_plans], destroys=True)
    return FolderRun(app, screen, commands, run).all(stack_plans)


def _check_confirmation(names: Sequence[str], confirmed: Sequence[str], yes: bool) -> None:
    if yes:
        what = "destroy does not accept --yes, because it needs the stack's name"
        raise UsageProblem(what, hint=f"pass {_confirm_flags(names)}")
    for name in confirmed:
        if name not in names:
            raise UsageProblem(
                f"--confirm {name}: the specs have no such stack", hint=f"the specs have {', '.join(names)}"
            )


def _confirm_flags(names: Sequence[str]) -> str:
    return " ".join(f"--confirm {shlex.quote(name)}" for name in names)


def _ask(app: App, plans: Sequence[Plan]) -> None:
    """Asks the user to type the name of each stack. Raises Refused for any other answer."""
    if plans:
        app.terminal.require_user(f"pass {_confirm_flags([plan.stack for plan in plans])}")
    for plan in plans:
        if more := resources_of_others(plan):
            app.terminal.err(f"This also ends {more} that elbplan did not create.")
        if app.terminal.ask(f"Type the stack's name ({plan.stack}) to delete the whole stack: ") != plan.stack:
            raise Declined(f"not destroyed: the answer was not {plan.stack}", hint="nothing was changed")
