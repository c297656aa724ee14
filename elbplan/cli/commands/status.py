"""elbplan status: show the status of stacks. Writes nothing to AWS."""

from __future__ import annotations

import json

import click

from ...run.condition import exit_code_of
from ..context import App
from ..errors import worst
from ..group import HelpFirstCommand
from ..options import migrations_dir, shared, stack_filters, stacks_or_paths
from ..plan_screens import report_problems
from ..stack_statuses import Statuses, StatusReader, document_of, show_statuses
from ..watch import DEFAULT_SECONDS, StatusWatch

EXAMPLES = (
    "elbplan status                  show the stacks of all specs in specs/, the worst first",
    "elbplan status my-web           show one stack, by its name or by the path of its spec",
    "elbplan status --watch 30       look again every 30 seconds, until Ctrl-C",
    "elbplan status --exit-code      0 fine, 2 something is to be applied, 3 not healthy",
    "elbplan status --cost           also show what each resource costs",
    "elbplan status --deep           also find resources that only a read of the whole account finds",
)


class StatusCommand(HelpFirstCommand):
    """Takes the seconds after `--watch` only if they are a number: `--watch my-web` watches a stack."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        taken = [*args, ""]
        every = f"--watch={DEFAULT_SECONDS:g}"
        alone = [word == "--watch" and not _is_number(taken[index + 1]) for index, word in enumerate(args)]
        return super().parse_args(ctx, [every if bare else word for word, bare in zip(args, alone, strict=True)])


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()


@click.command(
    cls=StatusCommand,
    name="status",
    examples=EXAMPLES,
    help="Show the status of stacks: health, sync, address, certificate, last run. The worst stack comes first; "
    "those in sync and healthy are one line together (-v lists them).",
)
@stacks_or_paths
@stack_filters
@migrations_dir
@click.option(
    "--exit-code",
    "exit_code",
    is_flag=True,
    help="Exit with code 3 if a stack is not healthy, with 2 if something is to be applied or has drifted.",
)
@click.option(
    "--watch",
    "every",
    type=click.FloatRange(min=1),
    metavar="[SECONDS]",
    help=f"Look again every so many seconds (default: {DEFAULT_SECONDS:g}), until Ctrl-C.",
)
@click.option(
    "--deep",
    is_flag=True,
    help="Read every load balancer, target group and certificate of the account. Slow in a large account.",
)
@click.option("--cost", is_flag=True, help="Show every item of the cost, with the capacity units from CloudWatch.")
@shared
@click.pass_obj
def command(
    app: App, paths: tuple[str, ...], base: str, exit_code: bool, every: float | None, deep: bool, cost: bool
) -> int:
    """Reads AWS and prints a line or a block for each stack."""
    reader = StatusReader(app, paths, base, deep, cost)
    if every:
        last = StatusWatch(app, reader.read, every).run()
        return _code(last) if exit_code else 0
    statuses = reader.read()
    if app.options.json:
        _document(app, statuses)
    else:
        show_statuses(app, statuses)
    return _code(statuses) if exit_code else statuses.error_code


def _code(statuses: Statuses) -> int:
    return worst([statuses.error_code, *(exit_code_of(row.status) for row in statuses.rows)])


def _document(app: App, statuses: Statuses) -> None:
    documents = [document_of(app, row) for row in statuses.rows]
    app.terminal.out(json.dumps({"schema": 1, "stacks": documents}, indent=2))
    report_problems(app, statuses.plans)
