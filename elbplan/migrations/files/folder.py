"""The folder of a stack's migrations: `migrations/<stack>/NNNN_name.yaml`, and HEAD, which pins the last file.

HEAD exists so that git reports a conflict when two branches both add a file.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...errors import Problem, SpecProblem
from ..migration import Migration
from .writer import text_of

HEAD = "HEAD"
FOLDER = "migrations"

CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)
"""The markers that git writes into a file when both sides of a merge changed it."""

WriteFile = Callable[[Path, str], None]
"""Writes a file completely or not at all."""


@dataclass(frozen=True)
class MigrationFile:
    """A migration and its text as the folder should have them; `old_file` is the present name of its file, if any."""

    migration: Migration
    text: str
    old_file: str = ""

    @property
    def file(self) -> str:
        """The name that the file should have."""
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
        """True if the stack has a folder: then migrations change it."""
        return self.path.is_dir()

    def files(self) -> list[Path]:
        """The migration files in the order of their numbers."""
        return sorted(self.path.glob("*.yaml")) if self.used else []

    def head(self) -> str:
        """The text of HEAD; empty if there is none. Raises SpecProblem if it is not readable as text."""
        file = self.path / HEAD
        try:
            return file.read_text(encoding="utf-8").strip() if file.exists() else ""
        except (OSError, UnicodeDecodeError) as error:
            is_folder = file.is_dir()
            what = f"HEAD is {'a folder' if is_folder else 'not UTF-8 text'}, but it should be one line of text"
            hint = f"{'delete it; then ' if is_folder else ''}elbplan rebase --refresh {self.stack} writes it again"
            raise SpecProblem([Problem(str(file), 1, 1, what, hint)]) from error

    def save(self, migrations: Iterable[Migration]) -> list[Path]:
        """Write migrations and pin the last one in HEAD; returns the files. Writes a file completely or not at all."""
        self.path.mkdir(parents=True, exist_ok=True)
        written = []
        for migration in migrations:
            written.append(self.path / migration.file)
            write(written[-1], text_of(migration))
            last = migration
        if written:
            write(self.path / HEAD, head_of(self, last) + "\n")
        return written

    def exchange(self, files: Sequence[MigrationFile], write_file: WriteFile | None = None) -> list[Path]:
        """Replace the migrations of the folder by these; returns the written files, HEAD included.

        It writes the new files first, then HEAD, and then deletes the old names. So the text of every file is in the
        folder wherever it stops.
        """
        write_file = write_file or write
        self.path.mkdir(parents=True, exist_ok=True)
        old = {file.name: file.read_text(encoding="utf-8") for file in self.files()}
        changed = [file for file in files if old.get(file.file) != file.text]
        for file in _in_safe_order(changed):
            write_file(self.path / file.file, file.text)
        written = [self.path / file.file for file in changed]
        names = {file.file for file in files}
        head, head_text = self.path / HEAD, head_of(self, files[-1].migration, names) + "\n"
        if not head.exists() or head.read_bytes() != head_text.encode():
            write_file(head, head_text)
            written.append(head)
        for name in old.keys() - {file.file for file in files}:
            (self.path / name).unlink()
        return written


def _in_safe_order(files: Sequence[MigrationFile]) -> Iterator[MigrationFile]:
    """A name may pass from one file to another: the file that has it now is written under its new name before."""
    remaining = list(reversed(files))
    while remaining:
        file = next((file for file in remaining if not _overwrites(file, remaining)), remaining[0])
        remaining.remove(file)
        yield file


def _overwrites(file: MigrationFile, remaining: Sequence[MigrationFile]) -> bool:
    """True if another of the remaining files has this file's new name now."""
    return any(other.old_file == file.file for other in remaining if other is not file)


def head_of(folder: Folder, last: Migration, names: Collection[str] = ()) -> str:
    """`0004_app_on_8080 s1-7ac8c78a <digest of all files>`: two branches that both add a file conflict in this line."""
    digests = [digest(folder.path / name) for name in sorted(names or {file.name for file in folder.files()})]
    return f"{last.id} {last.end} {digest_of(' '.join(digests).encode())}"


def pinned_id(folder: Folder) -> str:
    """The migration that HEAD names; empty if there is no HEAD, or if it has both sides of a git conflict."""
    head = folder.head()
    return "" if CONFLICT.search(head) or not head else head.split()[0]


def head_conflicts(folder: Folder) -> list[Problem]:
    """The problem of a HEAD in which git left both sides of a conflict."""
    if not CONFLICT.search(folder.head()):
        return []
    what = "HEAD has both sides of a git conflict: two branches each added a file"
    hint = f"elbplan rebase {folder.stack} puts the files of one branch behind those of the other, and writes HEAD"
    return [Problem(str(folder.path / HEAD), 1, 1, what, hint)]


def head_problems(folder: Folder, last: Migration) -> list[Problem]:
    """The problem of a HEAD that does not pin the last file as it is now."""
    head = folder.head()
    if head == head_of(folder, last):
        return []
    hint = (
        f"if two branches met: elbplan rebase {folder.stack}; if a file was edited before it was applied: "
        f"elbplan rebase --refresh {folder.stack}; if it was applied already: undo the edit"
    )
    if not head:
        what = "HEAD is missing"
    elif (pinned := head.split()[0]) != last.id:
        missing = "" if (folder.path / f"{pinned}.yaml").exists() else ", which does not exist"
        what = f"HEAD does not pin {last.id}, the last file: it pins {pinned}{missing}"
    else:
        what = f"HEAD does not pin the files as they are now: {last.id} or a file before it was edited"
    return [Problem(str(folder.path / HEAD), 1, 1, what, hint)]


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hex digits."""
    return digest_of(file.read_bytes())


def digest_of(text: bytes) -> str:
    """The SHA-256 of a text. Line ends do not count: with `autocrlf`, git checks files out with CRLF."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()


def write(file: Path, text: str) -> None:
    """Write a file completely or not at all, even if the machine stops in between."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(file)
