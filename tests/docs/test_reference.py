"""The pages of docs/reference say what the code says. ELBPLAN_GOLDEN=write writes them again."""

from __future__ import annotations

import os
import re

import pytest

from elbplan.cli.main import ENTRIES
from elbplan.core.hazard import HAZARDS
from elbplan.spec.short.document import Short
from website.reference import PAGES

from .pages import ROOT

FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_what_the_code_says(name: str) -> None:
    file = FOLDER / name
    text = PAGES[name]()
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


def test_the_reference_has_every_key_command_and_hazard() -> None:
    keys, commands, hazards = (PAGES[name]() for name in ("spec-keys.md", "commands.md", "hazards.md"))
    assert all(f"| `{key}` |" in keys for key in Short.model_fields)
    assert all(f"## elbplan {name}\n" in commands for name in ENTRIES)
    assert all(f"## {name}\n" in hazards for name in HAZARDS)


def test_every_key_has_a_type_and_a_description() -> None:
    """The columns of a table: key, type, then those that it needs, with the description always among them."""
    tables = re.findall(r"^(\| key .*\|)\n\|[- |]+\|\n((?:\|.*\n)+)", PAGES["spec-keys.md"](), re.MULTILINE)
    rows = [dict(zip(cells(head), cells(row), strict=True)) for head, lines in tables for row in lines.splitlines()]
    assert len(rows) > 150
    assert [row["key"] for row in rows if not row["description"]] == []
    assert [row["key"] for row in rows if not row["type"]] == []


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
