"""docs/architecture.md names only files that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
NAMED = re.compile(r"`((?:elbplan|tests|docs|migrations|specs)/[\w./-]*)`")


def test_every_file_that_the_pages_name_exists() -> None:
    named = {(page, path) for page in PAGES for path in NAMED.findall((ROOT / page).read_text(encoding="utf-8"))}
    assert len(named) > 30, "the pages name files"
    missing = sorted(f"{page}: {path}" for page, path in named if not (ROOT / path).exists())
    assert not missing
