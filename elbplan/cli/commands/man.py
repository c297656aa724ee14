"""elbplan man: print the manual page."""

from __future__ import annotations

import json

import click

from ..context import App
from ..group import HelpFirstCommand
from ..man import manual
from ..options import shared

EXAMPLES = (
    "elbplan man | man -l -                                 read it",
    "elbplan man > ~/.local/share/man/man1/elbplan.1        install it for man elbplan",
)


@click.command(
    cls=HelpFirstCommand,
    name="man",
    examples=EXAMPLES,
    help="Print the manual page elbplan(1). A package of elbplan also has it in share/man/man1.",
)
@shared
@click.pass_obj
def command(app: App) -> int:
    """Prints the page of all commands."""
    group = click.get_current_context().find_root().command
    page = manual(group) if isinstance(group, click.Group) else ""
    app.terminal.out(json.dumps({"schema": 1, "page": page}) if app.options.json else page.rstrip("\n"))
    return 0
