"""docs/explain.md lists every word that `elbplan explain` knows. ELBPLAN_GOLDEN=write writes the lists again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from elbplan.explain.words import by_group

PAGE = Path(__file__).parents[2] / "docs" / "explain.md"
MARK = "<!-- The rest of this page is generated from the tables of elbplan/explain/. -->\n"


def lists() -> str:
    return MARK + "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    for group, explanations in by_group().items():
        yield from ("", f"## {group[0].upper()}{group[1:]}", "", "| word | means |", "|---|---|")
        for explanation in explanations:
            words = ", ".join(f"`{word}`" for word in explanation.words)
            yield f"| {words} | {explanation.means.replace('|', '/')} |"


def test_the_page_lists_every_word() -> None:
    text = PAGE.read_text(encoding="utf-8")
    written = text.partition(MARK)[0] + lists()
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        PAGE.write_text(written, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == written
