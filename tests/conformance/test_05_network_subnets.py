"""NLB subnets 2->3 and 3->2.

SetSubnets in place in both directions, and the ARN stays. Others replace the load balancer when it loses a zone.
"""

from __future__ import annotations

import pytest

from .kit import Case
from .test_04_application_subnets import arn

TWO = """
name: my-web
region: ap-northeast-2
type: network
zones: [a, c]
targets: {ips: [172.31.0.5], port: 80}
"""
THREE = TWO.replace("[a, c]", "[a, b, c]")
GATEWAY = """
name: my-web
region: ap-northeast-2
type: gateway
zones: [a, c]
targets: {ips: [172.31.0.5]}
"""


def test_a_zone_is_added_and_removed_in_place(case: Case) -> None:
    case.apply(TWO)
    before = arn(case)
    for spec, number in ((THREE, 3), (TWO, 2)):
        sent = case.apply(spec)
        assert sent.actions == ["SetSubnets"]
        assert len(sent.only("SetSubnets")["Subnets"]) == number
    assert arn(case) == before
    case.destroy(TWO)


def test_a_zone_with_an_elastic_ip_is_added_in_place(case: Case) -> None:
    spec = TWO.replace(
        "zones: [a, c]", "network: {subnets: [{subnet: a, elastic_ip: true}, {subnet: c, elastic_ip: true}]}"
    )
    case.apply(spec)
    before = arn(case)
    sent = case.apply(spec.replace("}]}", "}, {subnet: b, elastic_ip: true}]}"))
    assert len(sent.only("SetSubnets")["SubnetMappings"]) == 3
    assert arn(case) == before


def test_a_gateway_only_gets_zones(case: Case) -> None:
    case.apply(GATEWAY)
    wider = GATEWAY.replace("[a, c]", "[a, b, c]")
    assert case.apply(wider).actions == ["SetSubnets"]
    plan = case.plan(GATEWAY)
    (change,) = [change for change in plan.changes if change.address.kind == "load_balancer"]
    assert (change.action, change.fields) == ("replace", ("subnets",))


@pytest.mark.parametrize(("before", "after"), [(TWO, THREE), (THREE, TWO)], ids=["added", "removed"])
def test_killed_after_each_write(case: Case, before: str, after: str) -> None:
    case.crash_sweep(before, after)
