"""The files of a folder, each by itself: what it says, in order or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...core.kind import Kinds
from ...errors import Problem
from ...spec.yaml.tree import Source
from ..migration import Migration
from .folder import Folder, digest_of
from .parser import NAME, MigrationParser

CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)
"""What git leaves in a file that both sides of a merge have changed."""


@dataclass(frozen=True)
class ParsedFile:
    """One file: the migration it tells, and its reader, which knows where each word of it stands."""

    migration: Migration
    reader: MigrationParser

    @property
    def text(self) -> str:
        """All of it."""
        return self.reader.source.text


def parse_files(folder: Folder, kinds: Kinds) -> tuple[list[ParsedFile], list[Problem]]:
    """Every file that can be read, by number and name, and all that is wrong in any of them."""
    found: list[ParsedFile] = []
    problems: list[Problem] = []
    for file in folder.files():
        try:
            raw = file.read_bytes()
            reader = MigrationParser(Source(str(file), raw.decode("utf-8")), kinds)
        except (OSError, UnicodeDecodeError) as error:
            what = "this is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"{error.strerror}"
            problems.append(Problem(str(file), 1, 1, what, "is it a migration? elbplan plan --save NAME writes them"))
            continue
        migration = _one(reader, file, folder.stack)
        problems += reader.problems
        if migration and not reader.problems:
            found.append(ParsedFile(replace(migration, sha=digest_of(raw)), reader))
    return found, problems


def _one(reader: MigrationParser, file: Path, stack: str) -> Migration | None:
    named = NAME.fullmatch(file.name)
    if not named:
        hint = "four digits, small letters, digits, _ and -, as in 0002_more_memory.yaml"
        reader.problems.append(Problem(reader.source.file, 1, 1, "no migration is called like this", hint))
        return None
    if mark := CONFLICT.search(reader.source.text):
        reader.problems.append(_both_sides(reader.source, mark.start(), stack))
        return None
    migration = reader.migration(int(named[1]), named[2])
    if migration and migration.stack != stack:
        reader.problem(("stack",), f"this file is about {migration.stack}, but lies in the folder of {stack}")
    return migration


def _both_sides(source: Source, at: int, stack: str) -> Problem:
    line = source.text.count("\n", 0, at) + 1
    hint = f"leave one side's text in it, write the other's to a file of another name, then elbplan rebase {stack}"
    shown = source.lines[line - 1]
    return Problem(source.file, line, 1, "two branches met in git: both wrote this file", hint, shown, len(shown))


def numbering_problems(found: Sequence[ParsedFile]) -> list[Problem]:
    """Two files of one number, and gaps between the numbers."""
    problems = []
    before = ""
    last = 0
    for text in found:
        file, number = text.reader.source.file, text.migration.number
        if number == last:
            what = f"two files bear the number {number:04d}: {before} and {text.migration.id}"
            hint = f"two branches met: elbplan rebase {text.migration.stack} puts one of them behind the other"
            problems.append(Problem(file, 1, 1, what, hint))
        elif number != last + 1:
            what = f"files are numbered without gaps, and before {text.migration.id} there is {before or 'none'}"
            problems.append(Problem(file, 1, 1, what, f"the next number is {last + 1:04d}; is a file missing here?"))
        before, last = text.migration.id, number
    return problems


def link_problems(found: Sequence[ParsedFile]) -> list[Problem]:
    """The files that do not begin where the one before them ends."""
    problems = []
    end, before = "absent", ""
    for text in found:
        migration = text.migration
        if migration.start != end and text.reader.tree:
            hint = f"two branches met: elbplan rebase {migration.stack}; edited by hand: elbplan rebase --refresh"
            problems.append(text.reader.tree.problem(("from",), _apart(migration, before, end, found), hint))
        end, before = migration.end, migration.id
    return problems


def _apart(migration: Migration, before: str, end: str, found: Sequence[ParsedFile]) -> str:
    said = f"{migration.id} begins at {migration.start}"
    if not before:
        return f"{said}, but it is the first, which begins at {end}"
    others = [one.migration for one in found if one.migration.end == migration.start]
    where = next((one.id for one in others if one.number < migration.number), "")
    return f"{said}, {f'where {where} ends, ' if where else ''}but {before} ends at {end}"
