"""Collects what the manual page says from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ..render.man import ManCommand, man_page
from ..version import __version__
from .group import context_of
from .options import SharedOption


def manual(group: click.Group) -> str:
    """Returns the manual page of these commands."""
    context = context_of(group)
    rows = [row for row, shared in _options(context) if shared]
    return man_page(__version__, group.help or "", [*_commands(context, "")], rows)


def _commands(context: click.Context, path: str) -> Iterator[ManCommand]:
    group = context.command
    for name in group.list_commands(context) if isinstance(group, click.Group) else ():
        command = group.get_command(context, name) if isinstance(group, click.Group) else None
        if command is None:
            continue
        below, full = click.Context(command, context, info_name=name), f"{path} {name}".strip()
        usage = " ".join(command.collect_usage_pieces(below))
        own = [row for row, shared in _options(below) if not shared]
        yield ManCommand(full, usage, command.help or "", getattr(command, "examples", ()), own)
        yield from _commands(below, full)


def _options(context: click.Context) -> Iterator[tuple[tuple[str, str], bool]]:
    """The names and help of each option, and whether every command has it. `--help` is one of these."""
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            is_shared = isinstance(parameter, SharedOption) or "--help" in parameter.opts
            yield record, is_shared or "--version" in parameter.opts
