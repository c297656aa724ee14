"""Reads stay below AWS's request rates, and wait where AWS throttles all the same."""

from __future__ import annotations

import pytest

from elbplan.core.call import FAILED_ANSWER, Answer, Call
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


def test_a_read_with_a_fallback_that_fails_has_its_own_answer() -> None:
    def denied(call: Call) -> Answer:
        raise AwsProblem("no", code="AccessDeniedException")

    call = Call("resourcegroupstaggingapi", "GetResources", has_fallback=True)
    assert PatientReader(denied)(call) == FAILED_ANSWER
    with pytest.raises(AwsProblem):
        PatientReader(denied)(Call("elbv2", "DescribeLoadBalancers"))


def test_a_throttled_read_with_a_fallback_waits_too() -> None:
    reader, time = throttling(3)
    call = Call("resourcegroupstaggingapi", "GetResources", has_fallback=True)
    assert reader(call) != FAILED_ANSWER
    assert time.seconds > 0
    reader, _ = throttling(1000)
    assert reader(call) == FAILED_ANSWER, "after a minute the caller goes its other way"
