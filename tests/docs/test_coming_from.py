"""The pages for people who come from other tools count and show what the files have."""

from __future__ import annotations

import re

from .pages import ROOT

PAGE = ROOT / "docs" / "coming-from" / "terraform.md"
FILES = {"specs/quickstart.yaml": ROOT / "specs" / "quickstart.yaml", "quickstart.tf": PAGE.parent / "quickstart.tf"}


def lines(text: str) -> list[str]:
    """Returns the lines that are neither empty nor a comment. A script in a file has its own comments."""
    return [line for line in text.splitlines() if line.strip() and not re.match(r"#(?!!)", line)]


def test_the_page_counts_the_lines_of_the_files() -> None:
    shown = dict(re.findall(r"^\| \[`([^`]+)`\]\([^)]*\) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    counted = {name: str(len(lines(file.read_text(encoding="utf-8")))) for name, file in FILES.items()}
    assert shown == counted


def test_the_page_shows_the_spec() -> None:
    (spec,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert lines(spec) == lines(FILES["specs/quickstart.yaml"].read_text(encoding="utf-8"))
