"""Shield Advanced: the stack's own protections are made, tagged and ended; those of others stay."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused

from .stage import Stage

SPEC = """
name: my-web
region: ap-northeast-2
shield: true
tags: {team: web}
listeners: [{listen: 80, respond: 200}]
"""
WITHOUT = SPEC.replace("shield: true\n", "")
NETWORK = """
name: my-web
region: ap-northeast-2
zones: [a]
type: network
targets: {ips: [172.31.0.9], port: 80, protocol: TCP}
elastic_ip: {one: {}}
overrides: {load_balancer: {subnets: [], pins: [{subnet: a, allocation: one}]}}
shield_protection: {main: {load_balancer: main, elastic_ip: one}}
"""


@pytest.fixture
def subscribed(stage: Stage) -> Stage:
    stage.box.switch("shield", True)
    return stage


def protections(stage: Stage) -> list[Any]:
    return list(stage.box.snapshot(lambda id, _: id.startswith("protection/")).values())


def protect(stage: Stage) -> None:
    """Somebody else protects the load balancer."""
    found = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    stage.client("shield").create_protection(Name="theirs", ResourceArn=found[0]["LoadBalancerArn"])


def test_a_protection_has_the_tags_of_the_stack(subscribed: Stage) -> None:
    subscribed.apply(SPEC)
    (protection,) = protections(subscribed)
    assert protection["ResourceArn"].endswith("loadbalancer/app/my-web/" + protection["ResourceArn"].rpartition("/")[2])
    assert (protection["Tags"]["elbplan:stack"], protection["Tags"]["team"]) == ("my-web", "web")
    subscribed.apply(SPEC.replace("team: web", "group: api"))
    (protection,) = protections(subscribed)
    assert (protection["Tags"].get("team"), protection["Tags"]["group"]) == (None, "api")
    subscribed.destroy(SPEC)
    assert protections(subscribed) == []


def test_it_ends_when_the_spec_drops_it(subscribed: Stage) -> None:
    subscribed.apply(SPEC)
    plan = subscribed.apply(WITHOUT)
    assert [hazard.name for hazard in plan.hazards] == ["protection-removed"]
    assert protections(subscribed) == []
    subscribed.box.clear_calls()
    assert subscribed.plan(WITHOUT).empty
    assert [call for call in subscribed.box.calls if call.service == "shield"] == []


def test_a_network_load_balancer_is_protected_by_its_elastic_ip(subscribed: Stage) -> None:
    subscribed.apply(NETWORK)
    (protection,) = protections(subscribed)
    assert ":eip-allocation/eipalloc-" in protection["ResourceArn"]
    subscribed.destroy(NETWORK)
    assert protections(subscribed) == []


def test_without_the_subscription_it_is_refused_with_its_price(stage: Stage) -> None:
    with pytest.raises(Refused, match="no subscription of Shield Advanced") as caught:
        stage.plan(SPEC)
    assert "3,000 USD a month" in str(caught.value.hint)
    assert stage.box.writes() == []


def test_the_protection_of_others_stays(subscribed: Stage) -> None:
    subscribed.apply(WITHOUT)
    protect(subscribed)
    with pytest.raises(Refused, match="by a protection that elbplan did not make"):
        subscribed.plan(SPEC)
    subscribed.destroy(WITHOUT)
    assert [protection["Name"] for protection in protections(subscribed)] == ["theirs"]


def test_one_that_comes_between_plan_and_apply_stays(subscribed: Stage) -> None:
    subscribed.apply(WITHOUT)
    plan = subscribed.plan(SPEC)
    protect(subscribed)
    (failed,) = subscribed.run(plan).failed
    assert "did not make" in failed.text
    assert [protection["Name"] for protection in protections(subscribed)] == ["theirs"]


def test_an_answer_that_is_lost_makes_no_second_protection(subscribed: Stage) -> None:
    subscribed.box.fault("lost", action="CreateProtection", limit=1)
    subscribed.apply(SPEC)
    assert len(protections(subscribed)) == 1


def test_a_replacement_that_loses_the_protection_of_others_is_a_hazard(subscribed: Stage) -> None:
    subscribed.apply(WITHOUT)
    protect(subscribed)
    internal = WITHOUT + "access: internal\n"
    (hazard,) = [hazard for hazard in subscribed.plan(internal).hazards if hazard.name == "protection-removed"]
    assert "which others switched on, does not protect the new one" in hazard.text
