"""elbplan expand: the long form of a spec, in AWS's own names."""

from __future__ import annotations

import click

from ...spec import expand_text
from ..context import App
from ..group import HelpFirstCommand
from ..options import paths, shared
from ..plans import stacks_of

EXAMPLES = (
    "elbplan expand specs/web.yaml               what the short form stands for",
    "elbplan expand specs/web.yaml > long.yaml   the long form is a spec, too",
)


@click.command(
    cls=HelpFirstCommand, name="expand", examples=EXAMPLES, help="Print the long form of a spec; it is a spec itself."
)
@paths
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...]) -> int:
    """One document a stack."""
    stacks = stacks_of(app, paths)

    app.terminal.out(expand_text(stacks).rstrip("\n"))
    return 0
