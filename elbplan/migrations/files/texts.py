"""Parses the files of a folder one by one, and checks their numbers and how they follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import Problem
from ...spec.yaml.tree import Source
from ..migration import Migration
from .folder import CONFLICT, Folder, digest_of
from .parser import NAME, MigrationParser


@dataclass(frozen=True)
class ParsedFile:
    """One file: its migration, and its reader, which knows the line and column of each word."""

    migration: Migration
    reader: MigrationParser

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.reader.source.text


def parse_files(folder: Folder) -> tuple[list[ParsedFile], list[Problem]]:
    """The files that can be parsed, ordered by number and name, and the problems of all files."""
    files: list[ParsedFile] = []
    problems: list[Problem] = []
    for file in folder.files():
        try:
            raw = file.read_bytes()
            reader = MigrationParser(Source(str(file), raw.decode("utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            what = "the file is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"{error.strerror}"
            hint = "is this file a migration? elbplan plan --save NAME writes migrations"
            problems.append(Problem(str(file), 1, 1, what, hint))
            continue
        migration = _parsed(reader, file, folder.stack)
        problems += reader.problems
        if migration and not reader.problems:
            files.append(ParsedFile(replace(migration, sha=digest_of(raw)), reader))
    return files, problems


def _parsed(reader: MigrationParser, file: Path, stack: str) -> Migration | None:
    name = NAME.fullmatch(file.name)
    if not name:
        hint = "write four digits, _, then small letters, digits, _ and -, such as 0002_more_memory.yaml"
        problem = Problem(reader.source.file, 1, 1, "the name of this file is not a name of a migration", hint)
        reader.problems.append(problem)
        return None
    if marker := CONFLICT.search(reader.source.text):
        reader.problems.append(_conflict(reader.source, marker.start(), stack))
        return None
    migration = reader.migration(int(name[1]), name[2])
    if migration and migration.stack != stack:
        reader.problem(("stack",), f"this migration is for {migration.stack}, but it is in the folder of {stack}")
    return migration


def _conflict(source: Source, start: int, stack: str) -> Problem:
    line = source.text.count("\n", 0, start) + 1
    what = "this file has both sides of a git conflict: two branches wrote it"
    hint = f"keep one side here, move the other side to a file with another name, then run elbplan rebase {stack}"
    text = source.lines[line - 1]
    return Problem(source.file, line, 1, what, hint, text, len(text))


def numbering_problems(files: Sequence[ParsedFile]) -> list[Problem]:
    """The problems of two files with one number, and of missing numbers."""
    problems = []
    previous = ""
    last = 0
    for file in files:
        path, number = file.reader.source.file, file.migration.number
        if number == last:
            what = f"two files have the number {number:04d}: {previous} and {file.migration.id}"
            hint = f"two branches met: elbplan rebase {file.migration.stack} puts one file behind the other"
            problems.append(Problem(path, 1, 1, what, hint))
        elif number != last + 1:
            after = f"after {previous} comes" if previous else "the first file is"
            what = f"the number {last + 1:04d} is missing: {after} {file.migration.id}"
            problems.append(Problem(path, 1, 1, what, "numbers have no gaps; is a file missing here?"))
        previous, last = file.migration.id, number
    return problems


def link_problems(files: Sequence[ParsedFile]) -> list[Problem]:
    """The problems of the files that do not begin where the file before them ends."""
    problems = []
    end, previous = "absent", ""
    for file in files:
        migration = file.migration
        if migration.start != end and file.reader.tree:
            rebase = f"two branches met: elbplan rebase {migration.stack}"
            hint = f"{rebase}; a file was edited: elbplan rebase --refresh {migration.stack}"
            problems.append(file.reader.tree.problem(("from",), _link_text(migration, previous, end, files), hint))
        end, previous = migration.end, migration.id
    return problems


def _link_text(migration: Migration, previous: str, end: str, files: Sequence[ParsedFile]) -> str:
    start = f"{migration.id} begins at {migration.start}"
    if not previous:
        return f"{start}, but the first migration must begin at {end}"
    others = [file.migration for file in files if file.migration.end == migration.start]
    parent = next((other.id for other in others if other.number < migration.number), "")
    return f"{start}{f' (the end of {parent})' if parent else ''}, but {previous} ends at {end}"
