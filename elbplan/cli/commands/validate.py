"""elbplan validate: check specs without AWS."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ...errors import SpecProblem, escaped
from ...render.errors import error_document
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
    """Loads the specs and prints their problems."""
    try:
        stacks = stacks_of(app, paths)
    except SpecProblem as problem:
        if not app.options.json:
            raise
        _print_document(app, [], problem)
        return problem.exit_code
    if app.options.json:
        _print_document(app, stacks, None)
    elif not app.options.quiet:
        for stack in stacks:
            number = len(stack.resources)
            resources = f"{number} resource{'s' if number != 1 else ''}"
            app.terminal.out(f"{escaped(stack.file)}: {stack.name} is valid ({resources})")
    return 0


def _print_document(app: App, stacks: Sequence[Stack], problem: SpecProblem | None) -> None:
    problems = problem.problems if problem else ()
    document: dict[str, Any] = {
        "schema": 1,
        "valid": not problems,
        "stacks": [
            {
                "stack": stack.name,
                "file": stack.file,
                "line": stack.line,
                "resources": [str(address) for address in stack.resources],
            }
            for stack in stacks
        ],
        "problems": [
            {key: value for key, value in dataclasses.asdict(problem).items() if key != "source"}
            for problem in problems
        ],
    }
    if problem:
        document["error"] = error_document(problem, app.terminal.redacted)
    app.terminal.out(json.dumps(document, indent=2))
