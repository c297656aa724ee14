"""ALB subnets 2->3 and 3->2.

One SetSubnets with the complete list, then a wait until the load balancer is active. Its ARN stays.
"""

from __future__ import annotations

from .kit import Case

TWO = """
name: my-web
region: ap-northeast-2
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
THREE = TWO.replace("[a, c]", "[a, b, c]")


def arn(case: Case) -> str:
    (balancer,) = case.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return str(balancer["LoadBalancerArn"])


def test_a_zone_is_added_and_removed_with_one_call(case: Case) -> None:
    case.apply(TWO)
    before = arn(case)
    for spec, number in ((THREE, 3), (TWO, 2)):
        steps = [(step.do, step.until) for step in case.plan(spec).steps if step.address.kind == "load_balancer"]
        assert steps == [("update", ""), ("wait", "active")]
        sent = case.apply(spec)
        assert sent.actions == ["SetSubnets"]
        assert len(sent.only("SetSubnets")["Subnets"]) == number
    assert arn(case) == before
    case.destroy(TWO)


def test_a_mapping_is_added_and_removed_likewise(case: Case) -> None:
    two = TWO.replace("zones: [a, c]", "network: {subnets: [{subnet: a}, {subnet: c}]}")
    three = two.replace("{subnet: c}", "{subnet: b}, {subnet: c}")
    case.apply(two)
    before = arn(case)
    for spec in (three, two):
        assert case.apply(spec).actions == ["SetSubnets"]
    assert arn(case) == before
    case.destroy(two)


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(TWO, THREE)
    case.crash_sweep(THREE, TWO)
