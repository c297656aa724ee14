"""elbplan permissions: print the least IAM policy for a stack and a command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast, get_args

import click

from ...core.permission import NO_RESOURCES
from ...core.stack import Stack
from ...errors import UsageProblem
from ...permissions.adoption import caller_statements
from ...permissions.policy import Command, Policy, combined, policy, unlimited
from ...permissions.statements import Statement
from ...render.permissions import caller_notes, notes, policy_document, policy_text
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared
from ..reading_permissions import ACTIONS, reading_policy_of
from ..select import specs_of
from ..wrapping import wrapped_error

EXAMPLES = (
    "elbplan permissions specs/web.yaml            all that plan, apply and destroy need",
    "elbplan permissions specs/web.yaml plan       a role that only reads, for CI",
    "elbplan permissions apply > policy.json       for every spec and every stack",
    "elbplan permissions specs/ --part 1           the first part of a long policy",
    "elbplan permissions leftovers                 a role that looks for leftovers",
)


@click.command(
    cls=HelpFirstCommand,
    name="permissions",
    examples=EXAMPLES,
    help="Print the least IAM policy for specs and a command: plan, apply or destroy; without such a word for all "
    "three. Without a spec, the policy is for every kind of resource and any stack. The words list, leftovers, import, "
    "init and doctor print the policy of commands that only read the account. Calls no AWS.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH...] [COMMAND]")
@click.option("--account", default="", metavar="ID", help="The account in the ARNs, if the spec names none.")
@click.option("--part", type=click.IntRange(min=1), metavar="NUMBER", help="Print only this part of a long policy.")
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], account: str, part: int | None) -> int:
    """Prints the policy on stdout, and notes on stderr."""
    wanted = _for_reading(words) if words and words[-1] in ACTIONS else _for_specs(app, words, account)
    if app.options.json:
        document = policy_document(wanted.policy, wanted.stacks, wanted.command, wanted.reasons, wanted.callers)
        app.terminal.out(json.dumps(document, indent=2))
        return 0
    app.terminal.out(policy_text(_part(wanted.policy, part)))
    if not app.options.quiet:
        width = app.terminal.error_width
        lines = list(notes(wanted.policy, wanted.reasons, part or 0))
        app.terminal.err(*(wrapped_error(lines, width, 0) if width else lines), *caller_notes(wanted.callers))
    return 0


@dataclass(frozen=True)
class Wanted:
    """A policy, for whom it is, why some actions have no limit, and what the callers of its roles need."""

    policy: Policy
    command: str
    stacks: Sequence[str] = ()
    reasons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    callers: Sequence[Statement] = ()


def _for_reading(words: Sequence[str]) -> Wanted:
    """The policy of a command that reads the whole account. Raises UsageProblem for a spec."""
    word = words[-1]
    if len(words) > 1:
        what = f"the policy for {word} is the same for every spec"
        raise UsageProblem(what, hint=f"elbplan permissions {word}")
    policy = reading_policy_of(word)
    everywhere = [action for statement in policy.statements if not statement.limited for action in statement.actions]
    return Wanted(policy, word, reasons={NO_RESOURCES: everywhere})


def _for_specs(app: App, words: Sequence[str], account: str) -> Wanted:
    """The policy of plan, apply or destroy, or of all three, for these specs; without specs for any stack."""
    names, verb = _split(words)
    # One by one: the old and the new spec of a stack have the same name.
    specs = [stack for name in names for stack in specs_of(app, [name])]
    stacks: Sequence[Stack | None] = specs or [None]
    region = app.options.region or ""
    whole = combined(policy(stack, verb, account=account, region=region) for stack in stacks)
    reasons: dict[str, tuple[str, ...]] = {}
    for stack in stacks:
        for why, actions in unlimited(stack, verb).items():
            reasons[why] = tuple(sorted({*reasons.get(why, ()), *actions}))
    return Wanted(whole, verb or "", sorted({stack.name for stack in specs}), reasons, caller_statements(specs))


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
