"""Symbols, colours and words: one place, so that all screens speak alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from ..errors import escaped

SYMBOLS: Mapping[str, str] = {"create": "+", "update": "~", "replace": "-/+", "delete": "-"}
HEADINGS: Mapping[str, str] = {"create": "Create", "update": "Change", "replace": "Replace", "delete": "Delete"}
ACTION_VERBS: Mapping[str, str] = {"create": "create", "update": "change", "replace": "replace", "delete": "delete"}
COLOURS: Mapping[str, str] = {"create": "green", "update": "yellow", "replace": "magenta", "delete": "red"}
RESULT_MARKS: Mapping[str, tuple[str, str]] = {
    "done": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("·", "yellow"),
}

ASCII = str.maketrans(
    {"→": "->", "·": "-", "…": "...", "✓": "+", "✗": "x", "≤": "<=", "–": "-", "\u00a0": " ", "’": "'"}
)


@dataclass(frozen=True)
class Style:
    """How wide the screen is and which characters it has."""

    width: int = 100
    ascii: bool = False

    def clean(self, text: str) -> str:
        """One line in which nothing moves somebody's cursor; ASCII if need be."""
        return self._kept(" ".join(text.split()))

    def line(self, *parts: str | tuple[str, str]) -> Text:
        """A line of pieces, each plain or (text, colour)."""
        line = Text()
        for part in parts:
            text, colour = part if isinstance(part, tuple) else (part, "")
            line.append(self._kept(text), colour)
        return line

    def _kept(self, text: str) -> str:
        """Like `clean`, with the spaces at both ends and inside as they are."""
        text = escaped(text)
        return text.translate(ASCII).encode("ascii", "backslashreplace").decode() if self.ascii else text


def count(number: int, noun: str) -> str:
    """`1 step`, `3 steps`."""
    if number == 1:
        return f"1 {noun}"
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + ("" if noun.endswith("s") else "s")
    return f"{number} {plural}"


def duration(seconds: float) -> str:
    """`0.2 s`, `48 s`, `3 min 12 s`, `1 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def listed(items: list[str], most: int = 6) -> str:
    """`a, b, c and 4 more`."""
    if len(items) <= most + 1:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"
