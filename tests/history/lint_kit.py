"""Migrations from short texts, made true, and lint run over them: offline, since there is nothing to connect to."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from elbplan.cli.main import run
from elbplan.cli.terminal import Terminal
from elbplan.history.refresh import refresh
from elbplan.history.store import Folder
from elbplan.kinds import KINDS

HEAD = "stack: shop\ntitle: a change\nfrom: absent\nto: s1-00000000\nspec: ''\nsteps:\n"


def file_of(steps: str) -> str:
    """A whole file around these steps."""
    return HEAD + steps.strip("\n") + "\n"


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

    def write(self, *texts: str) -> list[Path]:
        """These files, and no others, with true fingerprints."""
        self.folder.path.mkdir(exist_ok=True)
        for file in self.folder.path.iterdir():
            file.unlink()
        files = []
        for number, text in enumerate(texts, 1):
            files.append(self.folder.path / f"{number:04d}_file.yaml")
            files[-1].write_text(file_of(text), encoding="utf-8")
        refresh(self.folder, KINDS)
        return files

    def run(self, *words: str, environ: dict[str, str] | None = None) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        terminal = Terminal(io.StringIO(), out, err, environ or {})
        code = run(words, terminal, nowhere)
        return Ran(code, out.getvalue(), err.getvalue())

    def lint(self, *more: str) -> Ran:
        return self.run("lint", "shop", "--migrations", str(self.path), *more)

    def findings(self) -> tuple[int, list[tuple[str, int, int, str]]]:
        """The exit code and what blocks: the name, line, column and file of each."""
        ran = self.lint("--json")
        blocking = [one for one in ran.document["findings"] if not one["lifted"]]
        return ran.code, [(f["name"], f["line"], f["column"], Path(f["file"]).name) for f in blocking]


def nowhere(region: str) -> NoReturn:
    """Lint without --live asks nobody."""
    raise AssertionError(f"somebody asked AWS in {region}")


def marked(text: str) -> tuple[int, int]:
    """The line and column of the step that is marked <-, in its file."""
    lines = file_of(text).splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if line.endswith("# <-")]
    return number, lines[number - 1].index("- ") + 3


def allowing(text: str, name: str) -> str:
    """The same migration, whose marked step takes the hazard on purpose."""
    lines = []
    for line in text.splitlines():
        if line.endswith("# <-") and "allow: [" in line:
            line = line.replace("allow: [", f"allow: [{name}, ")
        elif line.endswith("# <-"):
            line = line.replace("}  # <-", f", allow: [{name}], because: it was tried before}}")
        lines.append(line)
    return "\n".join(lines)


