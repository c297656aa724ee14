"""Compares screens with approved files. ELBPLAN_GOLDEN=write overwrites the files; then review the diff."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

FOLDER = Path(__file__).parent / "golden"


def assert_golden(name: str, lines: Iterable[Text]) -> None:
    """Asserts that the lines match the file and have no spaces at their end."""
    text = "".join(line.plain + "\n" for line in lines)
    file = FOLDER / f"{name}.txt"
    if os.environ.get("ELBPLAN_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8")
    assert not [line for line in text.splitlines() if line != line.rstrip()]
