"""After an edit by hand: the fingerprints that follow from the steps, written over the old ones in their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.kind import Kinds
from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, SourceSpan
from ..migration import Migration
from .folder import HEAD, Folder, head_of, write
from .loader import load


@dataclass(frozen=True)
class Refreshed:
    """The files that changed, and the ids of those that no longer lead where they led when they were saved."""

    changed: Sequence[Path]
    off_spec: Sequence[str]


def refresh(folder: Folder, kinds: Kinds) -> Refreshed:
    """Make from, to, then and HEAD true again, and nothing else. Raises SpecProblem."""
    migrations = load(folder, kinds, trusting=True)
    changed, elsewhere = [], []
    for migration in migrations:
        file = folder.path / migration.file
        text = file.read_text(encoding="utf-8")
        if migration.spec and _end_in(migration, text) != migration.end:
            elsewhere.append(migration.id)
        true = rewritten(migration, text)
        if true != text:
            write(file, true)
            changed.append(file)
    if migrations:
        head = head_of(folder, migrations[-1]) + "\n"
        pinned = folder.path / HEAD
        if not pinned.exists() or pinned.read_bytes().replace(b"\r\n", b"\n") != head.encode():
            write(pinned, head)
            changed.append(pinned)
    return Refreshed(changed, elsewhere)


def _end_in(migration: Migration, text: str) -> str:
    """What the file itself says that it ends in."""
    (tree,) = TreeBuilder(Source(migration.file, text), {}).documents()
    return str(tree.data["to"])


def rewritten(migration: Migration, text: str) -> str:
    """The text with the fingerprints and the spec's hash of this migration in their places; all else stays."""
    lines = text.splitlines(keepends=True)
    for spot, value in sorted(_places(migration, text), key=lambda p: (p[0].line, p[0].column), reverse=True):
        line, start = lines[spot.line - 1], spot.column - 1
        lines[spot.line - 1] = line[:start] + value + line[start + spot.width :]
    return "".join(lines)


def _places(migration: Migration, text: str) -> Iterator[tuple[SourceSpan, str]]:
    (tree,) = TreeBuilder(Source(migration.file, text), {}, lenient=True).documents()
    yield tree.spot(("from",)), migration.start
    yield tree.spot(("to",)), migration.end
    if tree.data.get("spec") is not None:
        yield tree.spot(("spec",)), migration.spec or '""'
    for index, entry in enumerate(migration.entries):
        if entry.then and ("steps", index, "then") in tree.values:
            yield tree.spot(("steps", index, "then")), entry.then
