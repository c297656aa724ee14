"""The entry point: every way a command can end becomes an exit code and, where needed, a message with a hint."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from .. import __version__
from ..errors import ElbplanError
from ..run.clock import Clock, RealClock
from .context import App, Connect
from .errors import report_crash, report_misuse, report_problem
from .group import LazyGroup
from .options import shared
from .terminal import Terminal

INTERRUPTED = 130
EXAMPLES = (
    "elbplan plan specs/web.yaml          what would change, and why",
    "elbplan apply specs/web.yaml         make AWS as the spec says",
    "elbplan destroy specs/web.yaml       remove it all; nothing is billed any more",
)

HERE = "elbplan.cli.commands"
ENTRIES = {
    "plan": (f"{HERE}.plan:command", "Commands", "Show what would change, and why."),
    "apply": (f"{HERE}.apply:command", "Commands", "Make AWS as the spec says."),
    "destroy": (f"{HERE}.destroy:command", "Commands", "Remove everything that a stack made."),
    "status": (f"{HERE}.status:command", "Commands", "How a stack is: in sync, running, healthy?"),
    "runs": (f"{HERE}.runs:command", "Commands", "Who applied what, and how it ended."),
    "unlock": (f"{HERE}.unlock:command", "Commands", "Take the lock from a run that is dead."),
    "lint": (f"{HERE}.lint:command", "Specs", "Find hazards in migrations, without AWS."),
    "rehearse": (f"{HERE}.rehearse:command", "Specs", "Play migrations on a local AWS simulator."),
    "rebase": (f"{HERE}.rebase:command", "Specs", "Put the migrations of two branches in one row."),
    "accept-drift": (f"{HERE}.accept_drift:command", "Specs", "Keep what was changed in AWS by hand."),
    "validate": (f"{HERE}.validate:command", "Specs", "Check specs, without AWS."),
    "expand": (f"{HERE}.expand:command", "Specs", "Print the long form of a spec."),
    "schema": (f"{HERE}.schema:command", "Specs", "Print the JSON Schema of specs, for editors."),
    "sandbox": (f"{HERE}.sandbox:command", "Try it out", "Start and stop a local AWS simulator."),
}


@click.group(
    cls=LazyGroup,
    entries=ENTRIES,
    examples=EXAMPLES,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="AWS load balancers from a few lines of YAML: plan, apply, destroy. No state file.",
    epilog="Exit codes: 0 fine, 1 error, 2 changes pending (plan --exit-code), 4 applied in part, 5 refused, "
    "64 wrong usage, 65 wrong spec, 130 interrupted.",
)
@shared
@click.version_option(__version__, "--version", prog_name="elbplan", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> int:
    """The group itself: without a command it shows what there is."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
    return 0


def run(args: Sequence[str], terminal: Terminal, connect: Connect | None = None, clock: Clock | None = None) -> int:
    """One command, from its words to its exit code. Nothing escapes as a traceback."""
    app = App(terminal, connect=connect, clock=clock or RealClock())
    try:
        with cli.make_context("elbplan", list(args), obj=app) as context:
            return int(cli.invoke(context) or 0)
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except (KeyboardInterrupt, click.Abort):
        terminal.err("", "interrupted")
        return INTERRUPTED
    except click.UsageError as problem:
        return report_misuse(terminal, problem)
    except ElbplanError as problem:
        return report_problem(terminal, problem, asked=app.asked)
    except BrokenPipeError:
        return 0
    except Exception as fault:
        return report_crash(terminal, fault, args)


def main() -> None:
    """The `elbplan` command."""
    if "_ELBPLAN_COMPLETE" in os.environ:
        cli.main(prog_name="elbplan")
    terminal = Terminal.of_process()
    code = run(sys.argv[1:], terminal)
    terminal.close()
    if code == INTERRUPTED:
        os._exit(code)  # a thread may hang in a call, and Python would wait for it
    sys.exit(code)
