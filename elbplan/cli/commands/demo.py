"""elbplan sandbox demo: show the life of a stack on a simulator of its own."""

from __future__ import annotations

import json
import sys

import click

from ...errors import ElbplanError
from ..context import App
from ..demo import demo
from ..group import HelpFirstCommand
from ..options import shared


@click.command(
    cls=HelpFirstCommand,
    name="demo",
    examples=("elbplan sandbox demo",),
    help="Show the life of a stack: plan, apply, verify, a request, destroy. Nothing is real, and nothing is billed.",
)
@shared
@click.pass_obj
def command(app: App) -> int:
    """Runs the commands of the demo one after the other. Raises ElbplanError if one fails."""
    as_json = app.options.json

    def show(line: str) -> None:
        write = app.terminal.err if as_json else app.terminal.out
        write(f"$ {line}")

    def ended(line: str, code: int) -> None:
        if as_json:
            app.terminal.out(json.dumps({"schema": 1, "type": "command", "command": line, "exit": code}))
        else:
            app.terminal.out("")

    with demo(app.terminal.environ, show, ended, sys.stderr if as_json else None) as own:
        code = own.run_all()
    if code:
        raise ElbplanError(f"a command of the demo ended with {code}", hint="its message stands above")
    return 0
