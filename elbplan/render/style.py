"""Symbols, colours and words that all screens share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.text import Text

from ..errors import escaped

SYMBOLS: Mapping[str, str] = {
    "create": "+",
    "adopt": "=",
    "update": "~",
    "replace": "+/-",
    "recreate": "-/+",
    "take-over": "+/-",
    "stop": "■",
    "delete": "-",
}
"""Terraform's symbols: `+/-` creates the new resource first, `-/+` deletes the old one first."""
ACTION_VERBS: Mapping[str, str] = {"create": "create", "update": "change", "replace": "replace", "delete": "delete"}
COLOURS: Mapping[str, str] = {
    "create": "green",
    "adopt": "cyan",
    "update": "yellow",
    "replace": "magenta",
    "recreate": "red",
    "take-over": "magenta",
    "stop": "yellow",
    "delete": "red",
}
RESULT_MARKS: Mapping[str, tuple[str, str]] = {
    "done": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "skipped": ("·", "yellow"),
    "held": ("‖", "yellow"),
}

ASCII = str.maketrans(
    {
        "→": "->",
        "·": "-",
        "…": "...",
        "✓": "+",
        "✗": "x",
        "‖": "=",
        "≤": "<=",
        "–": "-",
        "■": "#",
        "\u00a0": " ",
        "’": "'",
        "└": "\\-",
    }
)


@dataclass(frozen=True)
class Style:
    """The width and the character set of a screen."""

    width: int = 100
    ascii: bool = False

    def clean(self, text: str) -> str:
        """Returns the text as one line without control characters; in ASCII if the screen needs it."""
        return self._safe(" ".join(text.split()))

    def line(self, *parts: str | tuple[str, str]) -> Text:
        """Returns a line of parts; each part is a text or (text, colour)."""
        line = Text()
        for part in parts:
            text, colour = part if isinstance(part, tuple) else (part, "")
            line.append(self._safe(text), colour)
        return line

    def _safe(self, text: str) -> str:
        """Like `clean`, but keeps all spaces."""
        text = escaped(text)
        return text.translate(ASCII).encode("ascii", "backslashreplace").decode() if self.ascii else text


def count(number: int, noun: str) -> str:
    """Returns `1 step`, `3 steps`."""
    if number == 1:
        return f"1 {noun}"
    plural = (
        noun[:-1] + "ies"
        if noun.endswith("y") and noun[-2] not in "aeiou"
        else noun + ("" if noun.endswith("s") else "s")
    )
    return f"{number} {plural}"


def duration(seconds: float) -> str:
    """Returns `0.2 s`, `48 s`, `3 min 12 s` or `1 h 5 min`."""
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
    """Returns `a, b, c and 4 more`."""
    if len(items) <= most + 1:
        return ", ".join(items)
    return f"{', '.join(items[:most])} and {len(items) - most} more"
