"""The commands, options and fixed values as one file, `table.json`, so that a completion imports no command.

`make golden` writes the file; a test compares it with the commands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypedDict

import click

from ..group import context_of
from ..options import SharedOption

FILE = Path(__file__).parent / "table.json"


class OptionRow(TypedDict):
    """An option: its names, its help, whether it may be repeated, and for its value a placeholder and choices."""

    names: list[str]
    help: str
    multiple: bool
    value: str
    choices: list[str]


class CommandRow(TypedDict):
    """A command: its line of help, its options, the placeholders of its arguments, and its subcommands."""

    help: str
    options: list[OptionRow]
    arguments: list[str]
    commands: list[str]


class Table(TypedDict):
    """The commands by path (`sandbox start`), the options of all, and the fixed values by placeholder (`HAZARD`)."""

    commands: dict[str, CommandRow]
    shared: list[OptionRow]
    values: dict[str, list[str]]


@cache
def load() -> Table:
    """Returns the table of this version."""
    table: Table = json.loads(FILE.read_text(encoding="utf-8"))
    return table


def table_of(group: click.Group, values: dict[str, list[str]]) -> Table:
    """Returns the table of a group of commands."""
    context = context_of(group)
    shared = [_option(each) for each in group.get_params(context) if isinstance(each, SharedOption)]
    return {"commands": dict(_rows(context, "", group.help or "")), "shared": shared, "values": values}


def _rows(context: click.Context, path: str, line: str) -> Iterator[tuple[str, CommandRow]]:
    command = context.command
    names = command.list_commands(context) if isinstance(command, click.Group) else []
    parameters = command.get_params(context)
    options = [each for each in parameters if isinstance(each, click.Option) and not each.hidden]
    own = [each for each in options if not isinstance(each, SharedOption)]
    arguments = [each.make_metavar(context) for each in parameters if isinstance(each, click.Argument)]
    yield path, {"help": line, "options": [*map(_option, own)], "arguments": arguments, "commands": names}
    for name in names:
        inner = command.get_command(context, name) if isinstance(command, click.Group) else None
        if inner is not None:
            below = click.Context(inner, context, info_name=name)
            yield from _rows(below, f"{path} {name}".strip(), line_of(command, name))


def line_of(group: click.Command, name: str) -> str:
    """Returns the line of help that the group has for a command."""
    entries: dict[str, tuple[str, str, str]] = getattr(group, "entries", {})
    return entries[name][2] if name in entries else ""


def _option(option: click.Option) -> OptionRow:
    takes_value = not option.is_flag and not option.count and not option.is_eager
    choices: list[Any] = list(option.type.choices) if isinstance(option.type, click.Choice) else []
    return {
        "names": [*option.opts, *option.secondary_opts],
        "help": (option.help or "").rstrip("."),
        "multiple": option.multiple or option.count,
        "value": (option.metavar or option.name or "").upper() if takes_value else "",
        "choices": [str(choice) for choice in choices],
    }
