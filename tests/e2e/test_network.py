"""Network load balancers: changes that AWS refuses in place, or accepts only in a certain order."""

from __future__ import annotations

from . import specs
from .stage import REGION, Stage

SPEC = specs.HEAD + "type: network\ngroups: {web: {ips: [172.31.0.9], port: 80}}\nlisteners: [{listen: 80/tcp}]\n"
WITHOUT_GROUPS = SPEC + "overrides: {load_balancer: {security_groups: []}}\n"


def test_the_first_security_group_replaces_a_network_balancer(stage: Stage) -> None:
    stage.apply(WITHOUT_GROUPS)
    plan = stage.apply(SPEC)
    assert [step.id for step in plan.steps if step.do in ("create", "delete") and "load_balancer" in step.id] == [
        "create load_balancer.main",
        "delete load_balancer.main@old",
    ]
    stage.apply(WITHOUT_GROUPS)
    stage.destroy(WITHOUT_GROUPS)


def test_a_network_balancer_gets_another_subnet_in_each_of_its_zones(stage: Stage) -> None:
    stage.apply(SPEC)
    spec = SPEC.replace("zones: [a, c]\n", f"network: {{subnets: [{', '.join(_other_subnets(stage))}]}}\n")
    stage.apply(spec)
    stage.destroy(spec)


def _other_subnets(stage: Stage) -> list[str]:
    """The ids of a second subnet in zone a and in zone c."""
    ec2 = stage.client("ec2")
    places = {"a": "172.31.240.0/24", "c": "172.31.241.0/24"}
    made = [
        ec2.create_subnet(VpcId=stage.ids["vpc"], CidrBlock=cidr, AvailabilityZone=f"{REGION}{zone}")
        for zone, cidr in places.items()
    ]
    return [str(answer["Subnet"]["SubnetId"]) for answer in made]
