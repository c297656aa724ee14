"""Recomputes the fingerprints of edited files from their steps and writes them over the old ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...spec.yaml.reader import TreeBuilder
from ...spec.yaml.tree import Source, SourceSpan
from ..migration import Migration
from .folder import HEAD, Folder, head_of, write
from .loader import load


@dataclass(frozen=True)
class Refreshed:
    """The changed files, and the ids of the files that no longer end in the state of the spec they were saved from."""

    changed: Sequence[Path]
    off_spec: Sequence[str]


def refresh(folder: Folder) -> Refreshed:
    """Rewrite from, to, then and HEAD, and nothing else. Raises SpecProblem."""
    migrations = load(folder, trust_steps=True)
    changed, off_spec = [], []
    for migration in migrations:
        file = folder.path / migration.file
        text = file.read_text(encoding="utf-8")
        if migration.spec and _written_end(migration, text) != migration.end:
            off_spec.append(migration.id)
        new_text = rewritten(migration, text)
        if new_text != text:
            write(file, new_text)
            changed.append(file)
    if migrations:
        head = head_of(folder, migrations[-1]) + "\n"
        file = folder.path / HEAD
        if not file.exists() or file.read_bytes().replace(b"\r\n", b"\n") != head.encode():
            write(file, head)
            changed.append(file)
    return Refreshed(changed, off_spec)


def _written_end(migration: Migration, text: str) -> str:
    """The end fingerprint in the file's text."""
    (tree,) = TreeBuilder(Source(migration.file, text), {}).documents()
    return str(tree.data["to"])


def rewritten(migration: Migration, text: str) -> str:
    """The text with this migration's fingerprints and spec hash; the rest of the text stays the same."""
    lines = text.splitlines(keepends=True)
    replacements = _replacements(migration, text)
    for span, value in sorted(replacements, key=lambda pair: (pair[0].line, pair[0].column), reverse=True):
        line, start = lines[span.line - 1], span.column - 1
        lines[span.line - 1] = line[:start] + value + line[start + span.width :]
    return "".join(lines)


def _replacements(migration: Migration, text: str) -> Iterator[tuple[SourceSpan, str]]:
    (tree,) = TreeBuilder(Source(migration.file, text), {}, lenient=True).documents()
    yield tree.spot(("from",)), migration.start
    yield tree.spot(("to",)), migration.end
    if tree.data.get("spec") is not None:
        yield tree.spot(("spec",)), migration.spec or '""'
    for index, entry in enumerate(migration.entries):
        if entry.then and ("steps", index, "then") in tree.values:
            yield tree.spot(("steps", index, "then")), entry.then
