"""Reads the pages of the documentation: their blocks of commands, with what the page shows and says about each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
TUTORIAL = ROOT / "docs" / "tutorial.md"
TRANSLATIONS = {README: ROOT / "README.ko.md", TUTORIAL: ROOT / "docs" / "tutorial.ko.md"}
"""A translation has the blocks of its original, so its commands are not run a second time."""
PAGES = [README, ROOT / "README.ko.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ORIGINALS = [page for page in PAGES if page not in TRANSLATIONS.values()]

BLOCK = re.compile(
    r"(?P<notes>(?:^<!-- [^\n]* -->\n)*)^```(?P<language>\w+)(?P<title>[^\n]*)\n(?P<text>.*?)^```$"
    r"(?:\n\n```text\n(?P<shown>.*?)^```$)?",
    re.DOTALL | re.MULTILINE,
)
NOTE = re.compile(r"<!-- (setup|exit|not run|file|insert|remove): (.+) -->")
FENCE = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block that a reader carries out, and the output that the page shows below it.

    text         commands; or with `file` and `insert` the text for a file
    start, end   where the output stands in the text of the page
    exit         the exit code of its last command
    not_run      why the test does not run it
    setup        the state in which it begins; empty: where the block before it ended
    file         the file that the reader writes
    insert       `FILE before TEXT`: the migration in which the reader inserts steps, before the step with this text
    remove       `FILE step TEXT`: the migration in which the reader first removes the step with this text
    """

    text: str
    shown: str
    start: int
    end: int
    exit: int = 0
    not_run: str = ""
    setup: str = ""
    file: str = ""
    insert: str = ""
    remove: str = ""

    @property
    def commands(self) -> str:
        return "" if self.file or self.insert else self.text


@dataclass(frozen=True)
class Fence:
    """A block of code of any language, and the line on which it begins."""

    language: str
    text: str
    line: int = field(compare=False)


def blocks(text: str) -> Iterator[Block]:
    """Yields every block that a reader carries out, in the order of the page. Raises ValueError for an unknown note."""
    for found in BLOCK.finditer(text):
        notes = dict(_note(line) for line in found["notes"].splitlines())
        if notes or found["language"] == "sh":
            yield Block(
                found["text"],
                found["shown"] or "",
                found.start("shown"),
                found.end("shown"),
                int(notes.get("exit", 0)),
                notes.get("not run", ""),
                notes.get("setup", ""),
                notes.get("file", ""),
                notes.get("insert", ""),
                notes.get("remove", ""),
            )


def _note(line: str) -> tuple[str, str]:
    note = NOTE.fullmatch(line)
    if note is None:
        raise ValueError(f"{line} stands before a block of code, and is none of {NOTE.pattern}")
    return note[1], note[2]


def fences(text: str) -> Iterator[Fence]:
    """Yields every block of code."""
    for found in FENCE.finditer(text):
        yield Fence(found[1], found[2], text.count("\n", 0, found.start()) + 1)


def section(text: str, heading: str) -> str:
    """Returns the part of a page below this heading."""
    (part,) = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return str(part)
