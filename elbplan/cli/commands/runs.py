"""elbplan runs: list the last runs of stacks and their results. Writes nothing to AWS."""

from __future__ import annotations

import json

import click

from ...render.runs import runs_document, runs_screen
from ...run.status import runs_of
from ..context import App
from ..group import HelpFirstCommand
from ..locks import run_stores_of, table_style
from ..options import shared

EXAMPLES = (
    "elbplan runs                  list the runs of all specs in specs/",
    "elbplan runs my-web           list the runs of one stack",
    "elbplan runs specs/web.yaml   list the runs of the stacks of one file",
)


@click.command(
    cls=HelpFirstCommand,
    name="runs",
    examples=EXAMPLES,
    help="List the last runs of stacks, newest first: who ran what, and the result.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...]) -> int:
    """Reads and prints the runs of each stack."""
    stack_runs = [(runs_of(store.stack, store.locks), store.region) for store in run_stores_of(app, words)]
    if app.options.json:
        documents = [runs_document(runs, region) for runs, region in stack_runs]
        app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
        return 0
    for runs, _ in stack_runs:
        app.terminal.show(runs_screen(runs, table_style(app)))
    return 0
