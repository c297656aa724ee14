"""Reports the permissions that a command lacked."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..core.stack import Stack
    from .context import App

COMMANDS = ("plan", "apply", "destroy")


def report_denials(app: App, args: Sequence[str]) -> None:
    """Prints the missing statements on stderr, if AWS denied anything."""
    if not app.denials:
        return
    from ..render.denials import denial_lines  # most commands lack nothing, and the kinds take long to import

    app.terminal.err(*denial_lines(app.denials, only_stack(app), permissions_command(app, args)))


def only_stack(app: App) -> Stack | str:
    """The stack of the command, if it has exactly one."""
    return next(iter(app.loaded.values())) if len(app.loaded) == 1 else ""


def permissions_command(app: App, args: Sequence[str]) -> str:
    """The command that prints the policy for this one."""
    command = next((word for word in args if word in COMMANDS), "")
    return shlex.join(["elbplan", "permissions", *specs_in(args), *([command] if command else [])])


def specs_in(args: Sequence[str]) -> list[str]:
    """The paths of specs in a command line."""
    return [word for word in args if word.endswith((".yaml", ".yml")) or "/" in word]
