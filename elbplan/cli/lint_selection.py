"""What `elbplan lint` examines: the documents of specs, and the migrations of stacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.suggest import did_you_mean
from ..errors import UsageProblem
from ..migrations.files.folder import Folder
from ..spec.load import Document, read_documents
from .context import App
from .options import DEFAULT_PATHS
from .plans import keep_facts
from .select import StackSelection, is_path, migrations_folder


@dataclass(frozen=True)
class LintSelection:
    """The documents of the specs, and each stack that has a spec or migrations."""

    documents: Sequence[Document]
    stacks: Sequence[StackSelection]


def lint_selection(app: App, words: Sequence[str], base: str) -> LintSelection:
    """Returns what the words name; without words, the default specs and all migrations. Raises UsageProblem."""
    documents, folders = _all_of(app, base) if not words else _named(app, words, base)
    stacks = {document.stack.name: document.stack for document in documents if document.stack}
    keep_facts(app, list(stacks.values()))
    selected = {name: StackSelection(Folder.of(name, base), stack) for name, stack in stacks.items()}
    selected |= {folder.stack: StackSelection(folder, stacks.get(folder.stack)) for folder in folders}
    return LintSelection(documents, [selected[name] for name in sorted(selected)])


def _all_of(app: App, base: str) -> tuple[list[Document], list[Folder]]:
    folders = [Folder.of(path.name, base) for path in sorted(Path(base).glob("*")) if path.is_dir()]
    return _default_documents(app), [folder for folder in folders if folder.used]


def _default_documents(app: App) -> list[Document]:
    if not any(Path(path).exists() for path in DEFAULT_PATHS):
        return []
    return read_documents(DEFAULT_PATHS, app.terminal.stdin)


def _named(app: App, words: Sequence[str], base: str) -> tuple[list[Document], list[Folder]]:
    folders = {word: folder for word in words if (folder := migrations_folder(word, base))}
    paths = [word for word in words if word not in folders and is_path(word)]
    documents = read_documents(paths, app.terminal.stdin) if paths else []
    for word in words:
        if word not in paths:
            documents += _by_name(app, word, folders.get(word), base)
    return documents, list(folders.values())


def _by_name(app: App, word: str, folder: Folder | None, base: str) -> Iterator[Document]:
    """The documents of a stack in the default folder. Raises UsageProblem if the stack has no migrations either."""
    name = folder.stack if folder else word
    defaults = _default_documents(app)
    found = [document for document in defaults if document.label == name]
    if not found and folder is None:
        folders = [path.name for path in Path(base).glob("*") if path.is_dir()]
        hint = did_you_mean(name, [*(document.label for document in defaults), *folders])
        what = f"there is no spec or folder of migrations of {name}"
        raise UsageProblem(what, hint=hint or f"{DEFAULT_PATHS[0]}/ and {base}/ have no stacks; use the path of a spec")
    yield from found
