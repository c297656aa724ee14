"""Prints plans, on stdout for the command plan and on stderr before a question; and asks the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from ..errors import Refused
from ..kinds import KINDS
from ..render.plan import counts, plan_screen
from .context import App
from .plans import Planned, style_for, view_of


def show_plans(
    app: App, verb: str, planned: Sequence[Planned], stream: TextIO, *, detail: bool = False, next: str = ""
) -> None:
    """Prints a block for each stack and one line with the counts of all stacks."""
    style = style_for(app, stream)
    for stack_plan in planned if not app.options.quiet else ():
        screen = plan_screen(stack_plan.plan, KINDS, style, view_of(app, verb, stack_plan, detail))
        app.terminal.show([*screen, style.line("")], stream)
    last = counts([stack_plan.plan for stack_plan in planned], style, next)
    if stream is app.terminal.stderr:
        last.append(style.line(""))  # a question or the run follows
    app.terminal.show(last, stream)


def confirm(app: App, stacks: str, *, approves: str = "") -> None:
    """Returns after the answer yes; `approves` is the step whose hold ends with it. Raises Refused."""
    app.terminal.require_user("pass --yes to apply without asking")
    hold = f", and approve the hold at {approves}" if approves else ""
    answer = app.terminal.ask(f"Apply this to {stacks}{hold}? Type yes to go on: ")
    if answer.lower() != "yes":
        raise Refused("not applied: the answer was not yes", hint="nothing was changed")
