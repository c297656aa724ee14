"""A Korean page says what its original says: headings, code, commands, exit codes and links.

ELBPLAN_GOLDEN=write copies the blocks of code from the original.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from .pages import ROOT, TRANSLATIONS
from .translation import CODE, outline, with_code_of

PAIRS = sorted(TRANSLATIONS.items())
HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize(("original", "translation"), PAIRS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_translation_has_the_outline_of_its_original(original: Path, translation: Path) -> None:
    text = original.read_text(encoding="utf-8")
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        written = with_code_of(text, translation.read_text(encoding="utf-8"))
        translation.write_text(written, encoding="utf-8")
    ours, theirs = outline(text), outline(translation.read_text(encoding="utf-8"))
    assert theirs.levels == ours.levels
    assert theirs.code == ours.code
    assert theirs.exits == ours.exits
    assert theirs.commands == ours.commands
    assert theirs.links == translated_links(ours.links)


def translated_links(links: frozenset[str]) -> frozenset[str]:
    """Returns the links with the translations in place of their originals, and the reverse."""
    names = {page.name: other.name for pair in PAIRS for page, other in (pair, pair[::-1])}
    return frozenset(re.sub(r"[^/#]+\.md", lambda page: names.get(page[0], page[0]), link) for link in links)


@pytest.mark.parametrize("translation", TRANSLATIONS.values(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_paragraph_of_a_translation_is_korean(translation: Path) -> None:
    prose = CODE.sub("", translation.read_text(encoding="utf-8"))
    paragraphs = [part for part in re.split(r"\n{2,}", prose) if re.search(r"\w", part)]
    untranslated = [part for part in paragraphs if not HANGUL.search(part) and part != "# elbplan"]
    assert untranslated == []


def test_a_missing_option_is_found() -> None:
    assert outline("Run `plan --exit-code`.").commands != outline("`plan`을 실행하세요.").commands
