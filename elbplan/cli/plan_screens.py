"""Plans on the screen, for plan on stdout and before a question on stderr."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from ..kinds import KINDS
from ..render.plan import counts, plan_screen
from .context import App
from .plans import Planned, style_for, view_of


def show_plans(
    app: App, verb: str, them: Sequence[Planned], stream: TextIO, *, detail: bool = False, next: str = ""
) -> None:
    """One block a stack, one line of counts for all."""
    style = style_for(app, stream)
    for one in them if not app.options.quiet else ():
        screen = plan_screen(one.plan, KINDS, style, view_of(app, verb, one, detail))
        app.terminal.show([*screen, style.line("")], stream)
    last = counts([one.plan for one in them], style, next)
    if stream is app.terminal.stderr:
        last.append(style.line(""))  # a question or the run follows
    app.terminal.show(last, stream)
