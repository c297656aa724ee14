"""What the commands share that write migrations: which stack is meant, one look at AWS, and what was written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.stack import Stack
from ..errors import UsageProblem
from ..kinds import KINDS
from ..live.observe import Observed, observe
from ..migrations.files.folder import Folder, MigrationFile
from ..migrations.rebase.branches import references_in_folder
from ..run.workflow import Cloud
from .connect import Connections
from .context import App
from .locks import is_path
from .options import DEFAULT_PATHS
from .plans import reading, stacks_of


def one_stack(app: App, word: str) -> Stack:
    """The stack that is meant, by its spec or by its name. Raises SpecProblem, UsageProblem."""
    if is_path(word):
        stacks = stacks_of(app, [word])
        if len(stacks) != 1:
            names = ", ".join(one.name for one in stacks)
            raise UsageProblem(f"{word} holds several stacks: {names}", hint="name one of them, or a spec of its own")
        return stacks[0]
    here = stacks_of(app, ()) if os.path.exists(DEFAULT_PATHS[0]) else []
    for stack in here:
        if stack.name == word:
            return stack
    what = f"{DEFAULT_PATHS[0]}/ holds no spec of a stack called {word}"
    raise UsageProblem(what, hint="name the spec's file instead: its resources are needed here, not only its name")


def observe_stack(app: App, stack: Stack, folder: Folder) -> tuple[Cloud, Observed]:
    """One look at AWS, at all that the stack has and its files speak of, and the cloud it was taken of."""
    clouds = Connections(app, [stack])
    region = clouds.region(stack)
    with reading(app, [stack], region):
        cloud = clouds.reach(region)
        seen = observe(cloud.send, cloud.region, [stack], KINDS, everywhere=True, told=references_in_folder(folder))
    return cloud, seen[stack.name]


def write_files(folder: Folder, files: Sequence[MigrationFile], *, dry: bool = False) -> dict[str, Any]:
    """Write the files (unless `dry`); what was written, renamed and removed, by their paths."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.files()}
    changed = [folder.path / one.file for one in files if there.get(one.file) != one.text]
    if not dry:
        changed = folder.exchange(files)
    moved = {one.old_file: one.file for one in files if one.old_file and one.old_file != one.file}
    renamed = [{"from": str(folder.path / old), "to": str(folder.path / new)} for old, new in moved.items()]
    gone = there.keys() - {one.file for one in files} - moved.keys()
    return {
        "written": [str(file) for file in changed if file.name not in moved.values()],
        "renamed": renamed,
        "removed": [str(folder.path / name) for name in sorted(gone)],
    }


def report_files(app: App, stack: str, said: Mapping[str, Any], notes: Sequence[str]) -> None:
    """The files on stdout, one a line, and the notes on stderr; or one document."""
    if app.options.json:
        app.terminal.out(json.dumps({"schema": 1, "stack": stack, **said, "notes": list(notes)}, indent=2))
        return
    for file in said["written"]:
        app.terminal.out(file)
    for pair in said["renamed"]:
        app.terminal.out(f"{pair['from']} -> {Path(pair['to']).name}")
    for file in said["removed"]:
        app.terminal.err(f"removed {file}")
    if not app.options.quiet:
        for note in notes:
            app.terminal.err(note)
