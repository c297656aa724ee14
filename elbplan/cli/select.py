"""From words on the command line to stacks with migrations, and the specs that belong to them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.stack import Stack
from ..core.suggest import did_you_mean
from ..errors import UsageProblem
from ..migrations.files.folder import HEAD, Folder
from ..spec import load
from .context import App
from .options import DEFAULT_PATHS


@dataclass(frozen=True)
class StackSelection:
    """The files of one stack; `stack` is what the spec wants, where one was found."""

    folder: Folder
    stack: Stack | None = None


def selections_of(app: App, words: Sequence[str], base: str) -> list[StackSelection]:
    """A word is a stack, its folder, or a spec; without words it is every folder. Raises UsageProblem, SpecProblem."""
    folders = [found for word in words if (found := _folder(word, base))]
    paths = [word for word in words if not _folder(word, base)]
    for path in paths:
        if not os.path.exists(path) and path != "-":
            raise UsageProblem(f"there is no stack or file {path}", hint=_near(path, base))
    said = {stack.name: stack for stack in _stacks(app, paths)} if paths else {}
    usual = {} if paths and not folders else _usual(app)
    named = [*folders, *(Folder.of(name, base) for name in said)]
    if not words:
        named = [Folder.of(path.name, base) for path in _every(base)]
    for folder in named:
        if not folder.used:
            raise UsageProblem(f"{folder.stack} has no migrations", hint=f"there is no folder {folder.path}")
    return [StackSelection(folder, said.get(folder.stack) or usual.get(folder.stack)) for folder in named]


def _folder(word: str, base: str) -> Folder | None:
    """A stack by its name, or a folder with migrations in it."""
    named = Folder.of(word, base)
    if os.path.basename(word) == word and named.used:
        return named
    path = Path(word)
    holds = path.is_dir() and ((path / HEAD).exists() or any(path.glob("[0-9][0-9][0-9][0-9]_*.yaml")))
    return Folder(path, path.resolve().name) if holds else None


def _every(base: str) -> list[Path]:
    return sorted(path for path in Path(base).glob("*") if path.is_dir())


def _near(word: str, base: str) -> str:
    names = [path.name for path in _every(base)]
    return did_you_mean(word, names) if names else f"there is nothing in {base}/"


def _usual(app: App) -> dict[str, Stack]:
    """The specs that lie where specs lie, if any do."""
    paths = [path for path in DEFAULT_PATHS if any(Path(path).rglob("*.y*ml"))]
    return {stack.name: stack for stack in _stacks(app, paths)} if paths else {}


def _stacks(app: App, paths: Sequence[str]) -> list[Stack]:
    return load(paths, stdin=app.terminal.stdin)
