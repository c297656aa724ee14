"""The options that all commands share. A user can write them before or after the command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from .context import App
from .debug import debug_file

F = TypeVar("F", bound=Callable[..., Any])


class SharedOption(click.Option):
    """An option of every command. The help lists it in the last section."""


def shared(command: F) -> F:
    """Adds the shared options to this command."""
    for names, rest in reversed(OPTIONS):
        command = click.option(*names, expose_value=False, callback=_take, cls=SharedOption, **rest)(command)
    return command


OPTIONS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("--json",), {"is_flag": True, "default": None, "help": "Print JSON on stdout."}),
    (("--region",), {"metavar": "REGION", "help": "AWS region; overrides the spec."}),
    (("--profile",), {"metavar": "NAME", "help": "AWS profile from ~/.aws/config."}),
    (("--sandbox",), {"is_flag": True, "default": None, "help": "Use the local AWS simulator instead of AWS."}),
    (("--no-color",), {"is_flag": True, "default": None, "help": "Print without color (also: NO_COLOR)."}),
    (("--ascii",), {"is_flag": True, "default": None, "help": "Print ASCII characters only."}),
    (
        ("--debug",),
        {"metavar": "FILE", "help": "Append a line to this file for each request to AWS, without secrets."},
    ),
    (("-v", "--verbose"), {"count": True, "help": "Print more details."}),
    (("-q", "--quiet"), {"is_flag": True, "default": None, "help": "Print only the result."}),
    (
        ("--parallel",),
        {"type": click.IntRange(1, 64), "metavar": "N", "help": "Number of parallel steps of all stacks (default: 8)."},
    ),
]


def _take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    app = context.find_object(App)
    if app is None or not value or parameter.name is None:
        return
    setattr(app.options, parameter.name, value)
    if parameter.name == "debug":
        app.debug_file = debug_file(value)
    app.terminal.plain = app.options.no_color
    app.terminal.only_ascii = app.options.ascii


paths = click.argument("paths", nargs=-1, metavar="[PATH]...")
"""Spec files, folders, or `-` for standard input."""

stacks_or_paths = click.argument("paths", nargs=-1, metavar="[STACK|PATH]...")
"""Names of stacks whose specs are in the default folder, or the same as `paths`."""

DEFAULT_PATHS = ("specs",)
DEFAULT_FOLDER = "migrations"

migrations_dir = click.option(
    "--migrations",
    "base",
    default=DEFAULT_FOLDER,
    metavar="DIR",
    help="Folder of the migrations (default: migrations).",
)
"""The folder with one folder of migrations for each stack."""


def migrations_flags(base: str) -> tuple[str, ...]:
    """Returns the option --migrations for another command; nothing for the default folder."""
    return () if base == DEFAULT_FOLDER else ("--migrations", base)


FILTERED = frozenset(("plan", "apply", "destroy", "status", "verify", "map", "runs"))
"""The commands with the options --stack and --only-changed."""

ONLY_CHANGED = "--only-changed"


def with_default_ref(arguments: Sequence[str]) -> list[str]:
    """The arguments, so that `--only-changed` never takes the next one: that is a PATH."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    changed = [f"{ONLY_CHANGED}=" if argument == ONLY_CHANGED else argument for argument in before]
    return [*changed, *arguments[len(before) :]]


def stack_filters(command: F) -> F:
    """Adds --stack and --only-changed to this command."""
    since = click.option(
        ONLY_CHANGED,
        "changed_since",
        metavar="[=REF]",
        expose_value=False,
        callback=_take_filter,
        help="Only stacks whose spec, scripts or migrations changed in git since REF (default: the main branch).",
    )
    globs = click.option(
        "--stack",
        "stacks",
        metavar="GLOB",
        multiple=True,
        expose_value=False,
        callback=_take_filter,
        help="Only stacks with such a name, for example 'shop-*'. Repeat it for several.",
    )
    return globs(since(command))


def _take_filter(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    app = context.find_object(App)
    if app is not None and parameter.name is not None:
        setattr(app.options, parameter.name, value)
