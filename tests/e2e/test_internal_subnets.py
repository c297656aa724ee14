"""The subnets of internal load balancers: private ones, and only if elbplan can know which."""

from __future__ import annotations

import pytest

from elbplan.live.resolve import NotFound

from .stage import REGION, Stage

SPEC = "name: my-web\nregion: ap-northeast-2\naccess: internal\ntargets: {port: 80, ips: [10.0.0.9]}\n"
IN_VPC = SPEC + "network: {vpc: vpc-0bbb}\n"


def plant_vpc(stage: Stage, private: str) -> None:
    """A VPC with two public subnets, and a private subnet for each of these zones."""
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    for zone in "ab":
        stage.box.create_fixture("subnet", f"subnet-0{zone}", REGION, zone=zone, vpc="vpc-0bbb")
    make_private(stage, "vpc-0bbb", private)


def make_private(stage: Stage, vpc: str, private: str, start: str = "subnet-1") -> None:
    ec2 = stage.client("ec2")
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    for number, zone in enumerate(private):
        stage.box.create_fixture(
            "subnet", f"{start}{number}{zone}", REGION, zone=zone, vpc=vpc, tags={"Name": f"app-{zone}"}
        )
        ec2.associate_route_table(RouteTableId=table, SubnetId=f"{start}{number}{zone}")


def subnets(stage: Stage) -> set[str]:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return {zone["SubnetId"] for zone in balancer["AvailabilityZones"]}


def test_private_subnets_are_used(stage: Stage) -> None:
    plant_vpc(stage, "ab")
    stage.apply(IN_VPC)
    assert subnets(stage) == {"subnet-10a", "subnet-11b"}


def test_private_subnets_of_the_default_vpc_are_used(stage: Stage) -> None:
    make_private(stage, stage.ids["vpc"], "ac")
    stage.apply(SPEC.replace("10.0.0.9", "172.31.0.9"))
    assert subnets(stage) == {"subnet-10a", "subnet-11c"}


def test_a_vpc_without_private_subnets_has_its_public_ones(stage: Stage) -> None:
    plant_vpc(stage, "")
    stage.apply(IN_VPC)
    assert subnets(stage) == {"subnet-0a", "subnet-0b"}


def test_a_public_load_balancer_stays_in_public_subnets(stage: Stage) -> None:
    plant_vpc(stage, "ab")
    stage.apply(IN_VPC.replace("internal", "public"))
    assert subnets(stage) == {"subnet-0a", "subnet-0b"}


@pytest.mark.parametrize("zones", ["", "zones: [a, b]\n"])
def test_of_several_private_subnets_a_person_chooses(stage: Stage, zones: str) -> None:
    plant_vpc(stage, "aab")
    with pytest.raises(NotFound) as refused:
        stage.plan(IN_VPC + zones)
    fix = "network: {vpc: vpc-0bbb, subnets: [subnet-10a, subnet-12b]}"
    assert fix in refused.value.what
    assert "subnet-11a (app-a)" in refused.value.what
    stage.apply(SPEC + fix + "\n")
    assert subnets(stage) == {"subnet-10a", "subnet-12b"}


def test_another_private_subnet_changes_nothing_later(stage: Stage) -> None:
    plant_vpc(stage, "ab")
    stage.apply(IN_VPC)
    make_private(stage, "vpc-0bbb", "a", "subnet-00")
    assert stage.plan(IN_VPC).empty
