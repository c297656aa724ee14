"""Fixtures: the sandbox is reset for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box

from .stage import Stage


@pytest.fixture
def stage(box: Box) -> Iterator[Stage]:
    stage = Stage(box)
    yield stage
    stage.assert_foreign_unchanged()


@pytest.fixture
def slow_stage(slow_box: Box) -> Iterator[Stage]:
    """A stage where load balancers, targets, certificates and names take time. The time passes during waits."""
    stage = Stage(slow_box)
    yield stage
    stage.assert_foreign_unchanged()
