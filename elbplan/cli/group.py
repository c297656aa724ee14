"""A group whose commands are imported when they are called, and help that begins with examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

from ..core.suggest import closest
from ..errors import UsageProblem
from .options import SharedOption

CommandEntry = tuple[str, str, str]
"""`module:attribute`, section of the help, one line."""


class HelpFirstCommand(click.Command):
    """A command whose help shows examples first and the shared options last."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_intro(self, ctx, formatter, self.examples)
        write_options(self, ctx, formatter)


class LazyGroup(click.Group):
    """Knows its commands by name and line; imports the one that is called."""

    def __init__(
        self, *args: Any, entries: Mapping[str, CommandEntry], examples: Sequence[str] = (), **rest: Any
    ) -> None:
        super().__init__(*args, **rest)
        self.entries = entries
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.entries:
            return None
        module, _, attribute = self.entries[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.entries and not name.startswith("-"):
            close = closest(name, self.entries, cutoff=0.5)
            hint = f"did you mean {ctx.command_path} {close}?" if close else f"{ctx.command_path} --help lists them"
            raise UsageProblem(f"there is no command {name!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_intro(self, ctx, formatter, self.examples)
        for section in dict.fromkeys(section for _, section, _ in self.entries.values()):
            with formatter.section(section):
                rows = [(name, line) for name, (_, where, line) in self.entries.items() if where == section]
                formatter.write_dl(rows, col_max=12, col_spacing=3)
        write_options(self, ctx, formatter)
        if self.epilog:
            formatter.write_paragraph()
            formatter.write_text(self.epilog)


def write_intro(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, examples: Sequence[str]
) -> None:
    """What it is for, examples, usage."""
    formatter.width = max(formatter.width, 78)
    formatter.write_text(command.help or "")
    if examples:
        with formatter.section("Examples"):
            for example in examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
    formatter.write_paragraph()
    command.format_usage(ctx, formatter)


def write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """The command's own options, then those of every command."""
    own: list[tuple[str, str]] = []
    everywhere: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            (everywhere if isinstance(parameter, SharedOption) else own).append(record)
    for title, rows in (("Options", own), ("For every command", everywhere)):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows, col_max=26)
