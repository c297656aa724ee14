"""elbplan runs: list the last runs of stacks and their results. Writes nothing to AWS."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from ...errors import AwsProblem
from ...render.runs import runs_document, runs_screen
from ...run.status import StackRuns, runs_of
from ..context import App
from ..errors import worst
from ..group import HelpFirstCommand
from ..locks import run_stores_of, table_style
from ..options import shared, stack_filters

EXAMPLES = (
    "elbplan runs                  list the runs of all specs in specs/",
    "elbplan runs my-web           list the runs of one stack, and the steps of the last one",
    "elbplan runs my-web -v        also list the steps of the other runs",
    "elbplan runs specs/web.yaml   list the runs of the stacks of one file",
)


@click.command(
    cls=HelpFirstCommand,
    name="runs",
    examples=EXAMPLES,
    help="List the last runs of stacks, newest first: who ran what, and the result.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@stack_filters
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...]) -> int:
    """Reads and prints the runs of each stack."""
    stores = run_stores_of(app, words)
    stack_runs = [(runs_of(store.stack, store.locks), store.region) for store in stores]
    if app.options.json:
        documents = [runs_document(runs, region) for runs, region in stack_runs]
        app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
    else:
        _show(app, [runs for runs, _ in stack_runs])
    return worst(AwsProblem.exit_code for runs, _ in stack_runs if runs.unknown)


def _show(app: App, stack_runs: Sequence[StackRuns]) -> None:
    """Prints a table for each stack. A stack that is alone also has the steps of its last run."""
    for runs in stack_runs:
        screen = runs_screen(runs, table_style(app), steps=len(stack_runs) == 1, every=app.options.verbose > 0)
        app.terminal.show(screen)
