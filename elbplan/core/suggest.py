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


def misspelled(word: str, known: Iterable[str]) -> str | None:
    """Returns the only known name that begins with the word, or the name to which few typing errors lead.

    A typing error is a letter too many, a missing letter, a wrong letter, or two letters in the wrong order. A short
    word may have one, a word of 5 letters two, of 9 letters three: `init` is not `lint`.
    """
    word, choices = word[:LONGEST].lower(), sorted(known)
    longer = [choice for choice in choices if len(word) >= 3 and choice.lower().startswith(word)]
    if longer and all(choice.startswith(longer[0]) for choice in longer):
        return longer[0]
    errors, near = min(((_typing_errors(word, choice.lower()), choice) for choice in choices), default=(LONGEST, ""))
    return near if errors <= (1 if len(word) < 5 else 2 if len(word) < 9 else 3) else None


def _typing_errors(word: str, known: str) -> int:
    """The optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [i]
        for j, expected in enumerate(known, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != expected))
            if i > 1 and j > 1 and letter == known[j - 2] and word[i - 2] == expected:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
