"""Rows that fit the screen: what is too long goes on below itself, never at the left edge."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.text import Text

from .style import Style

MIN_TEXT_WIDTH = 30
"""Fewer columns than this are no place for a sentence."""


def flow(style: Style, head: Text, text: str, colour: str = "", *, back: int | None = None) -> list[Text]:
    """`head` and then `text`, wrapped under its own beginning.

    Where too little room is left beside the head, the text moves below it, to column `back`.
    """
    text = style.clean(text)
    if not text:
        return [_stripped(head)]
    indent = head.cell_len
    below = back is not None and style.width - indent < max(MIN_TEXT_WIDTH, min(len(text), 40))
    if below and len(text) > style.width - indent:
        assert back is not None
        return [_stripped(head), *_indented(style, text, colour, back)]
    first, *rest = wrapped(text, style.width - indent)
    opening = head.copy()
    opening.append(first, colour)
    return [opening, *(Text(" " * indent).append(line, colour) for line in rest)]


def _stripped(head: Text) -> Text:
    copy = head.copy()
    copy.rstrip()
    return copy


def _indented(style: Style, text: str, colour: str, indent: int) -> list[Text]:
    return [Text(" " * indent).append(line, colour) for line in wrapped(text, style.width - indent)]


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width`, broken between words; a word that is longer stays whole."""
    lines = textwrap.wrap(text, max(width, 20), break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def shortened(text: str, width: int, ellipsis: str = "…") -> str:
    """The text, or as much of it as fits."""
    return text if len(text) <= width else text[: max(0, width - len(ellipsis))] + ellipsis


def column(cells: Sequence[str], most: int) -> int:
    """How wide a column must be; no wider than `most`."""
    return min(max((len(cell) for cell in cells), default=0), most)


def left_and_right(style: Style, left: Text, right: str, colour: str = "dim") -> list[Text]:
    """`left` and, at the right edge of the same line if it fits, `right`; else below."""
    right = style.clean(right)
    gap = min(style.width, 120) - left.cell_len - len(right)
    if not right:
        return [left]
    if gap < 2:
        return [left, *_indented(style, right, colour, 0)]
    return [left.copy().append(" " * gap).append(right, colour)]


LABEL_WIDTH = 15
"""Width of the words at the left of a table of facts."""


def fact_row(style: Style, word: str, text: str, colour: str = "") -> list[Text]:
    """A word and what is said of it."""
    return flow(style, style.line((f"  {word:<{LABEL_WIDTH}}", "dim")), text, colour)
