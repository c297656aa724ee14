"""What `elbplan explain` prints about a word: a screen, the list of all words, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from ..explain.explanation import Explanation
from .layout import flow
from .style import Style

LABEL = 10
"""Width of the labels on the left side."""


def explanation_screen(explanation: Explanation, word: str, style: Style) -> Iterator[Text]:
    """Yields the screen of one word; `word` is the spelling that the user asked for."""
    yield style.line((word, "bold"), f" · {explanation.group}")
    yield from _rows(style, "means", [explanation.means])
    numbered = [f"{number} {cause}" for number, cause in enumerate(explanation.causes, 1)]
    yield from _rows(style, "causes", numbered if len(numbered) > 1 else explanation.causes)
    yield from _rows(style, "see", explanation.see)
    yield from _rows(style, "do", explanation.do)
    yield from _rows(style, "source", [explanation.source] if explanation.source else [])


def _rows(style: Style, label: str, texts: Sequence[str]) -> Iterator[Text]:
    for number, text in enumerate(texts):
        head = style.line((f"  {'' if number else label:<{LABEL}}", "dim"))
        yield from flow(style, head, text, back=4)


def word_list(groups: Mapping[str, Sequence[Explanation]], style: Style) -> Iterator[Text]:
    """Yields all words by groups."""
    for group, explanations in groups.items():
        yield style.line((group, "bold"))
        words = [word for explanation in explanations for word in _listed(explanation)]
        yield from flow(style, style.line("  "), ", ".join(words))
    yield style.line("")
    yield style.line("elbplan explain WORD says more. An address or a name is looked up in AWS:")
    yield style.line("  elbplan explain targets.web specs/web.yaml")


def _listed(explanation: Explanation) -> Sequence[str]:
    """The words of an explanation, without those that only differ in the way to write them."""
    return [word for word in explanation.words if word == explanation.word or not (" " in word or word.isdigit())]


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """Returns one word in `explain --json`."""
    return {
        "word": explanation.word,
        "also": list(explanation.also),
        "group": explanation.group,
        "means": explanation.means,
        "causes": list(explanation.causes),
        "see": list(explanation.see),
        "do": list(explanation.do),
        "source": explanation.source,
    }
