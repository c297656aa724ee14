"""botocore's retries have a limit. A quota is not retried, and Ctrl-C ends the retries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from elbplan.core.call import Call, single_call
from elbplan.errors import AwsProblem
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.run.clock import RealClock
from elbplan.run.program import Stopped, run_program
from elbplan.sandbox.box import Box

REGION = "eu-west-1"
CALLS = [
    Call("elbv2", "DescribeLoadBalancers"),
    Call("ec2", "DescribeVpcs"),
    Call("acm", "ListCertificates"),
    Call("route53", "ListHostedZones"),
]
CERTIFICATE = Call("acm", "RequestCertificate", {"DomainName": "api.example.com"})


class Agents:
    """Records the User-Agent of each request. botocore writes its retry mode there."""

    def __init__(self, session: boto3.session.Session) -> None:
        self.sent: list[str] = []
        session.events.register("before-send", self.record)

    def record(self, request: Any, **_: Any) -> None:
        agent = request.headers["User-Agent"]
        self.sent.append(agent.decode() if isinstance(agent, bytes) else agent)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture
def session(box: Box) -> boto3.session.Session:
    box.reset()
    return boto3_session("test", "test")


@pytest.fixture
def aws(box: Box, session: boto3.session.Session) -> Aws:
    return Aws(REGION, endpoint=box.url, session=session)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.service)
def test_the_pauses_between_attempts_have_a_limit(session: boto3.session.Session, aws: Aws, call: Call) -> None:
    """Only botocore's standard mode has one, of 20 seconds: the legacy mode doubles its pauses up to hours."""
    agents = Agents(session)
    aws.send(call)
    assert "retry-mode#standard" in agents.sent[0]


def test_a_throttled_call_of_acm_is_repeated(box: Box, aws: Aws) -> None:
    box.fault("throttle", service="acm", limit=2)
    aws.send(CERTIFICATE)
    assert box.counts()["RequestCertificate"] == 3


def test_a_quota_of_acm_is_not_retried(box: Box, aws: Aws) -> None:
    """https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: LimitExceededException."""
    box.fault("error", service="acm", code="LimitExceededException", message="too many certificates")
    with pytest.raises(AwsProblem, match="too many certificates") as refused:
        aws.send(CERTIFICATE)
    assert refused.value.code == "LimitExceededException"
    assert "quota" in refused.value.hint
    assert box.counts()["RequestCertificate"] == 1


@pytest.mark.parametrize("call", [*CALLS, CERTIFICATE], ids=lambda call: f"{call.service} {call.operation}")
def test_after_ctrl_c_a_throttled_call_is_not_repeated(box: Box, aws: Aws, call: Call) -> None:
    box.fault("throttle")
    with pytest.raises(Stopped, match="interrupted"):
        run_program(single_call(call), aws.send, RealClock(), stopped=lambda: len(box.calls) > 1)
    assert len(box.calls) == 2


def test_after_ctrl_c_a_call_with_a_fault_of_aws_ends_with_that_fault(box: Box, aws: Aws) -> None:
    """The call may have had its effect, so the step is not skipped."""
    box.fault("5xx")
    with pytest.raises(AwsProblem, match="ServiceUnavailable"):
        run_program(single_call(CERTIFICATE), aws.send, RealClock(), stopped=lambda: len(box.calls) > 1)
    assert len(box.calls) == 2
