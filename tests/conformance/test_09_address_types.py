"""IP type ipv4->dualstack->ipv4.

SetIpAddressType. The AAAA record comes after it; on the way back the record goes first.
"""

from __future__ import annotations

import pytest

from ..e2e.stage import Stage
from ..e2e.test_simulation import watched
from .kit import Case

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
remove_validation: true
targets: {ips: [172.31.0.5], port: 80}
"""
DUAL = SPEC + "ip: dualstack\n"
UDP = """
name: my-web
region: ap-northeast-2
type: network
zones: [a, c]
targets: {ips: ["2001:db8:1234:1a00::5"], port: 53, protocol: udp, health: {port: 80, protocol: tcp}}
listeners: [{listen: 53/udp, forward: web}]
ip: dualstack
"""
TCP = UDP.replace("protocol: udp,", "protocol: tcp,").replace("53/udp", "53/tcp")


@pytest.fixture(autouse=True)
def blocks(case: Case) -> None:
    ipv6_blocks(case.stage)


def ipv6_blocks(stage: Stage) -> None:
    """IPv6 blocks of the VPC and of its subnets."""
    ec2, vpc = stage.client("ec2"), stage.ids["vpc"]
    ec2.associate_vpc_cidr_block(VpcId=vpc, AmazonProvidedIpv6CidrBlock=True)
    (described,) = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    block = described["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"].removesuffix("00::/56")
    for number, subnet in enumerate(sorted(stage.ids["subnets"].values())):
        ec2.associate_subnet_cidr_block(SubnetId=subnet, Ipv6CidrBlock=f"{block}{number:02x}::/64")


def record_change(params: dict[str, object]) -> tuple[str, str]:
    """The action and the type of a single record change."""
    changes = params["ChangeBatch"]["Changes"]  # type: ignore[index]
    return changes[0]["Action"], changes[0]["ResourceRecordSet"]["Type"]


def test_the_record_follows_the_type_and_goes_before_it(case: Case) -> None:
    case.apply(SPEC)
    sent = case.apply(DUAL)
    assert sent.position("SetIpAddressType") < sent.position("ChangeResourceRecordSets")
    assert sent.only("SetIpAddressType")["IpAddressType"] == "dualstack"
    back = case.apply(SPEC)
    assert back.only("SetIpAddressType")["IpAddressType"] == "ipv4"
    assert record_change(back.only("ChangeResourceRecordSets")) == ("DELETE", "AAAA")
    assert back.position("ChangeResourceRecordSets") < back.position("SetIpAddressType")


def test_after_each_step_aws_is_as_simulated(case: Case) -> None:
    for spec in (SPEC, DUAL, SPEC):
        watched(case.stage, spec)


PLAIN = """
name: my-web
region: ap-northeast-2
zones: [a, c]
domain: api.example.com
manage: {certificate: false}
listeners: [{listen: 80, respond: 200}]
"""


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(PLAIN, PLAIN + "ip: dualstack\n", prepare=ipv6_blocks)
    case.crash_sweep(PLAIN + "ip: dualstack\n", PLAIN, prepare=ipv6_blocks)


def test_the_records_go_before_the_load_balancer(case: Case) -> None:
    case.apply(DUAL)
    sent = case.destroy(DUAL)
    assert sent.position("ChangeResourceRecordSets") < sent.position("DeleteLoadBalancer")


def test_udp_on_dualstack_has_source_nat(case: Case) -> None:
    created = case.apply(UDP).only("CreateLoadBalancer")
    assert created["EnablePrefixForIpv6SourceNat"] == "on"
    assert [mapping["SourceNatIpv6Prefix"] for mapping in created["SubnetMappings"]] == ["auto_assigned"] * 2
    case.destroy(UDP)


def test_source_nat_is_turned_on_and_off_in_place(case: Case) -> None:
    case.apply(TCP)
    on = TCP.replace("zones: [a, c]", "network: {subnets: [{subnet: a, source_nat_prefix: auto_assigned}, c]}")
    assert case.apply(on).only("SetSubnets")["EnablePrefixForIpv6SourceNat"] == "on"
    assert case.apply(TCP).only("SetSubnets")["EnablePrefixForIpv6SourceNat"] == "off"


def test_the_family_and_source_nat_change_in_one_call(case: Case) -> None:
    ipv4 = TCP.replace("ip: dualstack", "ip: ipv4").replace('"2001:db8:1234:1a00::5"', "172.31.0.5")
    case.apply(ipv4)
    on = ipv4.replace("ip: ipv4", "ip: dualstack") + (
        "overrides: {load_balancer: {enable_prefix_for_ipv6_source_nat: 'on'}}\n"
    )
    sent = case.apply(on)
    assert sent.only("SetSubnets")["IpAddressType"] == "dualstack"
    assert "SetIpAddressType" not in sent.actions
    back = case.apply(ipv4)
    assert back.only("SetSubnets")["IpAddressType"] == "ipv4"
