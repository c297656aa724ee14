"""elbplan works in every partition of AWS: commercial, China, GovCloud and the European Sovereign Cloud."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from elbplan.core.address import AwsId, Points
from elbplan.core.call import Call
from elbplan.errors import AwsProblem
from elbplan.kinds.aws.alias_ownership import region_of
from elbplan.live.aws_models import boto3_session
from elbplan.live.client import Aws
from elbplan.spec.short.document import REGION

CALLS = [
    Call("elbv2", "DescribeLoadBalancers"),
    Call("ec2", "DescribeVpcs"),
    Call("acm", "ListCertificates"),
    Call("route53", "ListHostedZones"),
    Call("ssm", "GetParameter", {"Name": "/a"}),
    Call("sts", "GetCallerIdentity"),
]
SUFFIXES = {
    "eu-west-1": "amazonaws.com",
    "cn-north-1": "amazonaws.com.cn",
    "us-gov-west-1": "amazonaws.com",
    "eusc-de-east-1": "amazonaws.eu",
}
ROUTE53_SIGNED_FOR = {"eu-west-1": "us-east-1", "cn-north-1": "cn-northwest-1"}
"""https://docs.aws.amazon.com/general/latest/gr/r53.html, https://docs.amazonaws.cn/en_us/aws/latest/userguide/route53.html"""


class Requests:
    """Refuses each request before it leaves this machine, and records its host and the region of its signature."""

    def __init__(self, session: boto3.session.Session) -> None:
        self.sent: list[tuple[str, str]] = []
        session.events.register("before-send", self.refuse)

    def refuse(self, request: Any, **_: Any) -> AWSResponse:
        scope = request.headers["Authorization"].decode().split("Credential=")[1].split("/")
        self.sent.append((str(urlsplit(request.url).hostname), scope[2]))
        return AWSResponse(request.url, 403, {}, _Empty())  # type: ignore[no-untyped-call]


class _Empty:
    def stream(self, **_: Any) -> list[bytes]:
        return []


@pytest.mark.parametrize("region", SUFFIXES)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.service)
def test_a_call_goes_to_the_partition_of_the_region(region: str, call: Call) -> None:
    session = boto3_session("test", "test")
    requests = Requests(session)
    with pytest.raises(AwsProblem):
        Aws(region, session=session).send(call)
    ((host, signed),) = requests.sent
    assert host.endswith("." + SUFFIXES[region])
    assert signed == (ROUTE53_SIGNED_FOR.get(region, region) if call.service == "route53" else region)


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso-b"])
def test_an_arn_of_any_partition_is_an_id(partition: str) -> None:
    arn = f"arn:{partition}:elasticloadbalancing:cn-north-1:123456789012:targetgroup/web/1234567890abcdef"
    assert Points("target_group").parse(arn) == AwsId(arn)


@pytest.mark.parametrize(
    ("dns_name", "region"),
    [
        ("my-web-1234567890.eu-west-1.elb.amazonaws.com", "eu-west-1"),
        ("my-web-1234567890abcdef.elb.eu-west-1.amazonaws.com", "eu-west-1"),
        ("internal-my-web-1234567890.us-gov-west-1.elb.amazonaws.com", "us-gov-west-1"),
        ("my-web-1234567890.cn-north-1.elb.amazonaws.com.cn", "cn-north-1"),
        ("my-web-1234567890abcdef.elb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("my-web-1234567890.eusc-de-east-1.elb.amazonaws.eu", "eusc-de-east-1"),
        ("vpce-0abc-def.elb.us-east-1.vpce.amazonaws.com", ""),
        ("s3-website.eu-central-1.amazonaws.com", ""),
        ("www.example.com", ""),
    ],
)
def test_the_dns_name_of_a_load_balancer_has_its_region(dns_name: str, region: str) -> None:
    assert region_of(dns_name) == region


@pytest.mark.parametrize("region", SUFFIXES)
def test_a_spec_can_name_a_region_of_any_partition(region: str) -> None:
    assert REGION.fullmatch(region)
