"""Rows that fit the screen. Long text wraps below its own start, not at the left edge."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from .style import Style

WIDEST = 120
"""The column at which texts on the right end; on a wider screen an eye would lose the row."""

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


WORDS = re.compile(r"`[^`]*`\S*|\S+")
"""Words; a command between backticks counts as one."""


def wrapped(text: str, width: int) -> list[str]:
    """Returns lines of at most `width` columns, also for letters that take two. A longer word is cut."""
    width = max(width, 10)
    lines: list[str] = []
    for word in _words(text, width):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            *full, rest = pieces(word, width)
            lines += [*full, rest]
    return lines or [""]


def _words(text: str, width: int) -> Iterator[str]:
    for word in WORDS.findall(text):
        yield from [word] if cell_len(word) <= width else word.split()


JOINTS = "/:,;-._@="
"""Where a long word is cut, if one of these stands in the second half of a line."""


def pieces(word: str, width: int) -> list[str]:
    """Returns the word in pieces of at most `width` columns: an ARN continues below its own start."""
    parts = []
    while cell_len(word) > width:
        size, columns = 0, 0
        while (columns := columns + cell_len(word[size])) <= width:
            size += 1
        joint = max(word.rfind(letter, size // 2, size) for letter in JOINTS) + 1
        size = max(joint or size, 1)
        parts.append(word[:size])
        word = word[size:]
    return [*parts, word]


def flow_items(style: Style, head: Text, items: Sequence[str], colour: str = "", gap: str = "  ") -> list[Text]:
    """Returns `head` and the items with `gap` between them. A line ends between two items where that is possible."""
    indent, lines = head.cell_len, list[str]()
    room = style.width - indent
    for item in (style.clean(item) for item in items):
        if lines and cell_len(lines[-1]) + len(gap) + cell_len(item) <= room:
            lines[-1] += f"{gap}{item}"
        else:
            lines += wrapped(item, room)
    rows = [Text(" " * indent).append(line, colour) for line in lines]
    return [head.copy().append(lines[0], colour), *rows[1:]] if lines else []


def shortened_inside(text: str, width: int, ellipsis: str = "…") -> str:
    """Returns the text in at most `width` columns, with its beginning and its end: names differ at the end too."""
    if cell_len(text) <= width:
        return text
    room = max(width - len(ellipsis), 2)
    return set_cell_size(text, room - room // 2).rstrip() + ellipsis + _last(text, room // 2)


def _last(text: str, width: int) -> str:
    while cell_len(text) > width:
        text = text[1:]
    return text


def padded(text: str, width: int) -> str:
    """Returns the text with spaces up to `width` columns."""
    return text + " " * (width - cell_len(text))


def shortened(text: str, width: int, ellipsis: str = "…") -> str:
    """Returns the text, shortened to `width` columns."""
    if cell_len(text) <= width:
        return text
    room = max(0, width - cell_len(ellipsis))
    return (text[:room] if text.isascii() else set_cell_size(text, room).rstrip()) + ellipsis


def column(cells: Sequence[str], most: int) -> int:
    """Returns the width of a column: its longest cell, but at most `most`."""
    return min(max((len(cell) for cell in cells), default=0), most)


def left_and_right(style: Style, left: Text, right: str, colour: str = "dim") -> list[Text]:
    """Returns `left` and `right` at both ends of one line, or on two lines if the screen is too narrow."""
    right = style.clean(right)
    gap = min(style.width, WIDEST) - left.cell_len - len(right)
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


def unbroken_row(style: Style, label: str, text: str, colour: str = "") -> list[Text]:
    """Returns a label and its text, which has a line of its own if a word of it, such as a URL, would break."""
    return flow(style, style.line((f"  {label:<{LABEL_WIDTH}}", "dim")), text, colour, back=4)
