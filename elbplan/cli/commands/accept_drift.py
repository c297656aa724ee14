"""elbplan accept-drift: keep what somebody changed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...core.stack import Stack
from ...kinds import KINDS
from ...migrations.drift.accept import AcceptedDrift, DriftAccepter, migration_file_of
from ...migrations.files.folder import Folder, write
from ..context import App
from ..group import HelpFirstCommand
from ..migration_files import observe_stack, one_stack, report_files, write_files
from ..options import migrations_dir, shared

EXAMPLES = (
    "elbplan accept-drift specs/web.yaml              write the next migration",
    "elbplan accept-drift specs/web.yaml new_health   write NNNN_new_health.yaml",
    "elbplan accept-drift specs/web.yaml --dry-run    write nothing",
)


@click.command(
    cls=HelpFirstCommand,
    name="accept-drift",
    examples=EXAMPLES,
    help="Accept changes that somebody made in AWS by hand: add them to the spec and, "
    "if the stack has migrations, to a migration. Writes only files, not AWS.",
)
@click.argument("word", metavar="STACK|PATH")
@click.argument("name", required=False, default="", metavar="[NAME]")
@click.option("--write", "writing", is_flag=True, help="Append the overrides to the spec's file.")
@click.option("--dry-run", "dry", is_flag=True, help="Show what would be written, but write nothing.")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, word: str, name: str, writing: bool, dry: bool, base: str) -> int:
    """One look at AWS; files and spec are written together."""
    stack = one_stack(app, word)
    folder = Folder.of(stack.name, base)
    found = _adopted(app, stack, folder, name, writing)
    said: dict[str, Any] = {"written": [], "renamed": [], "removed": []}
    if found.files:
        said = write_files(folder, found.files, dry=dry)
    if found.spec is not None:
        said["written"].append(stack.file)
        _write(stack.file, found.spec, dry)
    document = {**said, "overrides": found.block.fields, "dry_run": dry}
    notes = (*found.notes, *(["nothing is written: --dry-run"] if dry else []))
    report_files(app, stack.name, document, notes)
    if found.block.text and found.spec is None and not app.options.json:
        app.terminal.err("write this into the spec, or pass --write:")
        app.terminal.out(found.block.text.rstrip())
    return 0


def _adopted(app: App, stack: Stack, folder: Folder, name: str, writing: bool) -> AcceptedDrift:
    files = migration_file_of(folder, KINDS) if folder.used else []
    cloud, seen = observe_stack(app, stack, folder)
    adopter = DriftAccepter(cloud, stack, seen, KINDS, writing)
    return adopter.behind(files, name) if files else adopter.without_files()


def _write(file: str, text: str, dry: bool) -> None:
    if not dry:
        write(Path(file), text)
