"""Rows that fit the screen. Long text wraps below its own start, not at the left edge."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.cells import cell_len
from rich.text import Text

from .style import Style

MIN_TEXT_WIDTH = 30
"""If a row has fewer columns left, its text moves to the next line."""


def flow(style: Style, head: Text, text: str, colour: str = "", *, back: int | None = None) -> list[Text]:
    """Returns `head` and `text`. The text wraps below its own start.

    If there is too little room right of `head`, also for one of its words, the text starts on the next line, at column
    `back`.
    """
    text = style.clean(text)
    if not text:
        return [_stripped(head)]
    indent = head.cell_len
    room = style.width - indent
    below = back is not None and (room < max(MIN_TEXT_WIDTH, min(cell_len(text), 40)) or room < _widest_word(text))
    if below and cell_len(text) > style.width - indent:
        assert back is not None
        return [_stripped(head), *_indented(style, text, colour, back)]
    first, *rest = wrapped(text, style.width - indent)
    first_line = head.copy()
    first_line.append(first, colour)
    return [first_line, *(Text(" " * indent).append(line, colour) for line in rest)]


def _widest_word(text: str) -> int:
    return max(map(cell_len, text.split()))


def _stripped(head: Text) -> Text:
    copy = head.copy()
    copy.rstrip()
    return copy


def _indented(style: Style, text: str, colour: str, indent: int) -> list[Text]:
    return [Text(" " * indent).append(line, colour) for line in wrapped(text, style.width - indent)]


def wrapped(text: str, width: int) -> list[str]:
    """Returns lines of at most `width` columns. A longer word stays whole."""
    width = max(width, 20)
    if cell_len(text) > len(text):
        return _wrapped_wide(text, width)
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def _wrapped_wide(text: str, width: int) -> list[str]:
    """The same for a text with letters that take two columns, as in Korean."""
    first, *rest = text.split()
    lines = [first]
    for word in rest:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def shortened(text: str, width: int, ellipsis: str = "…") -> str:
    """Returns the text, shortened to `width` columns."""
    return text if len(text) <= width else text[: max(0, width - len(ellipsis))] + ellipsis


def column(cells: Sequence[str], most: int) -> int:
    """Returns the width of a column: its longest cell, but at most `most`."""
    return min(max((len(cell) for cell in cells), default=0), most)


def left_and_right(style: Style, left: Text, right: str, colour: str = "dim") -> list[Text]:
    """Returns `left` and `right` at both ends of one line, or on two lines if the screen is too narrow."""
    right = style.clean(right)
    gap = min(style.width, 120) - left.cell_len - len(right)
    if not right:
        return [left]
    if gap < 2:
        return [left, *_indented(style, right, colour, 0)]
    return [left.copy().append(" " * gap).append(right, colour)]


def clock_text(moment: str, now: float) -> str:
    """Returns `04:14Z` for a moment of today, and `2026-11-29 04:14Z` for another day."""
    day, _, time = moment.partition("T")
    return f"{time[:5]}Z" if day == datetime.fromtimestamp(now, UTC).date().isoformat() else f"{day} {time[:5]}Z"


LABEL_WIDTH = 15
"""Width of the labels on the left side of the status screen."""


def fact_row(style: Style, label: str, text: str, colour: str = "") -> list[Text]:
    """Returns a label and its text."""
    return flow(style, style.line((f"  {label:<{LABEL_WIDTH}}", "dim")), text, colour)
