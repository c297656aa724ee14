"""Wraps the lines of errors at words. It imports nothing heavy: every command can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import east_asian_width

WIDEST = 120
"""Longer lines are hard to read, also on a wider terminal."""

LABEL = re.compile(r"^ *(?:(?:hint|do|safe form): )?")
SOURCE = re.compile(r"^ *\d+ \| |^ +\^+$")
"""A line of a spec, and the marks below it."""

COMMAND = re.compile(r"(?:^|(?<=: ))(?:elbplan|aws|dig|curl) (?:(?!; |, |\. ).)+$")
"""A command at the end of a line. A person copies it, so it stays whole."""

WORDS = re.compile(r"`[^`]*`\S*|\S+")
"""Words; a command between backticks counts as one."""


def wrapped_error(lines: list[str], width: int, head: int = 0) -> list[str]:
    """Returns the lines in at most `width` columns; the first one stands behind `head` columns.

    A line continues below its own text. A command has a line of its own then, and stays whole as a long word does.
    """
    wide = min(width, WIDEST)
    found: list[str] = []
    for number, line in enumerate(lines):
        before = head if number == 0 else 0
        if columns(line) + before <= wide or SOURCE.match(line):
            found.append(line)
        else:
            found += _wrapped(line, wide, before)
    return found


def _wrapped(line: str, width: int, before: int) -> Iterator[str]:
    match = LABEL.match(line)
    label = match[0] if match else ""
    indent = " " * (before or len(label) or 2)
    command = COMMAND.search(line, len(label))
    text = line[len(label) : command.start() if command else None]
    current, room = label, width - before
    for word in WORDS.findall(text):
        gap = "" if current in (label, indent) else " "
        if current.strip() and columns(current + gap + word) > room and current != label:
            yield current
            current, gap, room = indent, "", width
        current += gap + word
    if command and current != label:
        yield current
        current = indent
    yield current + (command[0] if command else "")


def columns(text: str) -> int:
    """Returns the columns of a text; a Korean, Chinese or Japanese letter has two."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
