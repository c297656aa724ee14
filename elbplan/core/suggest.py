"""Suggestions for a word that is unknown, probably since it is misspelled."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar to this one, if any is similar."""
    return next(iter(get_close_matches(word, list(known), 1)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or with all known words."""
    words = list(known)
    near = nearest(word, words)
    return f"did you mean {near}?" if near else f"there are: {', '.join(words)}"
