"""elbplan adopt: keep what somebody changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..context import App
from ..group import Spoken
from ..migration_files import exchanged, look, one_stack, tell
from ..options import shared

if TYPE_CHECKING:
    from ...core.stack import Stack
    from ...migrations.drift.accept import Adopted
    from ...migrations.files.folder import Folder

EXAMPLES = (
    "elbplan adopt specs/web.yaml              says what to write into the spec; writes the next file",
    "elbplan adopt specs/web.yaml new_health   the file is called NNNN_new_health.yaml",
    "elbplan adopt specs/web.yaml --dry-run    writes nothing",
)


@click.command(
    cls=Spoken,
    name="adopt",
    examples=EXAMPLES,
    help="Keep what somebody changed in AWS by hand: in the spec and, with migrations, in a file. Changes no AWS.",
)
@click.argument("word", metavar="STACK|PATH")
@click.argument("name", required=False, default="", metavar="[NAME]")
@click.option("--write", "writing", is_flag=True, help="Write the overrides: into the spec's file, at its end.")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--migrations", "base", default="migrations", metavar="DIR", help="Where migrations lie (migrations).")
@shared
@click.pass_obj
def command(app: App, word: str, name: str, writing: bool, dry: bool, base: str) -> int:
    """One look at AWS; files and spec are written together."""
    from ...migrations.files.folder import Folder

    stack = one_stack(app, word)
    folder = Folder.of(stack.name, base)
    found = _adopted(app, stack, folder, name, writing)
    said: dict[str, Any] = {"written": [], "renamed": [], "removed": []}
    if found.files:
        said = exchanged(folder, found.files, dry=dry)
    if found.spec is not None:
        said["written"].append(stack.file)
        _write(stack.file, found.spec, dry)
    document = {**said, "overrides": found.block.fields, "dry_run": dry}
    notes = (*found.notes, *(["nothing is written: --dry-run"] if dry else []))
    tell(app, stack.name, document, notes)
    if found.block.text and found.spec is None and not app.options.json:
        app.terminal.err("write this into the spec, or pass --write:")
        app.terminal.out(found.block.text.rstrip())
    return 0


def _adopted(app: App, stack: Stack, folder: Folder, name: str, writing: bool) -> Adopted:
    from ...kinds import KINDS
    from ...migrations.drift.accept import Adopter, kept_of

    files = kept_of(folder, KINDS) if folder.used else []
    cloud, seen = look(app, stack, folder)
    adopter = Adopter(cloud, stack, seen, KINDS, writing)
    return adopter.behind(files, name) if files else adopter.without_files()


def _write(file: str, text: str, dry: bool) -> None:
    from pathlib import Path

    from ...migrations.files.folder import write

    if not dry:
        write(Path(file), text)
