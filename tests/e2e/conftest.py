"""The sandbox is started once for a module and made empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.sandbox.box import Box

from .stage import Stage


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box(slow=0) as made:
        yield made


@pytest.fixture
def stage(box: Box) -> Iterator[Stage]:
    made = Stage(box)
    yield made
    made.assert_strangers_untouched()


@pytest.fixture(scope="module")
def slow_box() -> Iterator[Box]:
    with Box(slow=60, virtual=True) as made:
        yield made


@pytest.fixture
def slow_stage(slow_box: Box) -> Iterator[Stage]:
    """Load balancers, targets, certificates and names take their time; it passes while somebody waits."""
    made = Stage(slow_box)
    yield made
    made.assert_strangers_untouched()
