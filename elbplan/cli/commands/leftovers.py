"""elbplan leftovers: find what AWS bills although it serves nobody. Writes nothing to AWS."""

from __future__ import annotations

import json

import click

from ...render.leftovers import leftovers_screen
from ...render.leftovers_document import leftovers_document
from ..account_leftovers import read_leftovers
from ..account_regions import account_regions, all_regions_option
from ..context import App
from ..group import HelpFirstCommand
from ..options import shared
from ..plans import style_for

EXAMPLES = (
    "elbplan leftovers                 the regions of the specs and of your configuration",
    "elbplan leftovers --all-regions   every region that is enabled for the account",
    "elbplan leftovers --exit-code     exit with code 2 if something is left over",
)
FOUND_EXIT = 2


@click.command(
    cls=HelpFirstCommand,
    name="leftovers",
    examples=EXAMPLES,
    help="Find what AWS bills although it serves nobody: unattached Elastic IPs and volumes, idle load balancers, "
    "unused NAT gateways, empty hosted zones, stacks that are past their end. Each has its price and the command that "
    "ends it. Changes nothing.",
)
@all_regions_option
@click.option("--exit-code", "exit_code", is_flag=True, help="Exit with code 2 if something is left over.")
@shared
@click.pass_obj
def command(app: App, everywhere: bool, exit_code: bool) -> int:
    """Reads the regions and prints what is left over."""
    view = read_leftovers(app, account_regions(app, everywhere=everywhere))
    if app.options.json:
        app.terminal.out(json.dumps(leftovers_document(view), indent=2))
    else:
        app.terminal.show(leftovers_screen(view, style_for(app, app.terminal.stdout)))
    return FOUND_EXIT if exit_code and view.found else 0
