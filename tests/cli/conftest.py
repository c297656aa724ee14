"""Fixtures: one sandbox for each module, reset for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .kit import Shell


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as box:
        yield box


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Shell:
    box.reset()
    return Shell(box, tmp_path)
