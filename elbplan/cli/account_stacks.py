"""Reads the stacks of all regions of a command, with their cost and their specs."""

from __future__ import annotations

from functools import partial

from ..leftovers.specs import spec_of
from ..leftovers.stacks import AccountStack, RegionStacks, read_stacks
from ..render.stacks import StackRow, StacksView
from ..run.workflow import Cloud
from .account_regions import AccountRegions
from .context import App
from .costs import cost_of
from .plans import retry_command


def stacks_view(app: App, account: AccountRegions) -> StacksView:
    """The stacks of the account in these regions, by region and name."""
    answers, seconds = account.ask(app, partial(look_for_stacks, account=account.account))
    found = [answer.answer for answer in answers if answer.answer]
    stacks = sorted((s for each in found for s in each.stacks), key=lambda stack: (stack.region, stack.name))
    return StacksView(
        account.regions,
        account.account,
        [stack_row(app, account, stack) for stack in stacks],
        [entry for each in found for entry in each.not_checked],
        [answer.problem for answer in answers if answer.problem],
        app.wall(),
        seconds,
        account.others,
    )


def look_for_stacks(cloud: Cloud, *, account: str) -> RegionStacks:
    """The stacks of one region."""
    return read_stacks(cloud.send, cloud.region, account)


def stack_row(app: App, account: AccountRegions, stack: AccountStack) -> StackRow:
    """A stack with its cost, its spec, and the command that destroys it."""
    return StackRow(stack, cost_of(app, stack.plan), spec_of(stack, account.specs), destroy_command(app, stack))


def destroy_command(app: App, stack: AccountStack) -> str:
    """The command that destroys a stack, also without its spec."""
    options = [] if app.options.region else ["--region", stack.region]
    return retry_command(app, "destroy", [stack.name], *options)
