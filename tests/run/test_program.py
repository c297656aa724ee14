"""Calls are sent, retried while they are too early, and never repeated if that could do harm."""

from __future__ import annotations

from itertools import islice

import pytest

from elbplan.core.call import Call
from elbplan.errors import AwsProblem
from elbplan.run.program import LONGEST_PAUSE, THROTTLED, Stopped, pauses, run_program


class Clock:
    """A clock that advances only during sleep."""

    def __init__(self):
        self.time = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += seconds


class Aws:
    """Fails with these codes, one after the other, then answers."""

    def __init__(self, *codes):
        self.codes = list(codes)
        self.sent = 0

    def send(self, call):
        self.sent += 1
        if self.codes:
            raise AwsProblem("no", code=self.codes.pop(0))
        return {"sent": self.sent}


def run(aws, *calls, clock=None, **rest):
    def program():
        answer = {}
        for call in calls:
            answer = yield call
        return answer

    return run_program(program(), aws.send, clock or Clock(), **rest)


DELETE = Call("ec2", "DeleteSecurityGroup", retry_on=("DependencyViolation",), timeout=60)
ONCE = Call("ec2", "AllocateAddress", no_retry=True)


def test_the_program_gets_the_answer_of_each_call():
    aws = Aws()
    assert run(aws, DELETE, DELETE) == {"sent": 2}


def test_a_call_that_is_too_early_is_retried_with_growing_pauses():
    aws, clock, heard = Aws(*["DependencyViolation"] * 4), Clock(), []
    run(aws, DELETE, clock=clock, progress=lambda status: heard.append(status.saw))
    assert aws.sent == 5
    assert clock.time == pytest.approx(0.5 + 0.8 + 1.28 + 2.048)
    assert heard == ["something in AWS still uses it (DependencyViolation)"] * 4


def test_retries_end_at_the_deadline():
    aws, clock = Aws(*["DependencyViolation"] * 99), Clock()
    with pytest.raises(AwsProblem):
        run(aws, DELETE, clock=clock)
    assert 30 < clock.time <= 60


def test_any_other_error_is_final():
    aws = Aws("AccessDenied")
    with pytest.raises(AwsProblem):
        run(aws, DELETE)
    assert aws.sent == 1


@pytest.mark.parametrize("code", THROTTLED)
def test_a_call_without_retry_is_sent_again_only_if_aws_did_nothing(code):
    aws = Aws(code, code)
    assert run(aws, ONCE) == {"sent": 3}


@pytest.mark.parametrize("code", ["OutcomeUnknown", "InternalError", "ServiceUnavailable", "RequestTimeout"])
def test_after_an_unknown_outcome_it_is_never_repeated(code):
    aws = Aws(code)
    with pytest.raises(AwsProblem):
        run(aws, ONCE)
    assert aws.sent == 1


def test_the_client_handles_throttling_of_other_calls():
    aws = Aws("Throttling")
    with pytest.raises(AwsProblem):
        run(aws, DELETE)
    assert aws.sent == 1


def test_a_user_can_stop_it_between_two_attempts():
    aws = Aws(*["DependencyViolation"] * 9)
    with pytest.raises(Stopped):
        run(aws, DELETE, stopped=lambda: aws.sent == 3)
    assert aws.sent == 3


def test_a_call_that_succeeds_is_not_stopped():
    assert run(Aws(), DELETE, stopped=lambda: True) == {"sent": 1}


def test_pauses_are_short_at_first_and_then_longer():
    times = list(islice(pauses(), 12))
    assert times[0] <= 1
    assert times == sorted(times)
    assert times[-1] == LONGEST_PAUSE
