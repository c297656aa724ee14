"""Subnets that AWS refuses for a load balancer stop the plan, with what to write instead."""

from __future__ import annotations

import pytest

from elbplan.live.resolve import NotFound

from .stage import REGION, Stage

SPEC = "name: my-web\nregion: ap-northeast-2\ntargets: {port: 80, ips: [10.0.200.9]}\n"
IN_VPC = SPEC + "network: {vpc: vpc-0bbb}\n"


def full_vpc(stage: Stage, taken: int = 4) -> None:
    """A VPC with subnets of 11 addresses; network interfaces in zone b take some of them."""
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    ec2 = stage.client("ec2")
    for number, zone in enumerate("ab"):
        cidr = f"10.0.0.{16 * number}/28"
        made = ec2.create_subnet(VpcId="vpc-0bbb", CidrBlock=cidr, AvailabilityZone=REGION + zone)["Subnet"]["SubnetId"]
        ec2.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": f"edge-{zone}"}])
    for _ in range(taken):
        ec2.create_network_interface(SubnetId=made)


@pytest.mark.parametrize("network", ["{vpc: vpc-0bbb}", "{vpc: vpc-0bbb, subnets: [edge-a, edge-b]}"])
@pytest.mark.parametrize("type", ["application", "network"])
def test_too_few_free_addresses(stage: Stage, network: str, type: str) -> None:
    full_vpc(stage)
    with pytest.raises(NotFound, match="in zone ap-northeast-2b has 7 free addresses, and a load balancer needs 8"):
        stage.plan(f"{SPEC}type: {type}\nnetwork: {network}\n")


def test_a_subnet_in_use_needs_no_free_addresses(stage: Stage) -> None:
    full_vpc(stage, taken=0)
    stage.apply(IN_VPC)
    ec2 = stage.client("ec2")
    for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": ["vpc-0bbb"]}])["Subnets"]:
        for _ in range(6):
            ec2.create_network_interface(SubnetId=subnet["SubnetId"])
    assert stage.plan(IN_VPC).empty


def test_two_named_subnets_in_a_zone(stage: Stage) -> None:
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    for number, zone in enumerate("aab"):
        id = f"subnet-1{number}{zone}"
        stage.box.create_fixture("subnet", id, REGION, zone=zone, vpc="vpc-0bbb", tags={"Name": f"edge-{number}"})
    spec = SPEC + "network: {vpc: vpc-0bbb, subnets: [edge-0, edge-1, edge-2]}\n"
    with pytest.raises(NotFound, match="subnet-10a, subnet-11a are all in zone ap-northeast-2a"):
        stage.plan(spec)
    stage.apply(spec.replace("edge-1, ", ""))


def test_dualstack_without_ipv6(stage: Stage) -> None:
    full_vpc(stage, taken=0)
    with pytest.raises(NotFound) as refused:
        stage.plan(IN_VPC + "ip: dualstack\n")
    assert refused.value.what.count("has no IPv6 block, which dualstack needs: write ip: ipv4") == 2
    stage.apply(IN_VPC)
