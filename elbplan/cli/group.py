"""Command groups that import a command only when it runs, and help screens that begin with examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from .misuse import unknown_command
from .options import SharedOption, with_default_ref

PROGRAM = "elbplan"

CommandEntry = tuple[str, str, str]
"""`module:attribute` of the command, its section in the help, and one line of help."""


HELP_NAMES = ["-h", "--help"]
"""The names of the help option. click keeps those of the first context that asks, so no context may differ."""


class HelpFirstCommand(click.Command):
    """A command. Its help shows the examples first and the shared options last."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_default_ref(args))

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        return HELP_NAMES

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_intro(self, ctx, formatter, self.examples)
        write_options(self, ctx, formatter)


class LazyGroup(click.Group):
    """A group that knows the names and help lines of its commands, and imports only the command that runs."""

    def __init__(
        self, *args: Any, entries: Mapping[str, CommandEntry], examples: Sequence[str] = (), **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        self.entries = entries
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_help_option_names(self, ctx: click.Context) -> list[str]:
        return HELP_NAMES

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.entries:
            return None
        module, _, attribute = self.entries[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.entries and not name.startswith("-"):
            raise unknown_command(ctx.command_path, name, self.entries)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_intro(self, ctx, formatter, self.examples)
        for section in dict.fromkeys(section for _, section, _ in self.entries.values()):
            with formatter.section(section):
                rows = [(name, line) for name, (_, its_section, line) in self.entries.items() if its_section == section]
                formatter.write_dl(rows, col_max=12, col_spacing=3)
        write_options(self, ctx, formatter)
        if self.epilog:
            formatter.write_paragraph()
            formatter.write_text(self.epilog)


def context_of(group: click.Command) -> click.Context:
    """Returns a context to read the parameters of a group, with the settings of the group as in a run of it.

    click remembers the help option that it makes first, with the names of the context.
    """
    return click.Context(group, info_name=PROGRAM, **group.context_settings)


def write_intro(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, examples: Sequence[str]
) -> None:
    """Writes the purpose, the examples and the usage."""
    formatter.width = max(formatter.width, 78)
    formatter.write_text(command.help or "")
    if examples:
        with formatter.section("Examples"):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
    formatter.write_paragraph()
    command.format_usage(ctx, formatter)


def write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Writes the options of this command, then the shared options."""
    own: list[tuple[str, str]] = []
    shared: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            (shared if isinstance(parameter, SharedOption) else own).append(record)
    for title, rows in (("Options", own), ("For every command", shared)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows, col_max=26)
