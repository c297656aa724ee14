"""The page of all commands at a glance, from click: how each is used, its examples and the names of its options."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from elbplan.cli.main import ENTRIES, cli
from elbplan.cli.options import SharedOption

from . import markdown
from .markdown import code, table

INTRODUCTION = """What `elbplan --help` and `elbplan COMMAND --help` print, in short. [Commands](../commands.md)
explains each option and the JSON. The options of every command are [there](../commands.md#options-of-every-command)."""


def page() -> str:
    context = click.Context(cli, info_name="elbplan")
    sections: dict[str, list[tuple[str, str]]] = {}
    for name, (_, title, purpose) in ENTRIES.items():
        sections.setdefault(title, []).append((f"[`elbplan {name}`](#elbplan-{name})", purpose))
    overview = [f"**{title}**\n\n{table(('command', 'purpose'), rows)}" for title, rows in sections.items()]
    return markdown.page(
        "Commands at a glance",
        INTRODUCTION,
        *overview,
        *(part for name in ENTRIES for part in described(cli.get_command(context, name), name, context)),
    )


def described(command: click.Command | None, name: str, parent: click.Context) -> Iterator[str]:
    assert command is not None
    context = click.Context(command, parent, info_name=name)
    yield f"## {context.command_path}"
    yield f"{command.help or ''}"
    if isinstance(command, click.Group):
        subcommands = [(each, command.get_command(context, each)) for each in command.list_commands(context)]
        yield table(("command", "purpose", "options"), (row(found, each, context) for each, found in subcommands))
    else:
        yield f"Usage: {code(usage(command, context))}"
    yield from listed(command)


def row(command: click.Command | None, name: str, parent: click.Context) -> tuple[str, str, str]:
    assert command is not None
    return code(usage(command, click.Context(command, parent, info_name=name))), command.help or "", options(command)


def usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def listed(command: click.Command) -> Iterator[str]:
    if own := options(command):
        yield f"Options: {own}"
    examples = [re.split(r" {2,}", example, maxsplit=1) for example in getattr(command, "examples", ())]
    if examples:
        yield table(
            ("example", ""), ((code(words[0].strip()), words[-1].strip() if words[1:] else "") for words in examples)
        )


def options(command: click.Command) -> str:
    own = [
        option for option in command.params if isinstance(option, click.Option) and not isinstance(option, SharedOption)
    ]
    return ", ".join(code(spelled(option)) for option in own if not option.hidden)


def spelled(option: click.Option) -> str:
    """Returns the option with the word for its value, as the help shows it."""
    value = "" if option.is_flag or option.count else f" {option.metavar or (option.name or '').upper()}"
    return f"{option.opts[-1]}{value}"
