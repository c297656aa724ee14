"""Hints for a misspelled name: the known name that is closest to it, or the names to choose from."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 80
"""No known name is longer, and difflib is slow on long text."""


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Returns the known name that is closest to the word, in any case of letters. None: no name is close."""
    choices = {choice.lower(): choice for choice in known}
    close = difflib.get_close_matches(word[:LONGEST].lower(), list(choices), n=1, cutoff=cutoff)
    return choices[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str], most: int = 12) -> str:
    """Returns a hint with the closest name. If no name is close: all names, unless there are more than `most`."""
    choices = sorted(set(known))
    near = closest(word, choices)
    if near:
        return f"did you mean {near}?"
    return f"one of: {', '.join(choices)}" if 0 < len(choices) <= most else ""
