"""Reads stay below AWS's request rates."""

from __future__ import annotations

import pytest

from elbplan.live.pacing import TokenBucket
from tests.fake_time import FakeTime


def test_a_burst_passes_at_once_and_the_rest_at_the_rate() -> None:
    time = FakeTime()
    bucket = TokenBucket(8, 30, time.now, time.sleep)
    for _ in range(30):
        bucket.take()
    assert time.seconds == 0
    for _ in range(16):
        bucket.take()
    assert time.seconds == pytest.approx(2)
    time.seconds += 60
    for _ in range(30):
        bucket.take()
    assert time.seconds == pytest.approx(62), "a rest fills the bucket, and no more than that"
