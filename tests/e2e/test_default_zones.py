"""The default zones of a stack: those in which load balancers and the servers' type are offered."""

from __future__ import annotations

import pytest

from elbplan.kinds import KINDS
from elbplan.live.resolve import NotFound
from elbplan.run import workflow

from .stage import REGION, Stage
from .test_budget import RequestCounter

SPEC = "name: my-web\nregion: ap-northeast-2\nservers: {count: 2}\ntargets: {port: 80}\n"
OLD_TYPE = SPEC.replace("count: 2", "count: 2, type: t2.micro")


def zones_of_balancer(stage: Stage) -> set[str]:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return {zone["ZoneName"].removeprefix(REGION) for zone in balancer["AvailabilityZones"]}


def zones_of_servers(stage: Stage) -> list[str]:
    reservations = stage.client("ec2").describe_instances()["Reservations"]
    instances = [instance for reservation in reservations for instance in reservation["Instances"]]
    return sorted(instance["Placement"]["AvailabilityZone"].removeprefix(REGION) for instance in instances)


def test_a_zone_without_load_balancers_is_left_out(stage: Stage) -> None:
    stage.box.create_fixture("subnet", "subnet-0e", REGION, zone="e", zone_id="usw1-az2")
    stage.apply(SPEC)
    assert zones_of_balancer(stage) == {"a", "b", "c", "d"}


@pytest.mark.parametrize("type", ["application", "network"])
def test_local_zones_of_a_network_are_left_out(stage: Stage, type: str) -> None:
    stage.box.create_fixture("vpc", "vpc-0bbb", REGION)
    for zone in "ab":
        stage.box.create_fixture("subnet", f"subnet-0{zone}", REGION, zone=zone, vpc="vpc-0bbb")
    stage.box.create_fixture("subnet", "subnet-0lax", REGION, zone="-lax-1a", zone_id="apne2-lax1-az1", vpc="vpc-0bbb")
    stage.apply(f"{SPEC}type: {type}\nnetwork: {{vpc: vpc-0bbb}}\n")
    assert zones_of_balancer(stage) == {"a", "b"}
    assert zones_of_servers(stage) == ["a", "b"]


def test_servers_stand_where_their_type_is_offered(stage: Stage) -> None:
    stage.apply(OLD_TYPE)
    assert zones_of_balancer(stage) == {"a", "b", "c", "d"}
    assert zones_of_servers(stage) == ["a", "c"]
    stage.destroy(OLD_TYPE)


def test_a_type_that_no_zone_offers_is_refused(stage: Stage) -> None:
    with pytest.raises(NotFound, match=r"no zone of ap-northeast-2 that the load balancer has offers t9\.micro"):
        stage.plan(SPEC.replace("count: 2", "count: 2, type: t9.micro"))


def test_a_zone_that_aws_refuses_has_a_hint(stage: Stage) -> None:
    message = "The following Availability Zones ap-northeast-2d cannot be associated with a load balancer."
    stage.box.fault("error", action="CreateLoadBalancer", code="ValidationError", message=message)
    (failed,) = [event for event in stage.run(stage.plan(SPEC)).failed if "CreateLoadBalancer" in event.text]
    assert "zones: [a, c]" in failed.hint
    stage.box.clear_faults()


def test_servers_stay_where_they_are_if_the_offer_cannot_be_read(stage: Stage) -> None:
    stage.apply(OLD_TYPE)
    stage.box.fault("error", action="DescribeInstanceTypeOfferings", code="UnauthorizedOperation", status=403)
    assert stage.plan(OLD_TYPE).empty
    stage.box.clear_faults()


def test_a_named_zone_that_does_not_offer_the_type_is_refused(stage: Stage) -> None:
    with pytest.raises(NotFound, match=r"the zone ap-northeast-2b does not offer t2\.micro \(zones that offer it: "):
        stage.plan(OLD_TYPE + "zones: [a, b]\n")
    assert stage.plan(OLD_TYPE + "zones: [a, c]\n").steps


def test_the_offer_costs_a_call_only_for_new_servers_and_for_those_in_any_zone(stage: Stage) -> None:
    sent = []
    named = OLD_TYPE.replace("my-web", "named") + "zones: [a, c]\n"
    stage.apply(named)
    for spec in (
        SPEC,
        SPEC + "zones: [a, c]\n",
        OLD_TYPE + "zones: [a, c]\n",
        named,
        SPEC.replace("servers: {count: 2}\n", "").replace("80", "80, ips: [172.31.0.9]"),
    ):
        meter = RequestCounter()
        workflow.plan(meter.aws(stage), stage.stacks(spec), KINDS)
        sent.append(meter.sent["DescribeInstanceTypeOfferings"])
    assert sent == [1, 0, 1, 0, 0]
    stage.destroy(named)
