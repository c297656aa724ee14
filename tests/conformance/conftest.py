"""Fixtures: one sandbox and one process for killed runs for each module, and a new case for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box

from ..e2e.fork_server import ForkServer
from .kit import Case


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as box:
        yield box


@pytest.fixture(scope="module")
def nursery() -> Iterator[ForkServer]:
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture
def case(box: Box, nursery: ForkServer) -> Case:
    return Case(box, nursery)
