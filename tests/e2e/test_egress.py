"""The outbound rules of security groups."""

from __future__ import annotations

from typing import Any

import pytest

from .stage import Stage

ONLY_INSIDE = """
name: my-web
region: ap-northeast-2
security_group:
  lb: {vpc: VPC, ingress: [], egress: EGRESS}
"""


def ipv6_vpc(stage: Stage) -> str:
    ec2 = stage.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    return str(vpc)


def outbound(stage: Stage) -> list[dict[str, Any]]:
    (group,) = stage.client("ec2").describe_security_groups(
        Filters=[{"Name": "tag:elbplan:stack", "Values": ["my-web"]}]
    )["SecurityGroups"]
    rules: list[dict[str, Any]] = group["IpPermissionsEgress"]
    return rules


@pytest.mark.parametrize(
    "egress",
    [
        "[{port: 80, cidr: 10.0.0.0/8}]",
        "[]",
        "[{protocol: all, cidr: '::/0'}]",
        "[{protocol: all, cidr: '::/0'}, {protocol: all, cidr: 0.0.0.0/0}]",
    ],
)
@pytest.mark.parametrize("ipv6", [True, False])
def test_the_first_apply_removes_what_aws_allows_by_default(stage: Stage, egress: str, ipv6: bool) -> None:
    vpc = ipv6_vpc(stage) if ipv6 else str(stage.ids["vpc"])
    spec = ONLY_INSIDE.replace("VPC", vpc).replace("EGRESS", egress)
    stage.apply(spec)
    assert sum(len(rule["IpRanges"]) + len(rule["Ipv6Ranges"]) for rule in outbound(stage)) == egress.count("cidr")
