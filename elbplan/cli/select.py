"""STACK|PATH on the command line: a stack's name, its folder of migrations, or specs; the same for every command."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.stack import Stack
from ..core.suggest import did_you_mean
from ..errors import ElbplanError, SpecProblem, UsageProblem
from ..migrations.files.folder import FOLDER, HEAD, Folder
from ..spec import BrokenSpec
from .context import App
from .options import DEFAULT_PATHS
from .plans import stacks_of, stacks_or_problems_of
from .stack_filter import name_of, stack_filter

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
    folders = {word: folder for word in words if (folder := migrations_folder(word, base))}
    paths = [word for word in words if word not in folders and is_path(word)]
    stacks = stacks_of(app, paths) if paths or not words else []
    selected = [StackSelection(Folder.of(stack.name, base), stack) for stack in stacks]
    for word in words:
        if word not in paths:
            folder = folders.get(word) or _named(word, base)
            selected.append(StackSelection(folder, _default_specs(app).get(folder.stack)))
    if not _filters(app):
        return selected
    names = {name_of(entry) for entry in _filtered(app, [selection.stack for selection in selected], base)}
    return [selection for selection in selected if selection.name in names]


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


def specs_of(app: App, words: Sequence[str], *, without_spec: bool = False) -> list[Stack]:
    """The stacks of paths and names; every spec that is meant must be right. Raises SpecProblem, UsageProblem.

    `without_spec`: a name that has no spec stands for what AWS has of that stack.
    """
    if _filters(app):
        return _right(entries_of(app, words, without_spec=without_spec))
    names, paths = _split(words)
    stacks = stacks_of(app, paths) if paths or not words else []
    for entry in _by_names(app, names, {stack.name for stack in stacks}):
        if isinstance(entry, BrokenSpec):
            raise entry.problem
        if not entry.file and not without_spec:
            raise unknown_stack(app, entry.name)
        stacks.append(entry)
    return stacks


def entries_of(app: App, words: Sequence[str], *, without_spec: bool = False) -> list[Stack | BrokenSpec]:
    """The same for commands that only read: a wrong spec does not hide the others.

    `without_spec`: a name that has no spec stands for what AWS has of that stack. Raises SpecProblem, UsageProblem.
    """
    names, paths = _split(words)
    must_have_one = not _filters(app)
    entries = stacks_or_problems_of(app, paths, must_have_one=must_have_one) if paths or not words else []
    for entry in _by_names(app, names, {entry.name for entry in entries if isinstance(entry, Stack)}):
        if isinstance(entry, BrokenSpec) and len(words) == 1 and not app.options.json:
            raise entry.problem
        if isinstance(entry, Stack) and not entry.file and not without_spec:
            raise unknown_stack(app, entry.name)
        entries.append(entry)
    return _filtered(app, entries)


def _filtered(app: App, entries: list[Stack | BrokenSpec], base: str = FOLDER) -> list[Stack | BrokenSpec]:
    """The entries that --stack and --only-changed select. Says so if none is left."""
    if not _filters(app):
        return entries
    filter = stack_filter(app.options.stacks, app.options.changed_since, base)
    chosen = filter.chosen(entries)
    if not chosen:
        app.log(filter.nothing)
    return chosen


def _filters(app: App) -> bool:
    return bool(app.options.stacks) or app.options.changed_since is not None


def _right(entries: Sequence[Stack | BrokenSpec]) -> list[Stack]:
    """The stacks. Raises SpecProblem with the problems of all that are wrong."""
    if problems := [p for entry in entries if isinstance(entry, BrokenSpec) for p in entry.problem.problems]:
        raise SpecProblem(problems)
    return [entry for entry in entries if isinstance(entry, Stack)]


def unknown_stack(app: App, name: str, place: str = "") -> UsageProblem:
    """The problem of a name that no spec has, with the name that is meant probably."""
    known = [entry.name if isinstance(entry, Stack) else entry.label for entry in _default_entries(app)]
    what = f"there is no file, folder or stack {name}{place}"
    hint = did_you_mean(name, known) or f"{DEFAULT_PATHS[0]}/ has no specs; use the path of a spec"
    return UsageProblem(what, hint=hint)


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names of stacks, and the paths. The folder of a stack's migrations stands for its name."""
    names, paths = [], []
    for word in words:
        folder = migrations_folder(word, FOLDER) if is_path(word) and _has_folder(word) else None
        if folder:
            names.append(folder.stack)
        elif is_path(word) or not NAME.fullmatch(word):
            paths.append(word)
        else:
            names.append(word)
    return list(dict.fromkeys(names)), paths


def _by_names(app: App, names: Sequence[str], known: Collection[str]) -> Iterator[Stack | BrokenSpec]:
    """The specs of these stacks in the default folder; for a name without a spec, a stack without a file."""
    entries = _default_entries(app) if names else []
    for name in names:
        if name not in known:
            named = (e for e in entries if (e.name if isinstance(e, Stack) else e.label) == name)
            yield next(named, Stack(name, None, {}))


def _default_entries(app: App) -> list[Stack | BrokenSpec]:
    """The stacks of the default specs; none if there are none."""
    if not any(Path(path).exists() for path in DEFAULT_PATHS):
        return []
    return stacks_or_problems_of(app, (), must_have_one=False)


def is_path(word: str) -> bool:
    """True for the path of specs, False for a stack's name."""
    return word == "-" or _has_folder(word + "x") or word.endswith((".yaml", ".yml")) or os.path.exists(word)


def _has_folder(word: str) -> bool:
    """True if a path has a folder before its last name; Windows has two signs between the names."""
    return any(sign in word.rstrip(sign) for sign in (os.sep, os.altsep) if sign)


def migrations_folder(word: str, base: str) -> Folder | None:
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
    """The stacks of the default specs, by name, without wrong ones: a stack may be named without its spec."""
    with contextlib.suppress(ElbplanError):
        return {entry.name: entry for entry in _default_entries(app) if isinstance(entry, Stack)}
    return {}
