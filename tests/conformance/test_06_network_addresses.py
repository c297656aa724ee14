"""NLB change EIP/subnet in the same AZ.

A network load balancer leaves the zone, becomes active, and enters the zone again with the new address or subnet. With
one zone only, there is no way in place: elbplan replaces it. Others delete it first, which is an outage; here the new
one stands beside it.
"""

from __future__ import annotations

from typing import Any

from elbplan.core.plan import Plan

from ..e2e.test_simulation import watched
from .kit import NOTHING, Case

SPEC = """
name: my-web
region: ap-northeast-2
type: network
network:
  subnets:
    - {subnet: a, elastic_ip: FIRST}
    - {subnet: c, elastic_ip: true}
targets: {ips: [172.31.0.5], port: 80}
"""
ONE_ZONE = SPEC.replace("    - {subnet: c, elastic_ip: true}\n", "")
INTERNAL = """
name: my-web
region: ap-northeast-2
type: network
access: internal
network:
  subnets:
    - {subnet: SUBNET}
    - {subnet: c}
targets: {ips: [172.31.0.5], port: 80}
"""
PLAIN = SPEC.replace(", elastic_ip: FIRST", "").replace(", elastic_ip: true", "")


def with_first(address: str, spec: str = SPEC) -> str:
    return spec.replace("FIRST", address)


def zones(case: Case) -> list[dict[str, Any]]:
    (balancer,) = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return sorted(balancer["AvailabilityZones"], key=lambda zone: str(zone["ZoneName"]))


def addresses(case: Case) -> dict[str, str]:
    """The Elastic IP of each zone."""
    return {zone["ZoneName"][-1]: zone["LoadBalancerAddresses"][0]["AllocationId"] for zone in zones(case)}


def allocate(case: Case) -> str:
    return str(case.client("ec2").allocate_address(Domain="vpc")["AllocationId"])


def second_subnet(case: Case) -> str:
    """Another subnet in zone a."""
    vpc = case.stage.ids["vpc"]
    made = case.client("ec2").create_subnet(VpcId=vpc, CidrBlock="172.31.240.0/24", AvailabilityZone="ap-northeast-2a")
    return str(made["Subnet"]["SubnetId"])


def gates(plan: Plan) -> list[tuple[str, str]]:
    """The updates of the load balancer and the waits after them, in order."""
    return [(step.do, step.until) for step in plan.steps if str(step.address) == "load_balancer.main"]


def test_the_stack_makes_its_elastic_ips_first(case: Case) -> None:
    sent = case.apply(with_first("true"))
    assert sent.actions.index("CreateLoadBalancer") > sent.actions.index("AllocateAddress")
    mappings = sent.only("CreateLoadBalancer")["SubnetMappings"]
    assert [bool(mapping["AllocationId"]) for mapping in mappings] == [True, True]
    assert "Subnets" not in sent.only("CreateLoadBalancer")
    destroyed = case.destroy(with_first("true")).actions
    assert destroyed.index("DeleteLoadBalancer") < destroyed.index("ReleaseAddress")


def test_another_address_leaves_and_enters_the_zone(case: Case) -> None:
    case.apply(with_first("true"))
    before, other = addresses(case), allocate(case)
    after = with_first(other)
    assert gates(case.plan(after)) == [("update", ""), ("wait", "active"), ("update", ""), ("wait", "active")]
    sent = case.apply(after)
    leave, enter = sent.of("SetSubnets")
    assert [mapping["AllocationId"] for mapping in leave["SubnetMappings"]] == [before["c"]]
    assert {mapping["AllocationId"] for mapping in enter["SubnetMappings"]} == {other, before["c"]}
    assert addresses(case) == {"a": other, "c": before["c"]}
    assert sent.actions[-1] == "ReleaseAddress"


def test_addresses_are_added_and_removed_in_place(case: Case) -> None:
    case.apply(PLAIN)
    arn = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
    assert len(case.apply(with_first("true")).of("SetSubnets")) == 4
    assert len(addresses(case)) == 2
    sent = case.apply(PLAIN)
    assert sent.actions.count("ReleaseAddress") == 2
    (now,) = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    assert now["LoadBalancerArn"] == arn


def test_another_subnet_of_the_zone_leaves_and_enters_it(case: Case) -> None:
    case.apply(INTERNAL.replace("SUBNET", "a"))
    other = second_subnet(case)
    kept = zones(case)[1]["SubnetId"]
    leave, enter = case.apply(INTERNAL.replace("SUBNET", other)).of("SetSubnets")
    assert leave["Subnets"] == [kept]
    assert enter["Subnets"] == [other, kept]


def test_an_address_moves_to_another_subnet_of_its_zone(case: Case) -> None:
    address = allocate(case)
    case.apply(with_first(address))
    other = second_subnet(case)
    leave, enter = case.apply(with_first(address).replace("subnet: a,", f"subnet: {other},")).of("SetSubnets")
    assert len(leave["SubnetMappings"]) == 1
    assert {"SubnetId": other, "AllocationId": address} in enter["SubnetMappings"]


def test_with_one_zone_it_is_replaced(case: Case) -> None:
    first, second = allocate(case), allocate(case)
    case.apply(with_first(first, ONE_ZONE))
    plan = case.plan(with_first(second, ONE_ZONE))
    (change,) = [change for change in plan.changes if change.address.kind == "load_balancer"]
    assert (change.action, change.fields) == ("replace", ("pins",))
    names = {hazard.name for hazard in plan.hazards}
    assert "dns-name-changes" in names
    assert "outage" not in names
    sent = case.apply(with_first(second, ONE_ZONE))
    assert sent.position("CreateLoadBalancer") < sent.position("DeleteLoadBalancer")


def test_two_zones_that_exchange_their_addresses_need_a_new_load_balancer(case: Case) -> None:
    first, second = allocate(case), allocate(case)
    both = SPEC.replace("elastic_ip: true", "elastic_ip: SECOND").replace("FIRST", first).replace("SECOND", second)
    case.apply(both)
    swapped = both.replace(first, "X").replace(second, first).replace("X", second)
    plan = case.plan(swapped)
    assert [change.action for change in plan.changes if change.address.kind == "load_balancer"] == ["replace"]
    assert "outage" in {hazard.name for hazard in plan.hazards}


def test_after_each_step_aws_is_as_simulated(case: Case) -> None:
    watched(case.stage, PLAIN)
    watched(case.stage, with_first("true"))


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(PLAIN, with_first("true"), allow=["requests-cut-off"])
    case.crash_sweep(with_first("true"), NOTHING)
