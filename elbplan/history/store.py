"""Where migrations lie: `migrations/<stack>/NNNN_name.yaml`, and HEAD, which pins the last of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .migration import Migration
from .write import text_of

HEAD = "HEAD"
FOLDER = "migrations"


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


def head_of(folder: Folder, last: Migration) -> str:
    """`0004_app_on_8080 s1-7ac8c78a <sha256 of the file>`: it exists to collide when two branches meet."""
    return f"{last.id} {last.end} {digest(folder.path / last.file)}"


def digest(file: Path) -> str:
    """The SHA-256 of a file as it is now, in hex digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write(file: Path, text: str) -> None:
    """All or nothing, even if the machine stops in between."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(file)
