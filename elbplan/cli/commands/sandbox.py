"""elbplan sandbox: start, look at, empty and stop the local AWS simulator."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ...errors import ElbplanError
from ...sandbox.admin import daemon
from ...sandbox.errors import SandboxError
from ..context import App
from ..group import HelpFirstCommand, LazyGroup
from ..options import shared

T = TypeVar("T")


class Seconds(click.FloatRange):
    """A number of seconds in a range; `nan` lies in none, although no comparison says so."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Raises BadParameter."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return number


HERE = "elbplan.cli.commands.sandbox"
ENTRIES = {
    "start": (f"{HERE}:start", "Commands", "Start one in the background, or find the one that runs."),
    "stop": (f"{HERE}:stop", "Commands", "End it; all that is in it is gone."),
    "status": (f"{HERE}:status", "Commands", "Does one run, and where?"),
    "reset": (f"{HERE}:reset", "Commands", "Empty it."),
}
EXAMPLES = (
    "elbplan sandbox start                   runs in the background, for this machine only",
    "elbplan plan --sandbox specs/web.yaml   starts one if none runs",
    "elbplan sandbox stop                    ends it",
)


@click.group(
    cls=LazyGroup,
    name="sandbox",
    entries=ENTRIES,
    examples=EXAMPLES,
    invoke_without_command=True,
    help="A local AWS simulator: no account, no credentials, no cost.",
)
@shared
@click.pass_context
def command(context: click.Context) -> int:
    """Without a command it shows what there is."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


@click.command(
    cls=HelpFirstCommand,
    name="start",
    examples=("elbplan sandbox start", "elbplan sandbox start --slow 120   as slow as AWS"),
    help="Start a sandbox in the background, or find the one that runs.",
)
@click.option(
    "--slow", type=Seconds(0, 3600), metavar="SECONDS", help="How long a load balancer takes to be active (3)."
)
@shared
@click.pass_obj
def start(app: App, slow: float | None) -> int:
    """Says where it answers."""
    running = _try(lambda: daemon.start(slow))
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "running": True, "url": running.url, "pid": running.pid}))
    else:
        app.terminal.out(f"The sandbox runs at {running.url}; add --sandbox to a command to use it.")
    return 0


@click.command(
    cls=HelpFirstCommand, name="stop", examples=("elbplan sandbox stop",), help="End the sandbox; all in it is gone."
)
@shared
@click.pass_obj
def stop(app: App) -> int:
    """None that runs is fine, too."""
    stopped = _try(daemon.stop)
    _say(app, "stopped", stopped, "The sandbox is stopped." if stopped else "No sandbox runs.")
    return 0


@click.command(
    cls=HelpFirstCommand, name="status", examples=("elbplan sandbox status",), help="Does a sandbox run, and where?"
)
@shared
@click.pass_obj
def status(app: App) -> int:
    """One line, or JSON."""
    told = _try(daemon.status)
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, **told}))
    elif not told["running"]:
        app.terminal.out("No sandbox runs. elbplan sandbox start starts one.")
    else:
        minutes = (time.time() - told["started"]) / 60
        app.terminal.out(f"The sandbox runs at {told['url']}, since {minutes:.0f} min; {told['calls']} calls so far.")
    return 0


@click.command(
    cls=HelpFirstCommand, name="reset", examples=("elbplan sandbox reset",), help="Empty the sandbox that runs."
)
@shared
@click.pass_obj
def reset(app: App) -> int:
    """None that runs is as empty as can be."""
    emptied = _try(daemon.reset)
    _say(app, "emptied", emptied, "The sandbox is empty." if emptied else "No sandbox runs.")
    return 0


def _say(app: App, key: str, value: bool, text: str) -> None:
    app.terminal.out(json.dumps({"schema": 1, key: value}) if app.options.json else text)


def _try(work: Callable[[], T]) -> T:
    """The sandbox's complaints as ours."""
    try:
        return work()
    except SandboxError as error:
        raise ElbplanError(str(error)) from error
