"""Values of unquoted YAML scalars: YAML 1.2's words for null and booleans, and decimal numbers. The rest is text.

So `on`, `22:30`, `2026-01-01`, `010`, `0x1F` and `1_000` stay text.
"""

from __future__ import annotations

import re

WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
LONGEST_NUMBER = 18


class TooLarge(ValueError):
    """A number that is too large for every field."""


def scalar_value(text: str) -> str | int | float | bool | None:
    """Returns the value of an unquoted scalar. Raises TooLarge."""
    if text in WORDS:
        return WORDS[text]
    if not (text[0] in "+-" or text[0].isdigit()):
        return text
    whole = WHOLE.fullmatch(text)
    if not whole and not DECIMAL.fullmatch(text):
        return text
    if len(text) > LONGEST_NUMBER + 1:
        raise TooLarge
    return int(text) if whole else float(text)
