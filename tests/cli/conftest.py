"""Fixtures: the sandbox is reset for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from elbplan.sandbox.box import Box

from .kit import Shell


@pytest.fixture
def shell(box: Box, tmp_path: Path) -> Shell:
    box.reset()
    return Shell(box, tmp_path)
