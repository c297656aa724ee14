"""Where migrations lie: `migrations/<stack>/NNNN_name.yaml`, and HEAD, which pins the last of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import Problem, SpecProblem
from ..migration import Migration
from .writer import text_of

HEAD = "HEAD"
FOLDER = "migrations"

WriteFile = Callable[[Path, str], None]
"""Writes a whole file, or nothing of it."""


@dataclass(frozen=True)
class MigrationFile:
    """A migration and its text as they should lie in the folder; `was` is the name under which it lies there now."""

    migration: Migration
    text: str
    old_file: str = ""

    @property
    def file(self) -> str:
        """The name it should have."""
        return self.migration.file


@dataclass(frozen=True)
class Folder:
    """The migrations of one stack."""

    path: Path
    stack: str

    @classmethod
    def of(cls, stack: str, base: str | Path = FOLDER) -> Folder:
        return cls(Path(base) / stack, stack)

    @property
    def used(self) -> bool:
        """Is this stack changed by files?"""
        return self.path.is_dir()

    def files(self) -> list[Path]:
        """The migrations, by their numbers."""
        return sorted(self.path.glob("*.yaml")) if self.used else []

    def head(self) -> str:
        """What HEAD says; empty if there is none. Raises SpecProblem for what is no text."""
        file = self.path / HEAD
        try:
            return file.read_text(encoding="utf-8").strip() if file.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            folder = file.is_dir()
            what = f"HEAD is {'a folder' if folder else 'no text in UTF-8'}, and not the line that pins the last file"
            hint = f"{'delete it, then ' if folder else ''}elbplan rebase --refresh {self.stack} writes it anew"
            raise SpecProblem([Problem(str(file), 1, 1, what, hint)]) from error

    def save(self, migrations: Iterable[Migration]) -> list[Path]:
        """Write migrations, and pin the last of them in HEAD; each file is whole or not there."""
        self.path.mkdir(parents=True, exist_ok=True)
        written = []
        for migration in migrations:
            written.append(self.path / migration.file)
            write(written[-1], text_of(migration))
            last = migration
        if written:
            write(self.path / HEAD, head_of(self, last) + "\n")
        return written

    def exchange(self, files: Sequence[MigrationFile], put: WriteFile | None = None) -> list[Path]:
        """Make these the files of the folder; what was written, HEAD included.

        What is new is written first, then HEAD, then the old names go. Wherever it stops, what any file says is
        still in the folder.
        """
        put = put or write
        self.path.mkdir(parents=True, exist_ok=True)
        old = {file.name: file.read_text(encoding="utf-8") for file in self.files()}
        changed = [one for one in files if old.get(one.file) != one.text]
        for one in _in_safe_order(changed):
            put(self.path / one.file, one.text)
        written = [self.path / one.file for one in changed]
        head, pin = self.path / HEAD, head_of(self, files[-1].migration) + "\n"
        if not head.exists() or head.read_bytes() != pin.encode():
            put(head, pin)
            written.append(head)
        for name in old.keys() - {one.file for one in files}:
            (self.path / name).unlink()
        return written


def _in_safe_order(files: Sequence[MigrationFile]) -> Iterator[MigrationFile]:
    """A name may go from one file to another: the one that bore it is written under its new name before."""
    left = list(reversed(files))
    while left:
        free = (one for one in left if not any(other.old_file == one.file for other in left if other is not one))
        one = next(free, left[0])
        left.remove(one)
        yield one


def head_of(folder: Folder, last: Migration) -> str:
    """`0004_app_on_8080 s1-7ac8c78a <sha256 of the file>`: it exists to collide when two branches meet."""
    return f"{last.id} {last.end} {digest(folder.path / last.file)}"


def digest(file: Path) -> str:
    """The SHA-256 of a file as it is now, in hex digits."""
    return digest_of(file.read_bytes())


def digest_of(text: bytes) -> str:
    """The same wherever git checked the file out: with autocrlf lines end in two bytes."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()


def write(file: Path, text: str) -> None:
    """All or nothing, even if the machine stops in between."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
