"""elbplan schema: print the JSON Schema of specs, for editors."""

from __future__ import annotations

import json

import click

from ...spec import schema
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared

EXAMPLES = (
    "elbplan schema > elbplan.schema.json",
    "# yaml-language-server: $schema=./elbplan.schema.json   # first line of a spec",
)


@click.command(
    cls=HelpFirstCommand, name="schema", examples=EXAMPLES, help="Print the JSON Schema of specs, for editors."
)
@shared
@click.pass_obj
def command(app: App) -> int:
    """Prints the schema."""
    app.terminal.out(json.dumps(schema(), indent=2))
    return 0
