"""Compares a translated page with its original, and copies the blocks of code into it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .compare import comparable

NOTES = r"(?:^<!-- [^\n]* -->\n)*"
CODE = re.compile(rf"{NOTES}^```\w*[^\n]*\n.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#+) .*$", re.MULTILINE)
TRANSLATED = re.compile(r"(README|tutorial)(\.ko)?\.md$")
"""Pages whose headings, and so their anchors, depend on the language."""
LINK = re.compile(r"\]\(([^)#:]*)(#[^)]*)?\)")
EXIT_CODE = re.compile(r"^\| (\d+) \|", re.MULTILINE)
COMMAND = re.compile(r"`((?:elbplan )?[a-z-]* ?--[^`]+|elbplan [^`]+)`")
COMMENT = re.compile(r"\s+#(?!!) .*$", re.MULTILINE)


@dataclass(frozen=True)
class Outline:
    """What a page and its translation have in common.

    levels     the level of each heading
    code       the blocks of code with their notes, without comments and without what differs between two runs
    exits      the exit codes of the tables
    commands   the commands and options in the text
    links      the pages to which it links, with the anchors in pages that have no translation
    """

    levels: tuple[int, ...]
    code: tuple[str, ...]
    exits: tuple[str, ...]
    commands: frozenset[str]
    links: frozenset[str]


def outline(text: str) -> Outline:
    """Returns the outline of a page."""
    prose = CODE.sub("", text)
    return Outline(
        tuple(len(marks) for marks in HEADING.findall(prose)),
        tuple(plain(code) for code in CODE.findall(text)),
        tuple(EXIT_CODE.findall(prose)),
        frozenset(COMMAND.findall(prose)),
        frozenset(path if TRANSLATED.search(path) else path + anchor for path, anchor in LINK.findall(prose) if path),
    )


def plain(code: str) -> str:
    """Returns a block of code without comments."""
    return comparable(COMMENT.sub("", code))


def with_code_of(original: str, translated: str) -> str:
    """Returns the translated page with the blocks of the original, except those that differ in comments only.

    Raises ValueError if the pages have different numbers of blocks.
    """
    blocks = CODE.findall(original)
    before = CODE.findall(translated)
    if len(blocks) != len(before):
        raise ValueError(f"the original has {len(blocks)} blocks of code, the translation has {len(before)}")
    new = iter(
        theirs if plain(theirs) == plain(ours) and "#" in ours else ours
        for ours, theirs in zip(blocks, before, strict=True)
    )
    return CODE.sub(lambda _: next(new), translated)
