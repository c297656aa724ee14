"""elbplan list: show the stacks of an account, also those whose spec is gone. Writes nothing to AWS."""

from __future__ import annotations

import json

import click

from ...render.stacks import stacks_document, stacks_screen
from ..account_regions import account_regions, all_regions_option
from ..account_stacks import stacks_view
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared
from ..plans import style_for

EXAMPLES = (
    "elbplan list                 the stacks in the regions of the specs and of your configuration",
    "elbplan list --all-regions   the stacks in every region that is enabled for the account",
)


@click.command(
    cls=HelpFirstCommand,
    name="list",
    examples=EXAMPLES,
    help="List the stacks that exist in the account, found by their tags and their run records: what each has, its "
    "cost, its last run, its end, and its spec. Also stacks whose spec is gone, renamed or of another region now. "
    "Changes nothing.",
)
@all_regions_option
@shared
@click.pass_obj
def command(app: App, everywhere: bool) -> int:
    """Reads the regions and prints their stacks."""
    view = stacks_view(app, account_regions(app, everywhere=everywhere))
    if app.options.json:
        app.terminal.out(json.dumps(stacks_document(view), indent=2))
    else:
        app.terminal.show(stacks_screen(view, style_for(app, app.terminal.stdout)))
    return 0
