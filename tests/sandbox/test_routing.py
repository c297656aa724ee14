"""Routing policies and health checks of Route 53 in the simulator: what it refuses, and what it answers."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.sandbox.network.places import addresses_of
from elbplan.sandbox.traffic.record_policies import HEALTH

from .kit import Kit, refused

NAME = "shop.example.com"


def plain(value: str = "203.0.113.7", **more: Any) -> dict[str, Any]:
    return {"Name": NAME, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": value}], **more}


def change(kit: Kit, *records: dict[str, Any], action: str = "CREATE") -> None:
    changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
    kit.dns.change_resource_record_sets(HostedZoneId=kit.zone, ChangeBatch={"Changes": changes})


def answers(kit: Kit, times: int = 1) -> list[str]:
    """The addresses with which DNS answers, one after the other."""
    return [addresses_of(kit.box.account, NAME)[0] for _ in range(times)]


WEIGHTED = {"SetIdentifier": "a", "Weight": 1}


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (plain(Weight=1), "InvalidInput"),
        (plain(SetIdentifier="a"), "InvalidInput"),
        (plain(**WEIGHTED, Region="eu-west-1"), "InvalidInput"),
        (plain(**WEIGHTED, HealthCheckId="00000000-0000-0000-0000-000000000000"), "NoSuchHealthCheck"),
    ],
    ids=["no identifier", "no policy", "two policies", "no such check"],
)
def test_rule_12_a_policy_has_an_identifier_and_stands_alone(kit: Kit, record: dict[str, Any], code: str) -> None:
    with refused(code):
        change(kit, record)


@pytest.mark.parametrize(
    "other",
    [
        plain("203.0.113.8"),
        plain("203.0.113.8", SetIdentifier="b", Region="eu-west-1"),
        plain("203.0.113.8", **WEIGHTED),
        {**plain("203.0.113.8", SetIdentifier="b", Weight=1), "TTL": 300},
    ],
    ids=["simple", "latency", "the same identifier", "another TTL"],
)
def test_rule_12_a_weighted_record_excludes(kit: Kit, other: dict[str, Any]) -> None:
    change(kit, plain(**WEIGHTED))
    with refused("InvalidChangeBatch"):
        change(kit, other)


def test_rule_12_one_batch_replaces_a_simple_record_by_a_weighted_one(kit: Kit) -> None:
    change(kit, plain())
    with refused("InvalidChangeBatch"):
        change(kit, plain(**WEIGHTED))
    batch = [("DELETE", plain()), ("CREATE", plain(**WEIGHTED))]
    changes = [{"Action": action, "ResourceRecordSet": record} for action, record in batch]
    kit.dns.change_resource_record_sets(HostedZoneId=kit.zone, ChangeBatch={"Changes": changes})
    assert [record.get("Weight") for record in kit.box.records(kit.zone) if record["Type"] == "A"] == [1]


@pytest.mark.parametrize(
    "member", [{"Region": "eu-west-1"}, {"Failover": "PRIMARY"}, {"GeoLocation": {"CountryCode": "KR"}}]
)
def test_rule_12_two_records_cannot_have_the_same_place(kit: Kit, member: dict[str, Any]) -> None:
    change(kit, plain(SetIdentifier="a", **member))
    with refused("InvalidChangeBatch"):
        change(kit, plain("203.0.113.8", SetIdentifier="b", **member))


def check(kit: Kit, reference: str = "one", **more: Any) -> str:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.org", **more}
    answer = kit.dns.create_health_check(CallerReference=reference, HealthCheckConfig=config)
    return str(answer["HealthCheck"]["Id"])


def set_health(kit: Kit, id: str, healthy: bool) -> None:
    kit.box.account.memory(HEALTH)[id] = healthy


def test_rule_33_dns_answers_by_weights(kit: Kit) -> None:
    change(kit, plain("203.0.113.1", SetIdentifier="a", Weight=3), plain("203.0.113.2", SetIdentifier="b", Weight=1))
    found = answers(kit, 8)
    assert (found.count("203.0.113.1"), found.count("203.0.113.2")) == (6, 2)


def test_rule_33_a_record_with_a_failing_check_gets_no_queries(kit: Kit) -> None:
    id = check(kit)
    change(
        kit,
        plain("203.0.113.1", SetIdentifier="a", Weight=3, HealthCheckId=id),
        plain("203.0.113.2", SetIdentifier="b", Weight=1),
    )
    set_health(kit, id, False)
    assert set(answers(kit, 4)) == {"203.0.113.2"}


def test_rule_33_the_secondary_record_answers_while_the_primary_one_is_unhealthy(kit: Kit) -> None:
    id = check(kit)
    change(
        kit,
        plain("203.0.113.1", SetIdentifier="a", Failover="PRIMARY", HealthCheckId=id),
        plain("203.0.113.2", SetIdentifier="b", Failover="SECONDARY"),
    )
    assert answers(kit) == ["203.0.113.1"]
    set_health(kit, id, False)
    assert answers(kit) == ["203.0.113.2"]


def test_rule_33_a_client_from_nowhere_gets_the_default_of_geolocation(kit: Kit) -> None:
    change(
        kit,
        plain("203.0.113.1", SetIdentifier="a", GeoLocation={"CountryCode": "KR"}),
        plain("203.0.113.2", SetIdentifier="b", GeoLocation={"CountryCode": "*"}),
    )
    assert answers(kit) == ["203.0.113.2"]


def test_rule_53_a_reference_is_used_once(kit: Kit) -> None:
    id = check(kit)
    assert check(kit) == id
    with refused("HealthCheckAlreadyExists"):
        check(kit, Port=8443)
    kit.dns.delete_health_check(HealthCheckId=id)
    with refused("HealthCheckAlreadyExists"):
        check(kit)


@pytest.mark.parametrize(
    "config",
    [
        {"FullyQualifiedDomainName": ""},
        {"Type": "TCP"},
        {"Type": "HTTPS_STR_MATCH"},
        {"SearchString": "ok"},
        {"RequestInterval": 20},
        {"FailureThreshold": 11},
    ],
    ids=lambda config: next(iter(config)),
)
def test_rule_53_settings_must_fit_together(kit: Kit, config: dict[str, Any]) -> None:
    with refused("InvalidInput"):
        check(kit, **config)


def test_rule_53_an_update_keeps_what_it_does_not_name_and_resets_on_request(kit: Kit) -> None:
    id = check(kit, ResourcePath="/health", FailureThreshold=2)
    kit.dns.update_health_check(HealthCheckId=id, FailureThreshold=5, ResetElements=["ResourcePath"])
    config = kit.dns.get_health_check(HealthCheckId=id)["HealthCheck"]["HealthCheckConfig"]
    assert config["FailureThreshold"] == 5
    assert "ResourcePath" not in config
    with refused("InvalidInput"):
        kit.dns.update_health_check(HealthCheckId=id, IPAddress="203.0.113.7")


def test_rule_25_ten_tags_and_ten_resources_at_once(kit: Kit) -> None:
    id = check(kit)
    eleven = [{"Key": str(number), "Value": ""} for number in range(11)]
    with refused("InvalidInput"):
        kit.dns.change_tags_for_resource(ResourceType="healthcheck", ResourceId=id, AddTags=eleven)
    kit.dns.change_tags_for_resource(ResourceType="healthcheck", ResourceId=id, AddTags=eleven[:1])
    found = kit.dns.list_tags_for_resources(ResourceType="healthcheck", ResourceIds=[id])["ResourceTagSets"]
    assert found[0]["Tags"] == eleven[:1]


def test_rule_12_the_vpcs_of_a_zone(kit: Kit) -> None:
    vpc = {"VPCRegion": "eu-central-1", "VPCId": kit.vpc}
    with refused("PublicZoneVPCAssociation"):
        kit.dns.associate_vpc_with_hosted_zone(HostedZoneId=kit.zone, VPC=vpc)
    made = kit.dns.create_hosted_zone(Name="in.example.com", CallerReference="x", VPC=vpc)["HostedZone"]["Id"]
    with refused("LastVPCAssociation"):
        kit.dns.disassociate_vpc_from_hosted_zone(HostedZoneId=made, VPC=vpc)
