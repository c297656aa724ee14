"""STACK|PATH on the command line: a stack's name, its folder of migrations, or specs; the same for every command."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.stack import Stack
from ..core.suggest import did_you_mean
from ..errors import ElbplanError, UsageProblem
from ..migrations.files.folder import FOLDER, HEAD, Folder
from .context import App
from .options import DEFAULT_PATHS
from .plans import stacks_of

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class StackSelection:
    """One selected stack: its folder of migrations, which may not exist, and its spec, if one was found."""

    folder: Folder
    spec: Stack | None = None

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.folder.stack

    @property
    def stack(self) -> Stack:
        """The stack by its spec; without a spec by its name alone: the spec may be lost."""
        return self.spec or Stack(self.name, None, {})


def select(app: App, words: Sequence[str], base: str = FOLDER) -> list[StackSelection]:
    """The stacks that the words name; without words those of the default specs. Raises SpecProblem, UsageProblem."""
    folders = {word: folder for word in words if (folder := _migrations_folder(word, base))}
    paths = [word for word in words if word not in folders and is_path(word)]
    stacks = stacks_of(app, paths) if paths or not words else []
    selected = [StackSelection(Folder.of(stack.name, base), stack) for stack in stacks]
    for word in words:
        if word not in paths:
            folder = folders.get(word) or _named(word, base)
            selected.append(StackSelection(folder, _default_specs(app).get(folder.stack)))
    return selected


def select_migrations(app: App, words: Sequence[str], base: str) -> list[StackSelection]:
    """The selected stacks that have migrations; without words all that have. Raises UsageProblem for one without."""
    names = sorted(path.name for path in Path(base).glob("*") if path.is_dir())
    selected = select(app, words or names, base) if words or names else []
    used = [selection for selection in selected if selection.folder.used]
    for selection in selected:
        if selection not in used and (not used or selection.name in words):
            what = f"{selection.name} has no migrations: there is no folder {selection.folder.path}"
            raise UsageProblem(what, hint=did_you_mean(selection.name, names) or f"there is nothing in {base}/")
    return used


def select_spec(app: App, word: str, base: str = FOLDER) -> StackSelection:
    """Exactly one stack, with its spec. Raises SpecProblem, UsageProblem."""
    selected = select(app, [word], base)
    if len(selected) != 1:
        names = ", ".join(selection.name for selection in selected)
        raise UsageProblem(f"{word} has several stacks: {names}", hint="use the stack's name, or a file with one stack")
    if selected[0].spec is None:
        stacks_of(app, ())  # a problem of the default specs says more
        what = f"{DEFAULT_PATHS[0]}/ has no spec of stack {selected[0].name}"
        raise UsageProblem(what, hint="use the path of the spec: this command needs the spec's resources")
    return selected[0]


def is_path(word: str) -> bool:
    """True for the path of specs, False for a stack's name."""
    return word == "-" or "/" in word or word.endswith((".yaml", ".yml")) or os.path.exists(word)


def _migrations_folder(word: str, base: str) -> Folder | None:
    """The folder of a stack that has migrations, by the stack's name or by the folder's path."""
    named = Folder.of(word, base)
    if os.path.basename(word) == word and named.used:
        return named
    path = Path(word)
    holds = path.is_dir() and ((path / HEAD).exists() or any(path.glob("[0-9][0-9][0-9][0-9]_*.yaml")))
    return Folder(path, path.resolve().name) if holds else None


def _named(word: str, base: str) -> Folder:
    if not NAME.fullmatch(word):
        raise UsageProblem(f"{word!r} is neither a spec nor a stack's name", hint="elbplan runs lists stacks")
    return Folder.of(word, base)


def _default_specs(app: App) -> dict[str, Stack]:
    """The stacks of the default specs, by name; none if they are wrong: a stack may be named without its spec."""
    with contextlib.suppress(ElbplanError):
        if any(Path(path).exists() for path in DEFAULT_PATHS):
            return {stack.name: stack for stack in stacks_of(app, ())}
    return {}
