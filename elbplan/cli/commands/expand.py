"""elbplan expand: print the long form of specs, with the field names of AWS."""

from __future__ import annotations

import click

from ...spec import expand_text
from ..context import App
from ..group import HelpFirstCommand
from ..options import paths, shared
from ..plans import stacks_of

EXAMPLES = (
    "elbplan expand specs/web.yaml               print the long form",
    "elbplan expand specs/web.yaml > long.yaml   save it; it is also a spec",
)


@click.command(
    cls=HelpFirstCommand,
    name="expand",
    examples=EXAMPLES,
    help="Print the long form of specs, with the field names of AWS. The long form is also a valid spec.",
)
@paths
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...]) -> int:
    """Prints one YAML document for each stack."""
    stacks = stacks_of(app, paths)
    app.terminal.out(expand_text(stacks).rstrip("\n"))
    return 0
