"""The tag index of the Resource Groups Tagging API."""

from __future__ import annotations

from typing import Any

from elbplan.sandbox.box import Box

from .kit import REGION, Kit, refused

OURS = [{"Key": "elbplan:stack", "Value": "s"}]


def listed(box: Box, *stacks: str, **more: Any) -> list[str]:
    filters = [{"Key": "elbplan:stack", "Values": list(stacks)}]
    pages = box.client("resourcegroupstaggingapi", REGION).get_paginator("get_resources")
    found = pages.paginate(TagFilters=filters, **more)
    return [raw["ResourceARN"] for page in found for raw in page["ResourceTagMappingList"]]


def test_rule_30_the_tag_index_learns_of_a_resource_late(kit: Kit) -> None:
    group = kit.group(Tags=OURS)
    assert listed(kit.box, "s") == []
    kit.box.advance(61)
    assert listed(kit.box, "s") == [group]
    assert listed(kit.box, "other") == []


def test_rule_30_the_tag_index_still_lists_a_deleted_resource_and_one_without_the_tag(kit: Kit) -> None:
    deleted, released = kit.group("deleted", Tags=OURS), kit.group("released", Tags=OURS)
    kit.box.advance(61)
    kit.elb.delete_target_group(TargetGroupArn=deleted)
    kit.elb.remove_tags(ResourceArns=[released], TagKeys=["elbplan:stack"])
    assert listed(kit.box, "s") == [deleted, released]
    kit.box.advance(61)
    assert listed(kit.box, "s") == []


def test_rule_30_without_a_lag_the_tag_index_is_exact(kit: Kit) -> None:
    kit.box.switch("index_lag", 0)
    group = kit.group(Tags=OURS)
    assert listed(kit.box, "s") == [group]
    kit.elb.delete_target_group(TargetGroupArn=group)
    assert listed(kit.box, "s") == []


def test_rule_30_the_tag_index_takes_filters_and_answers_in_pages(kit: Kit) -> None:
    kit.box.switch("index_lag", 0)
    groups = [kit.group(f"g{number}", Tags=OURS) for number in range(3)]
    kit.acm.request_certificate(DomainName="api.example.com", ValidationMethod="DNS", Tags=OURS)
    assert listed(kit.box, "s", ResourceTypeFilters=["elasticloadbalancing:targetgroup"]) == groups
    assert len(listed(kit.box, "s", ResourcesPerPage=1)) == 4
    with refused("InvalidParameterException"):
        listed(kit.box, *(f"s{number}" for number in range(21)))


def test_rule_26_zones_by_name_begin_with_the_name_and_go_on_with_others(kit: Kit) -> None:
    for name in ("api.example.com", "example.net"):
        kit.dns.create_hosted_zone(Name=name, CallerReference=name)
    answer = kit.dns.list_hosted_zones_by_name(DNSName="api.example.com", MaxItems="1")
    assert [zone["Name"] for zone in answer["HostedZones"]] == ["api.example.com."]
    assert answer["NextDNSName"] == "example.net."
    everything = kit.dns.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    assert [zone["Name"] for zone in everything] == ["example.com.", "api.example.com.", "example.net."]
