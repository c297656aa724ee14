"""Fixtures: the sandbox is reset for each test, and a program on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box
from tests.cli.kit import Shell

from .kit import Program


@pytest.fixture
def program(box: Box, tmp_path: Path) -> Program:
    box.reset()
    return Program(Shell(box, tmp_path))
