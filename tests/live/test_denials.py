"""AWS's errors about accounts, regions, policies and permissions get the hint that fits their cause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from elbplan.core.call import Call
from elbplan.errors import AwsProblem
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.sandbox.box import Box

REGION = "eu-west-1"
DISABLED = "ap-east-1"
BALANCERS = Call("elbv2", "DescribeLoadBalancers")
CREATE = Call("elbv2", "CreateLoadBalancer", {"Name": "my-web", "Type": "gateway"})
DELETE = Call("elbv2", "DeleteLoadBalancer", {"LoadBalancerArn": "arn:aws:elasticloadbalancing:x"})
USER = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform:"
ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/elasticloadbalancing.amazonaws.com/"
    "AWSServiceRoleForElasticLoadBalancing"
)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture(autouse=True)
def reset(box: Box) -> None:
    box.reset()


def problem(box: Box, call: Call, region: str = REGION) -> AwsProblem:
    """Sends the call and returns the error."""
    aws = Aws(region, endpoint=box.url, session=boto3_session("test", "test"))
    with pytest.raises(AwsProblem) as refused:
        aws.send(call)
    return refused.value


def denied(box: Box, call: Call, message: str, code: str = "AccessDenied") -> str:
    """Returns the hint for a call that AWS denies with this message."""
    box.fault("error", code=code, message=message, status=403)
    return problem(box, call).hint


def test_a_new_account_that_has_no_load_balancers_yet_must_ask_aws_support(box: Box) -> None:
    box.switch("new_account", True)
    refused = problem(box, CREATE)
    assert "does not support creating load balancers" in refused.what
    assert "AWS Support" in refused.hint
    assert "protection" not in refused.hint


def test_a_protected_load_balancer_is_deleted_only_without_its_protection(box: Box) -> None:
    message = "Load balancer 'x' cannot be deleted because deletion protection is enabled"
    assert "protect: false" in denied(box, DELETE, message, "OperationNotPermitted")


def test_the_same_error_of_another_operation_gets_none_of_these_hints(box: Box) -> None:
    call = Call("ec2", "TerminateInstances", {"InstanceIds": ["i-0123456789abcdef0"]})
    assert denied(box, call, "The instance may not be terminated", "OperationNotPermitted") == ""


@pytest.mark.parametrize("code", ["OptInRequired", "PendingVerification"])
def test_an_account_that_is_not_ready_is_not_blamed_on_credentials(box: Box, code: str) -> None:
    hint = denied(box, Call("ec2", "DescribeVpcs"), "You are not subscribed to this service.", code)
    assert "new account" in hint
    assert "credentials" not in hint


@pytest.mark.parametrize(
    "call", [BALANCERS, Call("ec2", "DescribeVpcs"), Call("acm", "ListCertificates")], ids=lambda call: call.service
)
def test_a_region_that_may_be_disabled_is_named_before_the_credentials(box: Box, call: Call) -> None:
    hint = problem(box, call, DISABLED).hint
    assert hint.startswith("is the region ap-east-1 enabled in this account")
    assert "aws sts get-caller-identity" in hint


def test_a_region_that_no_account_can_disable_leaves_only_the_credentials(box: Box) -> None:
    hint = denied(box, Call("ec2", "DescribeVpcs"), "AWS was not able to validate", "AuthFailure")
    assert hint.startswith("the credentials are not valid here")


def test_the_region_of_the_call_counts_and_not_that_of_the_stack(box: Box) -> None:
    assert "ap-east-1" in problem(box, Call("elbv2", "DescribeLoadBalancers", region=DISABLED)).hint


def test_a_missing_permission_is_the_one_of_the_operation(box: Box) -> None:
    message = "You are not authorized to perform this operation."
    call = Call("ec2", "DescribeVpcs")
    assert denied(box, call, message, "UnauthorizedOperation") == "the credentials need the permission ec2:DescribeVpcs"


def test_a_missing_permission_is_the_one_that_aws_names(box: Box) -> None:
    message = f"{USER} elasticloadbalancing:AddTags on resource: arn:x because no identity-based policy allows it"
    assert denied(box, CREATE, message) == "the credentials need the permission elasticloadbalancing:AddTags"


def test_the_first_load_balancer_of_an_account_needs_the_service_linked_role(box: Box) -> None:
    hint = denied(box, CREATE, f"{USER} iam:CreateServiceLinkedRole on resource: {ROLE}")
    assert "iam:CreateServiceLinkedRole" in hint
    assert "aws iam create-service-linked-role --aws-service-name elasticloadbalancing.amazonaws.com" in hint


@pytest.mark.parametrize(
    ("reason", "policy"),
    [
        ("with an explicit deny in a service control policy", "a service control policy"),
        ("because no service control policy allows the action", "a service control policy"),
        ("with an explicit deny in a resource control policy", "a resource control policy"),
        ("because no permissions boundary allows the action", "a permissions boundary"),
        ("with an explicit deny in a VPC endpoint policy", "a VPC endpoint policy"),
        ("because no session policy allows the action", "a session policy"),
        ("with an explicit deny in an identity-based policy", "a Deny in a policy"),
        ("with an explicit deny", "a Deny in a policy"),
    ],
)
def test_a_policy_that_denies_the_call_is_not_a_missing_permission(box: Box, reason: str, policy: str) -> None:
    hint = denied(box, BALANCERS, f"{USER} elasticloadbalancing:DescribeLoadBalancers on resource: * {reason}")
    assert hint.startswith(policy)
    assert "elasticloadbalancing:DescribeLoadBalancers" in hint
    assert "do not help" in hint
