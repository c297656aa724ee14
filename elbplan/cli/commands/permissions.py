"""elbplan permissions: print the least IAM policy for a stack and a command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import cast, get_args

import click

from ...core.stack import Stack
from ...errors import UsageProblem
from ...permissions.policy import Command, Policy, combined, policy, unlimited
from ...render.permissions import notes, policy_document, policy_text
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared
from ..select import specs_of
from ..wrapping import wrapped_error

EXAMPLES = (
    "elbplan permissions specs/web.yaml            all that plan, apply and destroy need",
    "elbplan permissions specs/web.yaml plan       a role that only reads, for CI",
    "elbplan permissions apply > policy.json       for every spec and every stack",
    "elbplan permissions specs/ --part 1           the first part of a long policy",
)


@click.command(
    cls=HelpFirstCommand,
    name="permissions",
    examples=EXAMPLES,
    help="Print the least IAM policy for specs and a command: plan, apply or destroy; without such a word for all "
    "three. Without a spec, the policy is for every kind of resource and any stack. Calls no AWS.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH...] [plan|apply|destroy]")
@click.option("--account", default="", metavar="ID", help="The account in the ARNs, if the spec names none.")
@click.option("--part", type=click.IntRange(min=1), metavar="NUMBER", help="Print only this part of a long policy.")
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], account: str, part: int | None) -> int:
    """Prints the policy on stdout, and notes on stderr."""
    names, verb = _split(words)
    # One by one: the old and the new spec of a stack have the same name.
    stacks: Sequence[Stack | None] = [stack for name in names for stack in specs_of(app, [name])] or [None]
    region = app.options.region or ""
    whole = combined(policy(stack, verb, account=account, region=region) for stack in stacks)
    reasons: dict[str, tuple[str, ...]] = {}
    for stack in stacks:
        for why, actions in unlimited(stack, verb).items():
            reasons[why] = tuple(sorted({*reasons.get(why, ()), *actions}))
    if app.options.json:
        document = policy_document(whole, sorted({stack.name for stack in stacks if stack}), verb or "", reasons)
        app.terminal.out(json.dumps(document, indent=2))
        return 0
    app.terminal.out(policy_text(_part(whole, part)))
    if not app.options.quiet:
        lines = list(notes(whole, reasons, part or 0))
        app.terminal.err(*(wrapped_error(lines, app.terminal.error_width, 0) if app.terminal.error_width else lines))
    return 0


def _split(words: Sequence[str]) -> tuple[list[str], Command | None]:
    """The specs, and the command if the last word is one."""
    if words and words[-1] in get_args(Command):
        return list(words[:-1]), cast(Command, words[-1])
    return list(words), None


def _part(whole: Policy, part: int | None) -> Policy:
    """The part with this number, counted from 1. Raises UsageProblem."""
    if part is None:
        return whole
    if part > len(whole.parts):
        raise UsageProblem(f"there is no part {part}", hint=f"the policy has {len(whole.parts)}")
    return whole.parts[part - 1]
