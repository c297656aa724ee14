"""Two sandboxes for all tests of a run: in one everything completes at once, in the other time must be moved."""

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box

from .kit import Kit

SLOW = 120.0


@pytest.fixture(scope="session")
def quick_box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture(scope="session")
def slow_box() -> Iterator[Box]:
    with Box(SLOW, virtual=True) as box:
        yield box


@pytest.fixture
def kit(quick_box: Box) -> Kit:
    """An empty account with default resources, in which everything is complete at the next read."""
    quick_box.reset()
    quick_box.switch("slow", 0.0)
    quick_box.switch("hide_new", 0)
    return Kit(quick_box)


@pytest.fixture
def slow(slow_box: Box) -> Kit:
    """An empty account with default resources and a stopped clock, in which a load balancer takes 120 seconds."""
    slow_box.reset()
    slow_box.switch("drain", "short")
    return Kit(slow_box)
