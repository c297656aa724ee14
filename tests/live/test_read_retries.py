"""A read gives up after half a minute. Somebody who waits for it sees which call fails, and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from elbplan.core.call import DENIED_ANSWER, FAILED_ANSWER, Call, single_call
from elbplan.errors import AwsProblem, AwsUnavailable
from elbplan.live.failures import READ_TIMEOUT
from elbplan.live.read_retries import LONGEST_FAILURE, LONGEST_IN_A_RUN, LONGEST_THROTTLING, REMEMBERED
from elbplan.live.tries import FailedTry, failed_tries_to
from elbplan.live.worker_threads import WorkerThreads
from elbplan.run.program import run_program
from elbplan.sandbox.box import Box
from tests.bad_network import EVERYTHING, BadNetwork

REGION = "eu-west-1"
BALANCERS, GROUPS = Call("elbv2", "DescribeLoadBalancers"), Call("elbv2", "DescribeTargetGroups")
VPCS, ZONES = Call("ec2", "DescribeVpcs"), Call("route53", "ListHostedZones")


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        yield box


class BadNight(BadNetwork):
    """One client of AWS in a bad network."""

    def __init__(self, box: Box, region: str = REGION) -> None:
        box.reset()
        super().__init__(box)
        self.client = self.aws(region)
        self.said: list[FailedTry] = []

    def fails(self, call: Call) -> AwsProblem:
        with failed_tries_to(self.said.append), pytest.raises(AwsProblem) as problem:
            self.client.send(call)
        return problem.value


@pytest.fixture
def night(box: Box) -> BadNight:
    return BadNight(box)


def test_a_read_that_aws_answers_with_500_gives_up_after_half_a_minute(night: BadNight) -> None:
    night.box.fault("error", action="DescribeLoadBalancers", code="InternalFailure", status=500, message="try later")
    problem = night.fails(BALANCERS)
    assert isinstance(problem, AwsUnavailable)
    assert problem.code == "InternalFailure"
    assert problem.what == (
        "elbv2 DescribeLoadBalancers failed: AWS answered 500 (InternalFailure) 10 times in 28 s: try later"
    )
    assert "https://health.aws.amazon.com" in problem.hint
    assert 25 < night.time.seconds <= LONGEST_FAILURE
    assert len(night.requests) == 10


def test_each_failed_try_is_told_with_its_call_and_number(night: BadNight) -> None:
    night.box.fault("5xx", action="DescribeLoadBalancers", limit=3)
    with failed_tries_to(night.said.append):
        night.client.send(BALANCERS)
    assert [failed.text for failed in night.said[:3]] == [
        "elbv2 DescribeLoadBalancers: 500, try 2",
        "elbv2 DescribeLoadBalancers: 500, try 3",
        "elbv2 DescribeLoadBalancers: 500, try 4",
    ]
    assert [failed.over for failed in night.said] == [False, False, False, True]


def test_worker_threads_tell_the_listener_of_their_thread(night: BadNight) -> None:
    night.box.fault("5xx", limit=1)
    with failed_tries_to(night.said.append), WorkerThreads(2) as threads:
        threads.submit(night.client.send, BALANCERS).result()
    assert [failed.call for failed in night.said] == ["elbv2 DescribeLoadBalancers"] * 2


def test_a_service_that_hangs_is_noticed_and_named_with_its_endpoint(night: BadNight) -> None:
    night.hanging = {"DescribeLoadBalancers"}
    problem = night.fails(BALANCERS)
    assert f"elbv2 DescribeLoadBalancers failed: {night.box.url}" in problem.what
    assert "did not answer in 10 s, 3 tries in 32 s" in problem.what
    assert night.said[0].text == "elbv2 DescribeLoadBalancers: no answer in 10 s, try 2"
    assert night.time.seconds == pytest.approx(31.5)


def test_reads_wait_ten_seconds_for_an_answer_and_writes_a_minute(night: BadNight) -> None:
    read = night.client._client(BALANCERS, REGION).meta.config
    write = night.client._client(Call("elbv2", "CreateLoadBalancer"), REGION).meta.config
    assert (read.connect_timeout, read.read_timeout, write.read_timeout) == (5, 10, 60)


def test_an_endpoint_that_cannot_be_reached_is_named_at_once(night: BadNight) -> None:
    night.unreachable = {EVERYTHING}
    problem = night.fails(BALANCERS)
    assert isinstance(problem, AwsUnavailable)
    assert "cannot reach AWS for elbv2 DescribeLoadBalancers" in problem.what
    assert night.box.url in problem.what
    assert (len(night.requests), night.time.seconds) == (2, 0.5)


def test_a_connection_that_breaks_after_an_answer_is_tried_for_half_a_minute(night: BadNight) -> None:
    night.client.send(VPCS)
    night.unreachable = {EVERYTHING}
    night.fails(BALANCERS)
    assert 25 < night.time.seconds <= LONGEST_FAILURE


def test_a_mistyped_region_is_said_first(box: Box) -> None:
    night = BadNight(box, "ap-norteast-2")
    night.box.fault("5xx")
    problem = night.fails(BALANCERS)
    assert problem.what.splitlines()[0] == "ap-norteast-2 may not be a region of AWS: did you mean ap-northeast-2?"
    night.unreachable = {EVERYTHING}
    assert "did you mean ap-northeast-2?" in night.fails(ZONES).what.splitlines()[0]


def test_the_calls_of_a_failing_service_have_half_a_minute_together(night: BadNight) -> None:
    """One message for all of them, and not half a minute for each."""
    night.hanging = {EVERYTHING}
    first = night.fails(BALANCERS)
    asked, spent = len(night.requests), night.time.seconds
    assert night.fails(BALANCERS) is first
    assert (len(night.requests), night.time.seconds) == (asked, spent)
    night.fails(GROUPS)
    assert (len(night.requests), night.time.seconds) == (asked + 1, spent + READ_TIMEOUT), "one try"
    night.fails(Call("elbv2", "DescribeListeners", {"LoadBalancerArn": "arn:1"}))
    assert (len(night.requests), night.time.seconds) == (asked + 1, spent + READ_TIMEOUT)


def test_a_service_that_answers_other_calls_is_not_given_up(night: BadNight) -> None:
    night.box.fault("5xx", action="DescribeLoadBalancers")
    night.fails(BALANCERS)
    assert night.client.send(GROUPS) == {"TargetGroups": []}


def test_an_operation_that_fails_for_one_resource_is_not_given_up_for_others(night: BadNight) -> None:
    night.box.fault("5xx", action="DescribeListeners", match="arn:1")
    first, second = (Call("elbv2", "DescribeListeners", {"LoadBalancerArn": f"arn:{n}"}) for n in (1, 2))
    night.fails(first)
    night.box.fault("5xx", action="DescribeListeners", match="arn:2", limit=1)
    asked = len(night.requests)
    assert "ValidationError" in night.fails(second).what or "NotFound" in night.fails(second).what
    assert len(night.requests) > asked + 1, "tried again after a failure"


def test_a_failing_service_is_asked_again_after_a_moment(night: BadNight) -> None:
    night.box.fault("5xx", service="elbv2")
    night.fails(BALANCERS)
    night.box.clear_faults()
    night.time.sleep(REMEMBERED + 1)
    assert night.client.send(BALANCERS) == {"LoadBalancers": []}


def test_an_old_failure_does_not_shorten_the_patience(night: BadNight) -> None:
    night.box.fault("5xx", service="elbv2")
    night.fails(BALANCERS)
    night.time.sleep(3600)
    begun = night.time.seconds
    night.fails(BALANCERS)
    assert night.time.seconds - begun > 25


def test_if_no_service_answers_the_region_is_in_doubt(night: BadNight) -> None:
    night.box.fault("5xx")
    assert "no service answers" not in night.fails(BALANCERS).hint
    assert "no service answers in eu-west-1: check the region" in night.fails(VPCS).hint


def test_a_throttled_read_waits_up_to_a_minute_and_says_so(night: BadNight) -> None:
    night.box.fault("throttle", action="DescribeLoadBalancers")
    problem = night.fails(BALANCERS)
    assert problem.code == "Throttling"
    assert not isinstance(problem, AwsUnavailable)
    assert 45 < night.time.seconds <= LONGEST_THROTTLING
    assert night.said[0].text == "elbv2 DescribeLoadBalancers: AWS limits the rate, try 2"


def test_a_refusal_is_raised_at_once_and_is_no_failure(night: BadNight) -> None:
    night.box.fault("error", code="AccessDenied", status=403, message="no")
    problem = night.fails(BALANCERS)
    assert problem.what == "AWS refused DescribeLoadBalancers: no (AccessDenied)"
    assert not isinstance(problem, AwsUnavailable)
    assert (len(night.requests), night.said) == (1, [])


def test_a_call_on_which_nothing_depends_gives_up_sooner(night: BadNight) -> None:
    night.box.fault("5xx")
    assert night.client.send(Call("elbv2", "DescribeSSLPolicies", optional=True)) == {}
    assert len(night.requests) == 4


INDEX = Call("resourcegroupstaggingapi", "GetResources", has_fallback=True)


def test_a_call_with_a_fallback_has_its_own_answer_for_a_failure(night: BadNight) -> None:
    night.box.fault("error", action="GetResources", code="AccessDeniedException", status=400)
    assert night.client.send(INDEX) == FAILED_ANSWER
    assert night.time.seconds == 0
    night.box.clear_faults()
    night.box.fault("error", action="GetResources", code="InternalFailure", status=500)
    assert night.client.send(INDEX) == FAILED_ANSWER
    assert night.time.seconds < 2, "the caller has another way, so two tries are enough"


def test_a_call_that_may_be_denied_and_has_a_fallback_tells_the_two_apart(night: BadNight) -> None:
    call = replace(INDEX, may_be_denied=True)
    night.box.fault("error", action="GetResources", code="AccessDeniedException", status=400)
    assert night.client.send(call) == DENIED_ANSWER
    night.box.clear_faults()
    night.box.fault("error", action="GetResources", code="InternalFailure", status=500)
    assert night.client.send(call) == FAILED_ANSWER


def test_a_throttled_call_with_a_fallback_waits(night: BadNight) -> None:
    night.box.fault("error", action="GetResources", code="ThrottlingException", status=400, limit=3)
    assert night.client.send(INDEX) != FAILED_ANSWER
    assert night.time.seconds > 2


def test_a_run_that_has_begun_is_more_patient(night: BadNight) -> None:
    night.box.fault("5xx")
    with pytest.raises(AwsUnavailable):
        run_program(single_call(BALANCERS), night.client.send, night.time)
    assert LONGEST_FAILURE < night.time.seconds <= LONGEST_IN_A_RUN


def test_many_threads_share_the_half_minute(night: BadNight) -> None:
    night.box.fault("5xx", service="elbv2")
    problems: set[str] = set()
    others = threading.active_count()  # connections of earlier tests in this process
    with WorkerThreads(8) as threads:
        calls = [Call("elbv2", "DescribeListeners", {"LoadBalancerArn": f"arn:{n}"}) for n in range(40)]
        for future in [threads.submit(night.client.send, call) for call in calls]:
            with pytest.raises(AwsUnavailable) as problem:
                future.result()
            problems.add(problem.value.what.split(":")[0])
    assert problems == {"elbv2 DescribeListeners failed"}
    assert len(night.requests) < 8 * 12, "the calls that waited for a thread are not tried for long"
    assert threading.active_count() - others < 60
