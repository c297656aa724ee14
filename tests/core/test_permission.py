"""Who is asked before each attempt of a call can hold it back, whichever attempt it is and however far it got."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.core.call import Call
from elbplan.errors import Refused
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.live.write_permission import checked_before_each_attempt
from elbplan.sandbox.box import Box

REGION = "eu-west-1"
CALLS = [
    Call("elbv2", "DescribeLoadBalancers"),
    Call("ec2", "CreateSecurityGroup", {"GroupName": "web", "Description": "x", "VpcId": "vpc-1"}, no_retry=True),
    Call("acm", "RequestCertificate", {"DomainName": "example.com"}),
    Call("ssm", "PutParameter", {"Name": "/a", "Value": "x", "Type": "String"}, no_retry=True),
    Call("route53", "CreateHostedZone", {"Name": "example.com", "CallerReference": "1"}),
]
"""Every protocol."""


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as made:
        yield made


@pytest.fixture
def aws(box: Box) -> Aws:
    box.reset()
    return Aws(REGION, endpoint=box.url, session=boto3_session("test", "test"))


class Permit:
    """Says yes so many times, and then no."""

    def __init__(self, yes: int) -> None:
        self.left = yes

    def __call__(self) -> None:
        if not self.left:
            raise Refused("no")
        self.left -= 1


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.service)
@pytest.mark.parametrize("yes", [0, 1], ids=["before it is sent", "when all but the body was sent"])
def test_what_is_refused_has_no_effect_and_is_not_repeated(box: Box, aws: Aws, call: Call, yes: int) -> None:
    permit = Permit(yes)
    with checked_before_each_attempt(permit), pytest.raises(Refused, match="no"):
        aws.send(call)
    assert box.calls == []
    assert permit.left == 0


@pytest.mark.parametrize("call", [call for call in CALLS if not call.no_retry], ids=lambda call: call.service)
def test_a_repetition_by_botocore_is_asked_for(box: Box, aws: Aws, call: Call) -> None:
    """Two questions an attempt: the first attempt meets a fault of AWS, the second is refused."""
    box.fault("5xx")
    with checked_before_each_attempt(Permit(2)), pytest.raises(Refused, match="no"):
        aws.send(call)
    box.clear_faults()
    assert len(box.calls) == 1


def test_what_is_permitted_arrives_whole(box: Box, aws: Aws) -> None:
    value = "x" * 4000
    with checked_before_each_attempt(Permit(99)):
        aws.send(Call("ssm", "PutParameter", {"Name": "/a", "Value": value, "Type": "String"}))
        answer = aws.send(Call("ssm", "GetParameter", {"Name": "/a"}))
    assert answer["Parameter"]["Value"] == value


def test_what_a_permit_sends_is_not_asked_for(box: Box, aws: Aws) -> None:
    def permit() -> None:
        aws.send(Call("ssm", "GetParametersByPath", {"Path": "/elbplan"}))

    with checked_before_each_attempt(permit):
        aws.send(Call("elbv2", "DescribeLoadBalancers"))
    assert {call.action for call in box.calls} == {"GetParametersByPath", "DescribeLoadBalancers"}


def test_afterwards_nobody_is_asked(box: Box, aws: Aws) -> None:
    with checked_before_each_attempt(Permit(0)):
        pass
    aws.send(Call("elbv2", "DescribeLoadBalancers"))
    assert len(box.calls) == 1
