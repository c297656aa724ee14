"""elbplan destroy: delete the resources that elbplan created for a stack, and those that `on_destroy:` names."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from ...api.allowed_hazards import hazard_names
from ...api.planning import Planned
from ...core.stack import Stack
from ...errors import UsageProblem
from ...kinds import KINDS
from ...run.workflow import Cloud, StackPlan, plan_destroy_each
from ..account_regions import account_regions, all_regions_option
from ..after_destroy import tell_leftovers
from ..context import App
from ..destroying import DestroyRequest, confirm_flags, destroy
from ..errors import worst
from ..expired_stacks import StillExpired, expired_stacks
from ..group import HelpFirstCommand
from ..options import shared, stack_filters, stacks_or_paths
from ..select import specs_of

EXAMPLES = (
    "elbplan destroy specs/web.yaml                    show the plan, then ask",
    "elbplan destroy specs/web.yaml --confirm my-web   do not ask, for scripts",
    "elbplan destroy my-web --region eu-west-1         a stack without a spec",
    "elbplan destroy --expired --all-regions --yes     expired stacks, every night",
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
@click.option("--expired", is_flag=True, help="Delete the stacks whose expires: is past, also without their specs.")
@all_regions_option
@click.option(
    "-y", "--yes", "--auto-approve", "yes", is_flag=True, help="Only with --expired: do not ask; the specs set the end."
)
@click.option("--no-leftovers", "quiet_end", is_flag=True, help="Do not list what else AWS bills in the region.")
@click.option("--detail", is_flag=True, help="Show every step before the question.")
@shared
@click.pass_obj
def command(
    app: App,
    paths: tuple[str, ...],
    confirmed: tuple[str, ...],
    allow: tuple[str, ...],
    expired: bool,
    everywhere: bool,
    yes: bool,
    quiet_end: bool,
    detail: bool,
) -> int:
    """Shows the plan, asks for the stack's name, deletes."""
    hazards = hazard_names(allow)
    if expired:
        _refuse_names(paths)
        code, plans = _destroy_expired(app, confirmed, hazards, everywhere=everywhere, yes=yes, detail=detail)
    else:
        stacks = specs_of(app, paths, without_spec=True)
        _check_confirmation([stack.name for stack in stacks], confirmed, yes=yes, everywhere=everywhere)
        request = DestroyRequest(stacks, paths, confirmed, hazards, detail)
        code, plans = destroy(app, request, _plan)
    if not quiet_end and not app.options.quiet:
        tell_leftovers(app, plans)
    return code


def _plan(cloud: Cloud, group: Sequence[Stack]) -> Sequence[StackPlan]:
    return plan_destroy_each(cloud, group, KINDS)


def _destroy_expired(
    app: App, confirmed: tuple[str, ...], hazards: tuple[str, ...], *, everywhere: bool, yes: bool, detail: bool
) -> tuple[int, Sequence[Planned]]:
    found = expired_stacks(app, account_regions(app, everywhere=everywhere))
    if not found.stacks:
        nothing = json.dumps({"schema": 1, "type": "expired", "stacks": []})
        app.terminal.out(nothing if app.options.json else "No stack is past its end.")
        return found.code, ()
    words = ["--expired", *(["--all-regions"] if everywhere else []), *(["--yes"] if yes else [])]
    request = DestroyRequest(found.stacks, words, confirmed, hazards, detail, unattended=yes)
    code, plans = destroy(app, request, StillExpired(_plan, app.wall))
    return worst([found.code, code]), plans


def _refuse_names(paths: Sequence[str]) -> None:
    if paths:
        raise UsageProblem("--expired finds the stacks by itself", hint=f"leave out {' '.join(paths)}")


def _check_confirmation(names: Sequence[str], confirmed: Sequence[str], *, yes: bool, everywhere: bool) -> None:
    if yes:
        what = "destroy does not accept --yes, because it needs the stack's name"
        raise UsageProblem(what, hint=f"pass {confirm_flags(names)}")
    if everywhere:
        raise UsageProblem("--all-regions is only for --expired", hint="name one region with --region")
    for name in confirmed:
        if name not in names:
            raise UsageProblem(
                f"--confirm {name}: the specs have no such stack", hint=f"the specs have {', '.join(names)}"
            )
