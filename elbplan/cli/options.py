"""The options that all commands share; each may stand before or after the command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from .context import App

F = TypeVar("F", bound=Callable[..., Any])

SHARED = "shared"
"""Marks a parameter for the last section of the help."""


class SharedOption(click.Option):
    """An option of every command; the help tells it in a section of its own."""


def shared(command: F) -> F:
    """Accepts the shared options on this command."""
    for names, rest in reversed(OPTIONS):
        command = click.option(*names, expose_value=False, callback=_take, cls=SharedOption, **rest)(command)
    return command


OPTIONS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--json",), {"is_flag": True, "default": None, "help": "Print JSON on stdout."}),
    (("--region",), {"metavar": "REGION", "help": "AWS region; stronger than the spec's."}),
    (("--profile",), {"metavar": "NAME", "help": "Profile from ~/.aws/config."}),
    (("--sandbox",), {"is_flag": True, "default": None, "help": "Use a local AWS simulator."}),
    (("--no-color",), {"is_flag": True, "default": None, "help": "No colours (also: NO_COLOR)."}),
    (("--ascii",), {"is_flag": True, "default": None, "help": "ASCII characters only."}),
    (("-v", "--verbose"), {"count": True, "help": "Say more."}),
    (("-q", "--quiet"), {"is_flag": True, "default": None, "help": "Say only what came out."}),
    (("--parallel",), {"type": click.IntRange(1, 64), "metavar": "N", "help": "Steps at the same time (8)."}),
]


def _take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    app = context.find_object(App)
    if app is None or not value or parameter.name is None:
        return
    setattr(app.options, parameter.name, value)
    app.terminal.plain = app.options.no_color
    app.terminal.only_ascii = app.options.ascii


paths = click.argument("paths", nargs=-1, metavar="[PATH]...")
"""Spec files, folders, or `-`."""

DEFAULT_PATHS = ("specs",)
