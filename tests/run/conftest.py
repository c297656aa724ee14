from __future__ import annotations

from pathlib import Path

import pytest

from .kit import LockTest


@pytest.fixture
def lock_test(tmp_path: Path) -> LockTest:
    return LockTest(tmp_path)
