"""Reads stay below AWS's request rates, and wait where AWS throttles all the same."""

from __future__ import annotations

import pytest

from elbplan.core.call import Answer, Call
from elbplan.errors import AwsProblem
from elbplan.live.pacing import LONGEST_WAIT, PatientReader, TokenBucket


class Time:
    """A clock that a test moves by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_burst_passes_at_once_and_the_rest_at_the_rate() -> None:
    time = Time()
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


def throttling(times: int) -> tuple[PatientReader, Time]:
    """A reader of an AWS that throttles so many calls first."""
    time, left = Time(), [times]

    def send(call: Call) -> Answer:
        left[0] -= 1
        if left[0] >= 0:
            raise AwsProblem("Rate exceeded", code="Throttling")
        return {"done": True}

    return PatientReader(send, time.now, time.sleep), time


def test_a_throttled_read_is_tried_for_a_minute() -> None:
    read, time = throttling(5)
    assert read(Call("elbv2", "DescribeTags")) == {"done": True}
    assert time.seconds == 1 + 2 + 4 + 8 + 8
    read, time = throttling(1000)
    with pytest.raises(AwsProblem, match="Rate exceeded"):
        read(Call("elbv2", "DescribeTags"))
    assert time.seconds <= LONGEST_WAIT


def test_any_other_error_is_raised_at_once() -> None:
    def send(call: Call) -> Answer:
        raise AwsProblem("no", code="AccessDenied")

    time = Time()
    with pytest.raises(AwsProblem, match="no"):
        PatientReader(send, time.now, time.sleep)(Call("elbv2", "DescribeTags"))
    assert time.seconds == 0
