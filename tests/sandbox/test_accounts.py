"""One simulator has several accounts, which do not see each other, and roles that lead from one to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from elbplan.sandbox.box import Box

REGION = "eu-central-1"
PROD = "210987654321"
ROLE = f"arn:aws:iam::{PROD}:role/team/deploy"


@pytest.fixture(scope="module")
def shared_box() -> Iterator[Box]:
    with Box() as box:
        yield box


@pytest.fixture
def box(shared_box: Box) -> Box:
    shared_box.reset()
    return shared_box


def client(box: Box, service: str, key: str, token: str | None = None) -> Any:
    config = Config(retries={"total_max_attempts": 1})
    return boto3.Session(key, "secret", token, region_name=REGION).client(service, endpoint_url=box.url, config=config)


def credentials(box: Box, **more: Any) -> Any:
    sts = box.client("sts", REGION)
    return sts.assume_role(RoleArn=ROLE, RoleSessionName="elbplan-web", **more)["Credentials"]


def test_accounts_have_their_own_resources_under_the_same_names(box: Box) -> None:
    arns = []
    for key, account in (("AKIAX", ""), (PROD, PROD)):
        subnets = box.in_account(account).create_defaults(REGION)["subnets"]
        elb = client(box, "elbv2", key)
        elb.create_load_balancer(Name="web", Subnets=list(subnets.values())[:2])
        (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
        arns.append(balancer["LoadBalancerArn"])
        (group,) = client(box, "ec2", key).describe_security_groups(GroupNames=["default"])["SecurityGroups"]
        assert group["OwnerId"] == (account or box.account_id)
    assert [arn.split(":")[4] for arn in arns] == [box.account_id, PROD]
    assert len({arn.rsplit("/", 1)[-1] for arn in arns}) == 2, "ids are unique in all accounts"


def test_a_role_gives_credentials_of_its_account(box: Box) -> None:
    given = credentials(box)
    sts = client(box, "sts", given["AccessKeyId"], given["SessionToken"])
    identity = sts.get_caller_identity()
    assert identity["Account"] == PROD
    assert identity["Arn"] == f"arn:aws:sts::{PROD}:assumed-role/deploy/elbplan-web"
    assert box.client("sts", REGION).get_caller_identity()["Account"] == box.account_id
    elb = client(box, "elbv2", given["AccessKeyId"], given["SessionToken"])
    vpc = box.in_account(PROD).create_defaults(REGION)["vpc"]
    (group,) = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"]
    assert group["TargetGroupArn"].split(":")[4] == PROD


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_vpcs", "RequestExpired"),
        ("elbv2", "describe_load_balancers", "ExpiredToken"),
        ("ssm", "describe_parameters", "ExpiredTokenException"),
    ],
)
def test_credentials_of_a_role_expire(box: Box, service: str, operation: str, code: str) -> None:
    given = credentials(box, DurationSeconds=900)
    call = getattr(client(box, service, given["AccessKeyId"], given["SessionToken"]), operation)
    box.advance(880)
    call()
    box.advance(30)
    with pytest.raises(ClientError, match=code):
        call()


@pytest.mark.parametrize(
    "wrong",
    [{"RoleArn": "arn:aws:iam::1:role/x-long-enough"}, {"RoleSessionName": "a b"}, {"DurationSeconds": 60_000}],
)
def test_wrong_requests_for_a_role_are_refused(box: Box, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationError"):
        box.client("sts", REGION).assume_role(**{"RoleArn": ROLE, "RoleSessionName": "web", **wrong})


def test_reset_empties_every_account(box: Box) -> None:
    other = box.in_account(PROD)
    other.create_defaults(REGION, hosted_zones=["example.com"])
    box.reset()
    assert other.snapshot(["example.com"]) == {"example.com": None}
    assert not [id for id, fields in other.snapshot().items() if fields.get("type") == "hosted_zone"]
