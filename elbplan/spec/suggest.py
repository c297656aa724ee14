"""What was probably meant, and how a value is shown in a message."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from ..core.hidden import Hidden, HiddenNumber


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that this one is probably a slip of."""
    choices = {choice.lower(): choice for choice in known}
    found = difflib.get_close_matches(word[:80].lower(), list(choices), n=1, cutoff=0.6)
    return choices[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint, or the whole choice if nothing is near and the choice is short."""
    choices = sorted(set(known))
    near = closest(word, choices)
    if near:
        return f'did you mean "{near}"?'
    return f"one of: {', '.join(choices)}" if 0 < len(choices) <= 12 else ""


def article(word: object) -> str:
    """The word with its article, as it is spoken: an HTTP listener, a UDP listener."""
    text = str(word)
    return f"an {text}" if text.startswith(("a", "e", "i", "o", "HTTP")) else f"a {text}"


def shown_value(value: object) -> str:
    """A value as it may stand in a message: text in quotes, nothing longer than a line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Hidden | HiddenNumber):
        return f"the value of {value.reference}"
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    text = "nothing" if value is None else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
