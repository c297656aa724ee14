"""Private hosted zones by name: the zone of the stack's VPC, beside a public one and a private one of another VPC."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.live.resolve import NotFound

from .stage import REGION, ZONE, Stage

SPEC = """
name: intra
region: ap-northeast-2
zones: [a, c]
access: internal
network: {{security_groups: []}}
type: network
listeners: [{{listen: 80/tcp, forward: web}}]
groups: {{web: {{port: 80, ips: [172.31.0.10]}}}}
manage: {{certificate: false}}
domain: {{name: app.example.com, zone: {zone}}}
"""
PRIVATE = "{name: example.com, private: true}"


def private_zone(stage: Stage, vpc: str, reference: str) -> str:
    answer = stage.client("route53").create_hosted_zone(
        Name=ZONE, CallerReference=reference, VPC={"VPCRegion": REGION, "VPCId": vpc}
    )
    return str(answer["HostedZone"]["Id"]).rpartition("/")[2]


def names(stage: Stage, zone: str) -> list[str]:
    records: list[dict[str, Any]] = stage.box.records(zone)
    return [raw["Name"] for raw in records if raw["Type"] == "A"]


def test_the_record_goes_into_the_private_zone_of_the_vpc(stage: Stage) -> None:
    other = stage.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    theirs, ours = private_zone(stage, other, "other"), private_zone(stage, stage.ids["vpc"], "ours")
    plan = stage.plan(SPEC.format(zone=PRIVATE))
    assert stage.run(plan).complete
    stage.assert_settled(SPEC.format(zone=PRIVATE))
    assert names(stage, ours) == ["app.example.com."]
    assert names(stage, theirs) == []
    assert "app.example.com." not in names(stage, stage.zone)


def test_a_private_zone_of_another_vpc_is_refused(stage: Stage) -> None:
    other = stage.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    zone = private_zone(stage, other, "other")
    with pytest.raises(NotFound) as refused:
        stage.plan(SPEC.format(zone=PRIVATE))
    assert f"is not associated with {stage.ids['vpc']}" in refused.value.what
    assert zone in refused.value.what


def test_a_private_zone_that_is_made_has_the_vpc_of_the_stack(stage: Stage) -> None:
    spec = SPEC.format(zone="{name: inside.example.com, private: true, create: true}").replace(
        "app.example.com", "app.inside.example.com"
    )
    plan = stage.plan(spec)
    assert stage.run(plan).complete
    stage.assert_settled(spec)
    zones = stage.client("route53").list_hosted_zones()["HostedZones"]
    (made,) = [raw for raw in zones if raw["Name"] == "inside.example.com."]
    vpcs = stage.client("route53").get_hosted_zone(Id=made["Id"])["VPCs"]
    assert [vpc["VPCId"] for vpc in vpcs] == [stage.ids["vpc"]]
    stage.destroy(spec)


def test_a_cname_with_the_name_of_its_zone_is_refused_before_the_first_write(stage: Stage) -> None:
    with pytest.raises(NotFound) as refused:
        stage.plan(SPEC.format(zone=ZONE).replace("name: app.example.com", "name: example.com, type: cname"))
    assert "example.com is the name of its hosted zone" in refused.value.what


def test_the_other_vpcs_of_a_private_zone_are_not_the_vpc_of_the_stack(stage: Stage) -> None:
    stage.box.create_fixture("vpc", "vpc-00000b", region=REGION)
    spec = SPEC.format(zone="{name: inside.net, create: true, private: true, vpc: [default, vpc-00000b]}")
    spec = spec.replace("app.example.com", "app.inside.net")
    stage.apply(spec)
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["intra"])["LoadBalancers"]
    assert balancer["VpcId"] == stage.ids["vpc"]
    stage.destroy(spec)
