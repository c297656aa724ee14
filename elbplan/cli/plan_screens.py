"""Prints plans: on stdout for the command plan, on stderr before a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

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
