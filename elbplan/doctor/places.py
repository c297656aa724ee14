"""Checks the folders: where elbplan writes, the specs, the migrations."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import escaped
from .check import Check, ok, unknown

LEAST_FREE = 100_000_000
"""Bytes: below this, a report or the log of the simulator may not fit."""


@dataclass(frozen=True)
class SpecFacts:
    """The specs that a command would read: how many stacks load, what is wrong with the others, the stacks' names."""

    folder: str
    exists: bool
    stacks: Sequence[str] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True)
class MigrationFacts:
    """The folders of migrations: the stacks that have them, and what is wrong."""

    folder: str
    stacks: Sequence[str] = ()
    problems: Sequence[str] = ()


def folder_check(folder: Path, free: Callable[[Path], int] | None = None) -> Check:
    """Writes a file into elbplan's folder for logs and locks, and removes it again."""
    name = escaped(str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"elbplan doctor")
        left = (free or _free)(folder)
    except OSError as error:
        text = f"elbplan cannot write to {name}: {error.strerror or error}"
        return Check("files", "failed", text, "allow it, or set XDG_STATE_HOME to a folder that you may write to")
    if left < LEAST_FREE:
        text = f"only {left // 1_000_000} MB are free at {name}"
        return Check("files", "warning", text, "delete files: logs, reports and the simulator need some space")
    return ok("files", f"{name} is writable, {left / 1e9:.1f} GB free")


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def specs_check(facts: SpecFacts) -> Check:
    """Checks that the specs load."""
    folder = escaped(facts.folder)
    if not facts.exists:
        return unknown("specs", f"there is no folder {folder} here", "write a first spec", "elbplan init")
    if facts.problems:
        text = f"{len(facts.stacks)} of {len(facts.stacks) + len(facts.problems)} load: {facts.problems[0]}"
        return Check("specs", "failed", text, "correct them", "elbplan validate")
    number = len(facts.stacks)
    return ok("specs", f"{number} stack{'' if number == 1 else 's'}: {_some(facts.stacks)}")


def migrations_checks(facts: MigrationFacts, specs: Collection[str]) -> Iterator[Check]:
    """Yields the check of the migrations; nothing if there are none."""
    for problem in facts.problems:
        yield Check("migrations", "failed", problem, "correct the file, or order the branches", "elbplan lint")
    if not facts.stacks:
        return
    without = [stack for stack in facts.stacks if stack not in specs]
    if without and specs:
        text = f"{_some(without)}: migrations without a spec in the folder of the specs"
        yield Check(
            "migrations", "warning", text, "is the spec elsewhere, or is the stack gone? then delete the folder"
        )
    if not facts.problems and not (without and specs):
        yield ok("migrations", f"{_some(facts.stacks)}: their files follow each other")


def _some(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(map(escaped, names[:most])) + (f" and {more} more" if more > 0 else "")


def stacks_with_migrations(folder: str) -> list[str]:
    """Returns the names of the folders in the folder of the migrations."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []
