"""NLB change EIP/subnet in the same AZ.

A network load balancer leaves the zone, becomes active, and enters the zone again with the new address or subnet. With
one zone only, there is no way in place: elbplan replaces it.
"""

from __future__ import annotations

from .kit import Case

SPEC = """
name: my-web
region: ap-northeast-2
type: network
network:
  subnets:
    - {subnet: a, elastic_ip: FIRST}
    - {subnet: c, elastic_ip: true}
targets: {ips: [10.0.0.5], port: 80}
"""


def with_first(address: str) -> str:
    return SPEC.replace("FIRST", address)


def addresses(case: Case) -> dict[str, str]:
    """The Elastic IP of each zone."""
    (balancer,) = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return {
        zone["ZoneName"][-1]: zone["LoadBalancerAddresses"][0]["AllocationId"] for zone in balancer["AvailabilityZones"]
    }


def allocate(case: Case) -> str:
    return str(case.client("ec2").allocate_address(Domain="vpc")["AllocationId"])


def test_the_stack_makes_its_elastic_ips_first(case: Case) -> None:
    sent = case.apply(with_first("true"))
    assert sent.actions[:3].count("AllocateAddress") == 2
    mappings = sent.only("CreateLoadBalancer")["SubnetMappings"]
    assert [bool(mapping["AllocationId"]) for mapping in mappings] == [True, True]
    assert "Subnets" not in sent.only("CreateLoadBalancer")
    destroyed = case.destroy(with_first("true")).actions
    assert destroyed.index("DeleteLoadBalancer") < destroyed.index("ReleaseAddress")


def test_another_address_leaves_and_enters_the_zone(case: Case) -> None:
    case.apply(with_first("true"))
    before = addresses(case)
    other = allocate(case)
    sent = case.apply(with_first(other))
    leave, enter = sent.of("SetSubnets")
    assert len(leave["SubnetMappings"]) == 1
    assert {mapping.get("AllocationId") for mapping in enter["SubnetMappings"]} == {other, before["c"]}
    assert addresses(case) == {"a": other, "c": before["c"]}
    assert sent.actions[-1] == "ReleaseAddress"
