"""Fixtures: one sandbox for each module, reset for each test, and a program on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from .kit import Program


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as box:
        yield box


@pytest.fixture
def program(box: Box, tmp_path: Path) -> Program:
    box.reset()
    return Program(Shell(box, tmp_path))
