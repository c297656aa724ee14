"""What the tests of a process share: two sandboxes, a process for killed runs, and settings.

Generated examples are the same in every run, so that a change is red or green by itself. `make fuzz` looks for others.

A new sandbox needs new clients, which takes longer than most tests. A process keeps all tests and AWS's models until
its end: Python's collector would examine them again and again, for a quarter of the processor time of all tests.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from elbplan.sandbox.box import Box

    from .e2e.fork_server import ForkServer

NEW_OBJECTS = 50_000
"""The collector begins after so many new objects."""


settings.register_profile("same-examples", derandomize=True)
settings.load_profile("same-examples")


def pytest_configure() -> None:
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def only_box() -> Iterator[Box]:
    from elbplan.sandbox.box import Box

    with Box(slow=0) as box:
        yield box


@pytest.fixture(scope="session")
def only_slow_box() -> Iterator[Box]:
    from elbplan.sandbox.box import Box

    with Box(slow=60, virtual=True) as box:
        yield box


@pytest.fixture(scope="module")
def box(only_box: Box) -> Box:
    """An empty sandbox in which everything completes at once."""
    only_box.renew()
    return only_box


@pytest.fixture(scope="module")
def slow_box(only_slow_box: Box) -> Box:
    """An empty sandbox where load balancers, targets, certificates and names take time, which moves on demand."""
    only_slow_box.renew()
    return only_slow_box


@pytest.fixture(scope="session")
def nursery() -> Iterator[ForkServer]:
    """A process that forks runs which tests kill."""
    from .e2e.fork_server import ForkServer

    server = ForkServer()
    yield server
    server.close()
