"""Migrations from short texts, made true, and lint run over them: offline, since there is nothing to connect to."""

from __future__ import annotations

import functools
import io
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.migrations.files.fingerprints import refresh
from elbplan.migrations.files.folder import HEAD, Folder, head_of
from elbplan.migrations.files.loader import load, play
from elbplan.migrations.files.parser import MigrationParser
from elbplan.migrations.lint.inspection import Inspection, inspect
from elbplan.migrations.migration import Migration
from elbplan.spec.yaml.tree import Source

NAME = "file"
TOP = "stack: shop\ntitle: a change\nfrom: absent\nto: absent\nspec: ''\nsteps:\n"


def file_of(steps: str) -> str:
    """A whole file around these steps."""
    return TOP + steps.strip("\n") + "\n"


@functools.cache
def standing(texts: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[Migration, ...]]:
    """The files that a case stands on: their true texts, and what they say."""
    with tempfile.TemporaryDirectory() as path:
        folder = Folder.of("shop", path)
        folder.path.mkdir()
        files = [folder.path / f"{number:04d}_{NAME}.yaml" for number in range(1, len(texts) + 1)]
        for file, text in zip(files, texts, strict=True):
            file.write_text(file_of(text), encoding="utf-8")
        refresh(folder)
        return tuple(file.read_text(encoding="utf-8") for file in files), tuple(load(folder))


@dataclass
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Yard:
    """A folder with the migrations of a stack called shop."""

    path: Path

    @property
    def folder(self) -> Folder:
        return Folder.of("shop", self.path)

    def write(self, *texts: str) -> Migration:
        """These files with true fingerprints; the last of them as it would be loaded."""
        self.folder.path.mkdir(exist_ok=True)
        before, migrations = standing(texts[:-1])
        migration = played(file_of(texts[-1]), len(texts), migrations)
        true = file_of(texts[-1]).replace("from: absent", f"from: {migration.start}", 1)
        for number, text in enumerate((*before, true.replace("to: absent", f"to: {migration.end}", 1)), 1):
            (self.folder.path / f"{number:04d}_{NAME}.yaml").write_text(text, encoding="utf-8")
        (self.folder.path / HEAD).write_text(head_of(self.folder, migration) + "\n", encoding="utf-8")
        return migration

    def inspected(self, *texts: str) -> Inspection:
        """What is found in the last of these files."""
        return inspect(self.folder, [self.write(*texts)])

    def run(self, *words: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        code = run(words, Terminal(io.StringIO(), out, err, {}), nowhere)
        return Ran(code, out.getvalue(), err.getvalue())

    def lint(self, *more: str) -> Ran:
        return self.run("lint", "shop", "--migrations", str(self.path), *more)


def played(text: str, number: int, before: tuple[Migration, ...]) -> Migration:
    """A file as the chain would load it, its fingerprints computed."""
    reader = MigrationParser(Source("a file", text))
    migration = reader.migration(number, NAME)
    assert migration, reader.problems
    made = play(migration, before[-1].last if before else {})
    return replace(made, number=number)


def nowhere(region: str) -> NoReturn:
    """Lint without --live asks nobody."""
    raise AssertionError(f"somebody asked AWS in {region}")


def marked(text: str) -> tuple[int, int]:
    """The line and column of the step that is marked <-, in its file."""
    lines = file_of(text).splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if line.endswith("# <-")]
    return number, lines[number - 1].index("- ") + 3


def allowing(text: str, name: str, because: str = ", because: it was tried before") -> str:
    """The same migration, whose marked step takes the hazard on purpose."""
    lines = []
    for line in text.splitlines():
        if line.endswith("# <-") and "allow: [" in line:
            line = line.replace("allow: [", f"allow: [{name}, ")
        elif line.endswith("# <-"):
            line = line.replace("}  # <-", f", allow: [{name}]{because}}}")
        lines.append(line)
    return "\n".join(lines)
