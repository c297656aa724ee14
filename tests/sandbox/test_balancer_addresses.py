"""Rules 16 and 23: addresses, pools, reserved capacity and PrivateLink rules of load balancers."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import Kit, refused


def mappings(kit: Kit, **address: str) -> list[dict[str, str]]:
    """The first subnet with this address, and the second without any."""
    return [{"SubnetId": kit.subnets[0], **address}, {"SubnetId": kit.subnets[1]}]


def create(kit: Kit, name: str = "n", type: str = "network", **rest: Any) -> dict[str, Any]:
    subnets = {} if "SubnetMappings" in rest else {"Subnets": kit.subnets}
    (made,) = kit.elb.create_load_balancer(Name=name, Type=type, **subnets, **rest)["LoadBalancers"]
    return dict(made)


@pytest.mark.parametrize(
    ("type", "scheme", "address"),
    [
        ("application", "internet-facing", {"PrivateIPv4Address": "172.31.0.9"}),
        ("network", "internet-facing", {"PrivateIPv4Address": "172.31.0.9"}),
        ("network", "internal", {"AllocationId": "eipalloc-0a"}),
        ("network", "internal", {"PrivateIPv4Address": "10.9.9.9"}),
        ("network", "internet-facing", {"IPv6Address": "2001:db8::5"}),
        ("network", "internet-facing", {"SourceNatIpv6Prefix": "auto_assigned"}),
    ],
)
def test_rule_16_addresses_fit_type_scheme_and_subnet(
    kit: Kit, type: str, scheme: str, address: dict[str, str]
) -> None:
    with refused("InvalidConfigurationRequest"):
        create(kit, type=type, Scheme=scheme, SubnetMappings=mappings(kit, **address))
    with refused("InvalidConfigurationRequest"):
        create(kit, EnablePrefixForIpv6SourceNat="on")


def test_the_interfaces_of_balancers_take_the_last_free_addresses(kit: Kit) -> None:
    for name in ("n", "other"):
        create(kit, name)
    interfaces = kit.ec2.describe_network_interfaces()["NetworkInterfaces"]
    addresses = [raw["PrivateIpAddress"] for raw in interfaces if raw["SubnetId"] == kit.subnets[0]]
    assert sorted(addresses) == ["172.31.15.253", "172.31.15.254"]


def test_rule_16_an_elastic_ip_is_free_or_already_there(kit: Kit) -> None:
    address = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    create(kit, SubnetMappings=mappings(kit, AllocationId=address))
    with refused("ResourceInUse"):
        create(kit, "other", SubnetMappings=mappings(kit, AllocationId=address))
    with refused("AllocationIdNotFound"):
        create(kit, "other", SubnetMappings=mappings(kit, AllocationId="eipalloc-0a"))


def test_rule_16_a_zone_keeps_its_addresses(kit: Kit) -> None:
    arn = create(kit)["LoadBalancerArn"]
    address = kit.ec2.allocate_address(Domain="vpc")["AllocationId"]
    wanted = mappings(kit, AllocationId=address)
    with refused("InvalidConfigurationRequest"):
        kit.elb.set_subnets(LoadBalancerArn=arn, SubnetMappings=wanted)
    kit.elb.set_subnets(LoadBalancerArn=arn, Subnets=kit.subnets[1:])
    zones = kit.elb.set_subnets(LoadBalancerArn=arn, SubnetMappings=wanted)["AvailabilityZones"]
    assert zones[0]["LoadBalancerAddresses"][0]["AllocationId"] == address


def test_rule_16_pools_are_for_public_application_load_balancers(kit: Kit) -> None:
    pool = {"Ipv4IpamPoolId": "ipam-pool-0a"}
    with refused("InvalidConfigurationRequest"):
        create(kit, IpamPools=pool)
    with refused("InvalidConfigurationRequest"):
        create(kit, type="application", Scheme="internal", IpamPools=pool)
    with refused("ValidationError"):
        create(kit, CustomerOwnedIpv4Pool="ipv4pool-coip-0a")
    assert create(kit, type="application", IpamPools=pool)["IpamPools"] == pool


def test_rule_16_the_ipam_pool_is_set_and_removed(kit: Kit) -> None:
    arn = create(kit, type="application")["LoadBalancerArn"]
    pool = {"Ipv4IpamPoolId": "ipam-pool-0a"}
    assert kit.elb.modify_ip_pools(LoadBalancerArn=arn, IpamPools=pool)["IpamPools"] == pool
    kit.elb.modify_ip_pools(LoadBalancerArn=arn, RemoveIpamPools=["ipv4"])
    (now,) = kit.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert "IpamPools" not in now
    with refused("ValidationError"):
        kit.elb.modify_ip_pools(LoadBalancerArn=arn)


def test_rule_16_private_link_rules_are_for_network_load_balancers(kit: Kit) -> None:
    group = kit.open_group()
    rules = {"SecurityGroups": [group], "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off"}
    arn = create(kit, SecurityGroups=[group])["LoadBalancerArn"]
    kit.elb.set_security_groups(LoadBalancerArn=arn, **rules)
    (now,) = kit.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert now["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "off"
    with refused("InvalidConfigurationRequest"):
        kit.elb.set_security_groups(LoadBalancerArn=create(kit, "a", "application")["LoadBalancerArn"], **rules)


def reserve(kit: Kit, arn: str, units: int) -> None:
    kit.elb.modify_capacity_reservation(LoadBalancerArn=arn, MinimumLoadBalancerCapacity={"CapacityUnits": units})


def test_rule_23_requests_for_capacity(kit: Kit) -> None:
    gateway = create(kit, "g", "gateway")["LoadBalancerArn"]
    with refused("InvalidConfigurationRequest"):
        reserve(kit, gateway, 100)
    arn = create(kit)["LoadBalancerArn"]
    with refused("ValidationError"):
        kit.elb.modify_capacity_reservation(LoadBalancerArn=arn)
    with refused("CapacityUnitsLimitExceeded"):
        reserve(kit, arn, 15001)


def test_rule_23_capacity_decreases_twice_a_day(kit: Kit) -> None:
    arn = create(kit)["LoadBalancerArn"]
    for units in (400, 300, 200):
        reserve(kit, arn, units)
        kit.box.advance(1)
    assert kit.elb.describe_capacity_reservation(LoadBalancerArn=arn)["DecreaseRequestsRemaining"] == 0
    with refused("CapacityDecreaseRequestLimitExceeded"):
        reserve(kit, arn, 100)
    assert kit.elb.describe_capacity_reservation(LoadBalancerArn=arn)["MinimumLoadBalancerCapacity"] == {
        "CapacityUnits": 200
    }
    kit.box.advance(86400)
    reserve(kit, arn, 100)
