"""Rule 40: Auto Scaling groups register their instances in target groups, and deregister them."""

from __future__ import annotations

from typing import Any

import pytest

from .kit import REGION, Kit, refused


@pytest.fixture
def scaling(kit: Kit) -> Any:
    kit.box.create_fixture("auto_scaling_group", "fleet", region=REGION, tags={"app": "web"})
    return kit.box.client("autoscaling", REGION)


def source(arn: str) -> list[dict[str, str]]:
    return [{"Identifier": arn, "Type": "elbv2"}]


def registered(kit: Kit, arn: str) -> int:
    return len(kit.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])


def test_rule_40_instances_are_registered_after_a_while_and_deregistered(kit: Kit, scaling: Any) -> None:
    arn = kit.group()
    scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    kit.box.advance(60)
    assert registered(kit, arn) == 2
    (found,) = scaling.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"]
    assert (found["Identifier"], found["State"]) == (arn, "Added")
    scaling.detach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    kit.box.advance(60)
    assert registered(kit, arn) == 0
    assert scaling.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"] == []


def test_rule_40_the_older_call_attaches_the_same(kit: Kit, scaling: Any) -> None:
    arn = kit.group()
    scaling.attach_load_balancer_target_groups(AutoScalingGroupName="fleet", TargetGroupARNs=[arn])
    kit.box.advance(60)
    assert registered(kit, arn) == 2
    (found,) = scaling.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"]
    assert (found["Identifier"], found["State"], found["Type"]) == (arn, "Added", "elbv2")


def test_rule_40_a_target_group_that_reads_do_not_find_yet_gets_its_instances(kit: Kit, scaling: Any) -> None:
    kit.box.switch("hide_new", 9)
    arn = kit.group()
    scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    kit.box.advance(60)
    (found,) = scaling.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"]
    assert found["State"] == "Added"


def test_rule_40_a_detached_group_is_listed_while_its_instances_drain(slow: Kit) -> None:
    slow.box.create_fixture("auto_scaling_group", "fleet", region=REGION)
    client, arn = slow.box.client("autoscaling", REGION), slow.group()
    slow.listener(slow.balancer()["LoadBalancerArn"], arn)
    client.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    slow.box.advance(600)
    client.detach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))
    (found,) = client.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"]
    assert found["State"] == "Removing"
    slow.box.advance(600)
    assert client.describe_traffic_sources(AutoScalingGroupName="fleet")["TrafficSources"] == []


def test_rule_40_what_is_not_attached_cannot_be_detached(kit: Kit, scaling: Any) -> None:
    with refused("ValidationError"):
        scaling.detach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(kit.group()))


def test_rule_40_a_target_group_must_exist_and_have_instances(kit: Kit, scaling: Any) -> None:
    addresses = kit.group("ip", TargetType="ip")
    for arn in (addresses, addresses + "1"):
        with refused("ValidationError"):
            scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=source(arn))


def test_rule_40_at_most_ten_traffic_sources_in_a_request(kit: Kit, scaling: Any) -> None:
    sources = [each for number in range(11) for each in source(kit.group(f"g{number}"))]
    with refused("ValidationError"):
        scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=sources)
    scaling.attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=sources[:10])


def test_rule_40_an_unknown_auto_scaling_group_is_refused(kit: Kit, scaling: Any) -> None:
    for call in (scaling.describe_traffic_sources,):
        with refused("ValidationError"):
            call(AutoScalingGroupName="nobody")
    assert scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["nobody"])["AutoScalingGroups"] == []


def test_rule_40_groups_are_found_by_a_tag(kit: Kit, scaling: Any) -> None:
    for value, names in (("web", ["fleet"]), ("api", [])):
        filters = [{"Name": "tag:app", "Values": [value]}]
        found = scaling.describe_auto_scaling_groups(Filters=filters)["AutoScalingGroups"]
        assert [group["AutoScalingGroupName"] for group in found] == names
    with refused("ValidationError"):
        scaling.describe_auto_scaling_groups(Filters=[{"Name": "name", "Values": ["fleet"]}])
