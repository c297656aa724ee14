"""Addresses that a load balancer cannot have are refused before the first write."""

from __future__ import annotations

import pytest

from elbplan.live.resolve import NotFound

from .console import Console
from .stage import Stage

NETWORK = """
name: my-web
region: ap-northeast-2
type: network
targets: {ips: [172.31.0.5], port: 80}
"""


def refused(stage: Stage, subnets: str, more: str = "") -> str:
    """The messages of a plan, which writes nothing."""
    with pytest.raises(NotFound) as caught:
        stage.plan(f"{NETWORK}{more}network: {{subnets: [{subnets}]}}\n")
    assert stage.box.writes() == []
    return str(caught.value)


def test_an_elastic_ip_that_does_not_exist(stage: Stage) -> None:
    text = refused(stage, "{subnet: a, elastic_ip: eipalloc-0a1b2c3d4e5f60718}")
    assert "there is no Elastic IP eipalloc-0a1b2c3d4e5f60718" in text


def test_an_elastic_ip_that_an_instance_has(stage: Stage) -> None:
    console = Console(stage)
    server, ec2 = console.server("one"), console.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, InstanceId=server)
    stage.box.clear_calls()
    assert f"is in use by {server}" in refused(stage, f"{{subnet: a, elastic_ip: {address}}}")


def test_the_stacks_own_use_is_no_problem(stage: Stage) -> None:
    address = stage.client("ec2").allocate_address(Domain="vpc")["AllocationId"]
    spec = f"{NETWORK}network: {{subnets: [{{subnet: a, elastic_ip: {address}}}]}}\n"
    stage.apply(spec)
    assert stage.plan(spec).empty


@pytest.mark.parametrize(
    ("address", "text"),
    [("10.0.1.5", "10.0.1.5 is not in the subnet"), ("172.31.0.2", "AWS keeps 172.31.0.2 for itself")],
)
def test_a_private_address_outside_its_subnet(stage: Stage, address: str, text: str) -> None:
    assert text in refused(stage, f"{{subnet: a, private_address: {address}}}", "access: internal\n")


def test_a_subnet_by_id_is_checked_too(stage: Stage) -> None:
    subnet = stage.ids["subnets"]["a"]
    text = refused(stage, f"{{subnet: {subnet}, private_address: 10.0.1.5}}", "access: internal\n")
    assert f"10.0.1.5 is not in the subnet {subnet}" in text


def test_ipv6_addresses_and_prefixes_outside_their_subnet(stage: Stage) -> None:
    ec2, vpc, subnet = stage.client("ec2"), stage.ids["vpc"], stage.ids["subnets"]["a"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    (described,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = described["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].replace("/56", "/64")
    ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=block)
    stage.box.clear_calls()
    text = refused(stage, "{subnet: a, ipv6_address: 'fd00::5', source_nat_prefix: 'fd00::/80'}", "ip: dualstack\n")
    assert "fd00::5 is not in the subnet" in text
    assert "fd00::/80 is not in the subnet" in text


def test_the_only_subnet_cannot_be_exchanged_in_its_zone(stage: Stage) -> None:
    stage.apply(f"{NETWORK}network: {{subnets: [a]}}\n")
    vpc = stage.ids["vpc"]
    made = stage.client("ec2").create_subnet(VpcId=vpc, CidrBlock="172.31.240.0/24", AvailabilityZone="ap-northeast-2a")
    stage.box.clear_calls()
    other = made["Subnet"]["SubnetId"]
    spec = f"{NETWORK}network: {{subnets: [{other}]}}\n"
    with pytest.raises(NotFound, match="add a second zone first"):
        stage.plan(spec)
    assert stage.box.writes() == []
