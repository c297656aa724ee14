"""The command that creates in the local AWS simulator what specs expect of an account."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..errors import ElbplanError
    from .context import App


def prepare_command(app: App, paths: Sequence[str]) -> str:
    """Returns the command that creates what specs name and the sandbox lacks; empty if this is not the sandbox."""
    region = ("--region", app.options.region) if app.options.region else ()
    return shlex.join(["elbplan", "sandbox", "prepare", *paths, *region]) if app.options.sandbox else ""


def with_prepare_hint(app: App, problem: ElbplanError, paths: Sequence[str]) -> ElbplanError:
    """Returns the problem; its hint has the command that creates what these specs name and the sandbox lacks."""
    command = prepare_command(app, paths) if problem.absent else ""
    if command and command not in problem.hint:
        problem.hint = f"{problem.hint}; or create it in the sandbox: `{command}`"
    return problem
