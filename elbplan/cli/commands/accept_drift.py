"""elbplan accept-drift: accept changes that somebody made in AWS by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ...core.stack import Stack
from ...migrations.drift.accept import AcceptedDrift, DriftAccepter, migration_file_of
from ...migrations.files.folder import Folder, write
from ..context import App
from ..group import HelpFirstCommand
from ..migration_files import observe_stack, report_files, write_files
from ..options import migrations_dir, shared
from ..select import select_spec

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
    """Reads AWS, then writes the migration and the spec."""
    selection = select_spec(app, word, base)
    stack, folder = selection.stack, selection.folder
    accepted = _accept(app, stack, folder, name, writing)
    changes: dict[str, Any] = {"written": [], "renamed": [], "removed": []}
    if accepted.files:
        changes = write_files(folder, accepted.files, dry=dry)
    if accepted.spec is not None:
        changes["written"].append(stack.file)
        if not dry:
            write(Path(stack.file), accepted.spec)
    document = {**changes, "overrides": accepted.block.fields, "dry_run": dry}
    notes = (*accepted.notes, *(["--dry-run: elbplan wrote nothing"] if dry else []))
    report_files(app, stack.name, document, notes)
    if accepted.block.text and accepted.spec is None and not app.options.json:
        app.terminal.err("add this to the spec, or run the command with --write:")
        app.terminal.out(accepted.block.text.rstrip())
    return 0


def _accept(app: App, stack: Stack, folder: Folder, name: str, writing: bool) -> AcceptedDrift:
    files = migration_file_of(folder) if folder.used else []
    cloud, observed = observe_stack(app, stack, folder)
    accepter = DriftAccepter(cloud, stack, observed, writing)
    return accepter.accept_into_files(files, name) if files else accepter.accept_into_spec()
