"""The site builds without a warning, has every page in its navigation, and loads nothing from the internet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .pages import ROOT
from .site import build

LOADED = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(folder)
    return folder


def test_every_page_is_in_the_site_and_in_its_navigation(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        built = page.relative_to(ROOT / "docs").with_suffix(".html")
        assert (site / built).exists()
        assert f'href="{built}"' in home, f"{built} is not in the navigation"


def test_no_page_loads_anything_from_another_machine(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    assert {url for page in pages for url in LOADED.findall(page.read_text(encoding="utf-8"))} == set()


def test_the_search_finds_words_of_every_language(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = "\n".join(entry["text"] for entry in index["docs"])
    assert "targets-unverified" in texts
    assert "로드 밸런서" in texts
