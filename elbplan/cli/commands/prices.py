"""elbplan prices: show the prices of a region, and read new ones from AWS's price list."""

from __future__ import annotations

import json

import click

from ...core.call import Answer, Call
from ...cost import Price, PriceTable
from ...cost.price_list import WANTED, take_prices
from ...cost.prices import INSTANCE
from ...errors import ElbplanError, UsageProblem
from ...live.price_list import read_products
from ...render.cost import refresh_command
from ...render.prices import prices_document, prices_screen, refreshed_lines
from ..connect import REGION, SANDBOX_REGION, Connections
from ..context import App
from ..errors import report_problem
from ..group import HelpFirstCommand, LazyGroup
from ..options import shared
from ..plans import style_for
from ..price_files import price_table, refreshed_prices, write_prices

MODULE = "elbplan.cli.commands.prices"
ENTRIES = {"refresh": (f"{MODULE}:refresh", "Commands", "Read the prices of a region from AWS's price list.")}
EXAMPLES = (
    "elbplan prices --region ap-northeast-2           show the prices that plans use",
    "elbplan prices refresh --region ap-northeast-2   read them from AWS",
)
MOST_CHANGES = 20
"""How many changed prices of instance types the screen lists."""


@click.group(
    cls=LazyGroup,
    name="prices",
    entries=ENTRIES,
    examples=EXAMPLES,
    invoke_without_command=True,
    help="Show the prices of a region, with date and source. Calls AWS only for refresh.",
)
@shared
@click.pass_context
def command(context: click.Context) -> int:
    """Shows the prices if no command is given."""
    if context.invoked_subcommand is not None:
        return 0
    app = context.find_object(App)
    assert app is not None
    region, table = _region(app), price_table(app)
    if app.options.json:
        app.terminal.out(json.dumps(prices_document(table, region), indent=2))
    else:
        style = style_for(app, app.terminal.stdout)
        app.terminal.show(prices_screen(table, region, style, refresh_command(region)))
    return 0


@click.command(
    cls=HelpFirstCommand,
    name="refresh",
    examples=EXAMPLES[1:],
    help="Read the prices of a region from AWS's price list. Needs the permission pricing:GetProducts. Later commands "
    "use these prices where they are at least as new as those of the package.",
)
@shared
@click.pass_obj
def refresh(app: App) -> int:
    """Reads the price list, writes the table, and prints what has changed."""
    if app.options.sandbox:
        what = "the local AWS simulator has no price list"
        raise UsageProblem(what, hint="without --sandbox, elbplan reads AWS's price list; it needs credentials")
    region = _region(app)
    connections = Connections(app, [])
    cloud = app.connect(region) if app.connect else connections.of(connections.place_in(region))
    if not app.options.quiet:
        app.terminal.err(f"reading the prices of {region}; this takes some seconds")

    def send(call: Call) -> Answer:
        app.aws_called = True
        return cloud.send(call)

    prices: dict[str, Price] = {}
    problems: list[str] = []
    for wanted in WANTED:
        products = read_products(send, wanted.service, wanted.all_filters(region), region)
        taken = take_prices(wanted, products, region)
        prices |= taken.prices
        problems += taken.problems
    return _save(app, region, prices, problems)


def _save(app: App, region: str, prices: dict[str, Price], problems: list[str]) -> int:
    """Writes what is clear, reports what is not, and returns the exit code."""
    for problem in problems:
        hint = "this price stays as it was; please report it"
        report_problem(app.terminal, ElbplanError(f"AWS's price list: {problem}", hint=hint), aws_called=True)
    if not prices:
        raise ElbplanError(f"AWS's price list has no prices of {region}", hint="is it the name of a region?")
    newest = max(price.date for price in prices.values())
    before, new = price_table(app), PriceTable({region: prices}, {}, newest)
    kept = refreshed_prices(app.terminal)
    file = write_prices(app.terminal, kept.with_newer(new) if kept else new)
    changed = {
        name: (old, price)
        for name, price in prices.items()
        if (old := before.price(region, name)) is None or old.amount != price.amount
    }
    known = {name: change for name, change in changed.items() if change[0] or not name.startswith(INSTANCE)}
    if app.options.json:
        document = prices_document(before.with_newer(new), region)
        app.terminal.out(json.dumps({**document, "file": str(file), "problems": problems}, indent=2))
    else:
        lines = list(refreshed_lines(region, len(prices), known))
        app.terminal.out("\n".join([*lines[:MOST_CHANGES], f"written to {file}"]))
    return ElbplanError.exit_code if problems else 0


def _region(app: App) -> str:
    """The region of --region, the environment or the profile. Raises ElbplanError."""
    default = SANDBOX_REGION if app.options.sandbox else None
    region = app.options.region or default or Connections(app, []).default_region()
    hint = "pass --region ap-northeast-2, or set AWS_REGION"
    if not region:
        raise ElbplanError("no region is given", hint=hint)
    if not REGION.match(region):
        raise ElbplanError(f"{region!r} is not an AWS region", hint=hint)
    return region
