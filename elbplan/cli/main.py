"""The entry point: runs a command and turns its result or error into an exit code and a message."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..run.clock import Clock, RealClock, RunClock
from ..version import __version__
from .context import App
from .denials import report_denials
from .errors import report_failure
from .group import LazyGroup
from .misuse import accepted
from .options import shared
from .terminal import Terminal

if TYPE_CHECKING:
    from ..api.access import Connect
    from ..live.delegation import ZoneDns
    from ..verification.network import Network, NoNetwork

INTERRUPTED = 130
COMPLETION = "_ELBPLAN_COMPLETE"
"""A shell sets this variable when it asks for the completion of a command line."""

EXAMPLES = (
    "elbplan plan specs/web.yaml          show what would change, and why",
    "elbplan apply specs/web.yaml         change AWS to match the spec",
    "elbplan destroy specs/web.yaml       delete the stack; list what AWS still bills",
)

COMMANDS = "elbplan.cli.commands"
ENTRIES = {
    "plan": (f"{COMMANDS}.plan:command", "Commands", "Show what would change, and why."),
    "apply": (f"{COMMANDS}.apply:command", "Commands", "Change AWS to match the spec."),
    "destroy": (f"{COMMANDS}.destroy:command", "Commands", "Delete all resources of a stack."),
    "status": (f"{COMMANDS}.status:command", "Commands", "Show the status of a stack: sync, last run, health."),
    "list": (f"{COMMANDS}.list:command", "Commands", "List the stacks of the account, also those without a spec."),
    "leftovers": (f"{COMMANDS}.leftovers:command", "Commands", "Find what AWS bills although it serves nobody."),
    "verify": (f"{COMMANDS}.verify:command", "Commands", "Check that a stack answers, and find why not."),
    "map": (f"{COMMANDS}.map:command", "Commands", "Draw a stack: names, rules, groups, targets."),
    "runs": (f"{COMMANDS}.runs:command", "Commands", "List the last runs and their results."),
    "open": (f"{COMMANDS}.open:command", "Commands", "Open the address of a stack in a browser."),
    "explain": (f"{COMMANDS}.explain:command", "Commands", "Explain a word, or find why something does not work."),
    "unlock": (f"{COMMANDS}.unlock:command", "Commands", "Release the lock of a dead run."),
    "prices": (f"{COMMANDS}.prices:command", "Commands", "Show the prices of a region, or read new ones."),
    "permissions": (f"{COMMANDS}.permissions:command", "Commands", "Print the least IAM policy for a spec."),
    "import": (f"{COMMANDS}.import_:command", "Specs", "Write the spec of a load balancer that exists."),
    "lint": (f"{COMMANDS}.lint:command", "Specs", "Find what specs risk, and hazards in migrations."),
    "rehearse": (f"{COMMANDS}.rehearse:command", "Specs", "Test migrations on a local AWS simulator."),
    "rebase": (f"{COMMANDS}.rebase:command", "Specs", "Put the migrations of two branches in order."),
    "accept-drift": (f"{COMMANDS}.accept_drift:command", "Specs", "Accept drift: write it to the spec and migrations."),
    "validate": (f"{COMMANDS}.validate:command", "Specs", "Check specs, without AWS."),
    "expand": (f"{COMMANDS}.expand:command", "Specs", "Print the long form of a spec."),
    "schema": (f"{COMMANDS}.schema:command", "Specs", "Print the JSON Schema of specs, for editors."),
    "init": (f"{COMMANDS}.init:command", "Try it out", "Write a first spec, from your account and your answers."),
    "doctor": (f"{COMMANDS}.doctor:command", "Try it out", "Check credentials, permissions, quotas, versions."),
    "sandbox": (f"{COMMANDS}.sandbox:command", "Try it out", "Start and stop the local AWS simulator."),
    "completion": (f"{COMMANDS}.completion:command", "Shell", "Print the completion script for bash, zsh or fish."),
    "man": (f"{COMMANDS}.man:command", "Shell", "Print the manual page."),
}


@click.group(
    cls=LazyGroup,
    entries=ENTRIES,
    examples=EXAMPLES,
    invoke_without_command=True,
    help="Manage AWS load balancers with a few lines of YAML. elbplan needs no state file.",
    epilog="Exit codes: 0 success, 1 error, 2 changes pending (plan --exit-code), 3 no answer, 4 partly applied, "
    "5 refused, 64 usage error, 65 invalid spec, 130 interrupted.",
)
@shared
@click.version_option(__version__, "--version", prog_name="elbplan", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> int:
    """Shows the help if no command is given."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


def run(
    args: Sequence[str],
    terminal: Terminal,
    connect: Connect | None = None,
    clock: Clock | None = None,
    dns: ZoneDns | None = None,
    wall: Callable[[], float] = time.time,
    network: Network | NoNetwork | None = None,
    run_clock: Callable[[], RunClock] = RealClock,
) -> int:
    """Runs one command and returns its exit code. No error ends as a traceback."""
    app = App(terminal, connect=connect, wall=wall, dns=dns, network=network, run_clock=run_clock)
    app.clock = clock or app.clock
    code = _invoke(app, args)
    report_denials(app, args)
    return code


def _invoke(app: App, args: Sequence[str]) -> int:
    try:
        with cli.make_context("elbplan", accepted(args), obj=app) as context:
            return int(cli.invoke(context) or 0)
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except BrokenPipeError:
        return 0
    except (KeyboardInterrupt, Exception) as fault:
        return report_failure(app, fault, args)


NEW_OBJECTS = 50_000
"""Python collects garbage after so many new objects. After 700, its default, it takes a fifth of the start time."""


def main() -> None:
    """Runs the `elbplan` command of this process."""
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    terminal = Terminal.of_process()
    if COMPLETION in os.environ:
        from .completion.shells import answer  # other commands need neither YAML nor the table

        print(answer(os.environ[COMPLETION], os.environ, Path.cwd()))
        sys.exit(0)
    code = run(sys.argv[1:], terminal)
    terminal.close()
    if code == INTERRUPTED:
        os._exit(code)  # a thread may hang in a call, and sys.exit would wait for it
    sys.exit(code)
