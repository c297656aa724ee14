"""elbplan validate: is the spec right, as far as can be known without AWS?"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ...errors import SpecProblem, escaped
from ..context import App
from ..group import HelpFirstCommand
from ..options import paths, shared
from ..plans import stacks_of

if TYPE_CHECKING:
    from ...core.stack import Stack

EXAMPLES = (
    "elbplan validate                  check all specs in specs/",
    "elbplan validate specs/web.yaml   check one file",
    "elbplan validate - < web.yaml     check standard input",
)


@click.command(
    cls=HelpFirstCommand,
    name="validate",
    examples=EXAMPLES,
    help="Check specs and list all problems. This command does not call AWS.",
)
@paths
@shared
@click.pass_obj
def command(app: App, paths: tuple[str, ...]) -> int:
    """Load, and say what was found."""
    try:
        stacks = stacks_of(app, paths)
    except SpecProblem as problem:
        if not app.options.json:
            raise
        _document(app, [], problem)
        return problem.exit_code
    if app.options.json:
        _document(app, stacks, None)
    elif not app.options.quiet:
        for stack in stacks:
            number = len(stack.resources)
            resources = f"{number} resource{'s' if number != 1 else ''}"
            app.terminal.out(f"{escaped(stack.file)}: {stack.name} is fine ({resources})")
    return 0


def _document(app: App, stacks: Sequence[Stack], problem: SpecProblem | None) -> None:
    found = problem.problems if problem else ()
    told = {
        "schema": 1,
        "valid": not found,
        "stacks": [
            {"stack": one.name, "file": one.file, "line": one.line, "resources": [str(a) for a in one.resources]}
            for one in stacks
        ],
        "problems": [
            {key: value for key, value in dataclasses.asdict(one).items() if key != "source"} for one in found
        ],
    }
    app.terminal.out(json.dumps(told, indent=2))
