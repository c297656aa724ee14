"""elbplan sandbox: start, stop, inspect and reset the local AWS simulator."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any, TypeVar

import click

from ...errors import ElbplanError
from ...sandbox.admin import daemon
from ...sandbox.admin.access import NetworkAccess, network_access
from ...sandbox.errors import SandboxError
from ..context import App
from ..group import HelpFirstCommand, LazyGroup
from ..options import shared

T = TypeVar("T")


class Seconds(click.FloatRange):
    """A number of seconds in a range. Rejects `nan`, which passes every comparison of FloatRange."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Raises BadParameter."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of seconds", param, ctx)
        return number


COMMANDS = "elbplan.cli.commands"
MODULE = f"{COMMANDS}.sandbox"
ENTRIES = {
    "start": (f"{MODULE}:start", "Commands", "Start the sandbox, or show the running one."),
    "stop": (f"{MODULE}:stop", "Commands", "Stop the sandbox and delete its data."),
    "status": (f"{MODULE}:status", "Commands", "Show whether the sandbox runs, and its URL."),
    "network": (f"{MODULE}:network", "Commands", "Show how to reach the load balancers of the sandbox."),
    "prepare": (f"{COMMANDS}.prepare:command", "Commands", "Create what specs expect of an account."),
    "demo": (f"{COMMANDS}.demo:command", "Commands", "Show the life of a stack, in under a minute."),
    "reset": (f"{MODULE}:reset", "Commands", "Delete all data of the running sandbox."),
}
NOT_RUNNING = "No sandbox is running. Start one with: elbplan sandbox start"
EXAMPLE_URL = "https://api.example.com/"
EXAMPLES = (
    "elbplan sandbox demo                    watch the life of a stack",
    "elbplan sandbox start                   start it in the background",
    "elbplan plan --sandbox specs/web.yaml   use it; starts it if necessary",
    "elbplan sandbox stop                    stop it",
)


@click.group(
    cls=LazyGroup,
    name="sandbox",
    entries=ENTRIES,
    examples=EXAMPLES,
    invoke_without_command=True,
    help="Control the sandbox, a local AWS simulator: no AWS account, no credentials, no cost.",
)
@shared
@click.pass_context
def command(context: click.Context) -> int:
    """Shows the help if no command is given."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


@click.command(
    cls=HelpFirstCommand,
    name="start",
    examples=("elbplan sandbox start", "elbplan sandbox start --slow 120   load balancers take 120 s, as on AWS"),
    help="Start the sandbox in the background, or show the running one.",
)
@click.option(
    "--slow", type=Seconds(0, 3600), metavar="SECONDS", help="Time until a load balancer is active (default: 3)."
)
@shared
@click.pass_obj
def start(app: App, slow: float | None) -> int:
    """Starts the sandbox and prints its URL."""
    running = _try(lambda: daemon.start(slow))
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "running": True, "url": running.url, "pid": running.pid}))
    else:
        app.terminal.out(f"The sandbox runs at {running.url}; add --sandbox to a command to use it.")
        _say_how_to_reach_it(app, running)
    return 0


@click.command(
    cls=HelpFirstCommand, name="stop", examples=("elbplan sandbox stop",), help="Stop the sandbox and delete its data."
)
@shared
@click.pass_obj
def stop(app: App) -> int:
    """Stops the sandbox. It is no error if no sandbox runs."""
    stopped = _try(daemon.stop)
    _report(app, "stopped", stopped, "The sandbox is stopped." if stopped else "No sandbox is running.")
    return 0


@click.command(
    cls=HelpFirstCommand,
    name="status",
    examples=("elbplan sandbox status",),
    help="Show whether the sandbox runs, and its URL.",
)
@shared
@click.pass_obj
def status(app: App) -> int:
    """Prints one line, or JSON."""
    running, report = _try(daemon.find), _try(daemon.status)
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, **report}))
    elif running is None or not report["running"]:
        app.terminal.out(NOT_RUNNING)
    else:
        minutes = (time.time() - report["started"]) / 60
        app.terminal.out(
            f"The sandbox runs at {report['url']} for {minutes:.0f} min and answered {report['calls']} calls."
        )
        _say_how_to_reach_it(app, running)
    return 0


def _say_how_to_reach_it(app: App, running: daemon.RunningSandbox) -> None:
    access = _try(lambda: network_access(running))
    app.terminal.out(f"Its load balancers answer through its proxy: {access.curl(EXAMPLE_URL)}")


@click.command(
    cls=HelpFirstCommand,
    name="network",
    examples=("elbplan sandbox network",),
    help="Show how to reach the load balancers of the sandbox: DNS, proxy, certificate authority.",
)
@shared
@click.pass_obj
def network(app: App) -> int:
    """Prints a few lines, or JSON."""
    running = _try(daemon.find)
    if running is None:
        app.terminal.out(json.dumps({"schema": 1, "running": False}) if app.options.json else NOT_RUNNING)
        return 0
    access = _try(lambda: network_access(running))
    app.terminal.out(json.dumps(_network_document(access)) if app.options.json else _network_text(access))
    return 0


def _network_document(access: NetworkAccess) -> dict[str, Any]:
    file = str(access.authority_file)
    return {"schema": 1, "running": True, "dns": list(access.dns), "proxy": access.proxy, "authority_file": file}


def _network_text(access: NetworkAccess) -> str:
    host, port = access.dns
    lines = {
        "DNS": f"{host}, port {port} (UDP and TCP)",
        "Proxy": access.proxy,
        "Authority": str(access.authority_file),
        "Example": access.curl(EXAMPLE_URL),
    }
    return "\n".join(f"{label:<10} {text}" for label, text in lines.items())


@click.command(
    cls=HelpFirstCommand,
    name="reset",
    examples=("elbplan sandbox reset",),
    help="Delete all data of the running sandbox.",
)
@shared
@click.pass_obj
def reset(app: App) -> int:
    """Deletes all data of the sandbox. It is no error if no sandbox runs."""
    was_running = _try(daemon.reset)
    _report(app, "emptied", was_running, "The sandbox is empty." if was_running else "No sandbox is running.")
    return 0


def _report(app: App, key: str, value: bool, text: str) -> None:
    app.terminal.out(json.dumps({"schema": 1, key: value}) if app.options.json else text)


def _try(work: Callable[[], T]) -> T:
    """Runs `work`. Turns SandboxError, and OSError of its files, into ElbplanError."""
    try:
        return work()
    except SandboxError as error:
        raise ElbplanError(str(error)) from error
    except OSError as error:
        hint = "set ELBPLAN_SANDBOX_DIR to a folder that you may write to"
        raise ElbplanError(f"the sandbox cannot write {error.filename}: {error.strerror}", hint=hint) from error
