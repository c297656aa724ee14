"""Fixtures: one sandbox for each module, reset for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box

from .fork_server import ForkServer
from .stage import Stage


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as box:
        yield box


@pytest.fixture
def stage(box: Box) -> Iterator[Stage]:
    stage = Stage(box)
    yield stage
    stage.assert_foreign_unchanged()


@pytest.fixture(scope="module")
def slow_box() -> Iterator[Box]:
    with Box(slow=60, virtual=True) as box:
        yield box


@pytest.fixture
def slow_stage(slow_box: Box) -> Iterator[Stage]:
    """A stage where load balancers, targets, certificates and names take time. The time passes during waits."""
    stage = Stage(slow_box)
    yield stage
    stage.assert_foreign_unchanged()


@pytest.fixture(scope="module")
def nursery() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()
