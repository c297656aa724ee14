"""Shared by the commands that write migrations: select the stack, read AWS, write files and report them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.stack import Stack
from ..live.observe import Observed
from ..migrations.files.folder import Folder, MigrationFile
from ..migrations.observe import observe_with_files
from ..migrations.rebase.branches import references_in_folder
from ..run.workflow import Cloud
from .context import App
from .plans import connected


def observe_stack(app: App, stack: Stack, folder: Folder) -> tuple[Cloud, Observed]:
    """Reads all resources of the stack and of its migrations. Returns the cloud and the result."""
    with connected(app, stack) as cloud:
        return cloud, observe_with_files(cloud, stack, references_in_folder(folder))[stack.name]


def write_files(folder: Folder, files: Sequence[MigrationFile], *, dry: bool = False) -> dict[str, Any]:
    """Writes the files unless `dry`. Returns the paths of written, renamed and removed files."""
    old_texts = {file.name: file.read_text(encoding="utf-8") for file in folder.files()}
    changed = [folder.path / file.file for file in files if old_texts.get(file.file) != file.text]
    if not dry:
        changed = folder.exchange(files)
    new_names = {file.old_file: file.file for file in files if file.old_file and file.old_file != file.file}
    removed = old_texts.keys() - {file.file for file in files} - new_names.keys()
    return {
        "written": [str(path) for path in changed if path.name not in new_names.values()],
        "renamed": [{"from": str(folder.path / old), "to": str(folder.path / new)} for old, new in new_names.items()],
        "removed": [str(folder.path / name) for name in sorted(removed)],
    }


def report_files(app: App, stack: str, changes: Mapping[str, Any], notes: Sequence[str]) -> None:
    """Prints the changed files to stdout and the notes to stderr, or everything as one JSON document."""
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "stack": stack, **changes, "notes": list(notes)}, indent=2))
        return
    for file in changes["written"]:
        app.terminal.out(file)
    for rename in changes["renamed"]:
        app.terminal.out(f"{rename['from']} -> {Path(rename['to']).name}")
    for file in changes["removed"]:
        app.terminal.err(f"removed {file}")
    if not app.options.quiet:
        for note in notes:
            app.terminal.err(note)
