"""Fixtures: a new case for each test."""

from __future__ import annotations

import pytest

from elbplan.sandbox.box import Box

from ..e2e.fork_server import ForkServer
from .kit import Case


@pytest.fixture
def case(box: Box, nursery: ForkServer) -> Case:
    return Case(box, nursery)
