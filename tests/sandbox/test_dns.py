"""Rules 11, 12, 13: Route 53."""

from typing import Any

import pytest

from .conftest import SLOW
from .kit import Kit, alias, plain, refused


def names(kit: Kit) -> list[str]:
    return [
        f"{record['Type']} {record['Name']}"
        for record in kit.box.records("example.com")
        if record["Type"] not in ("NS", "SOA")
    ]


def test_rule_11_a_batch_is_all_or_nothing(kit: Kit) -> None:
    with refused("InvalidChangeBatch"):
        kit.change(
            ("CREATE", plain("a.example.com", "A", "192.0.2.1")), ("DELETE", plain("b.example.com", "A", "192.0.2.1"))
        )
    assert names(kit) == []


def test_rule_11_create_and_delete_are_strict(kit: Kit) -> None:
    record = plain("a.example.com", "A", "192.0.2.1")
    kit.change(("CREATE", record))
    with refused("InvalidChangeBatch"):
        kit.change(("CREATE", plain("a.example.com", "A", "192.0.2.2")))
    with refused("InvalidChangeBatch"):
        kit.change(("DELETE", {**record, "TTL": 60}))
    with refused("InvalidChangeBatch"):
        kit.change(("DELETE", plain("a.example.com", "A", "192.0.2.9")))
    with refused("InvalidChangeBatch"):
        kit.change(("UPSERT", record), ("UPSERT", record))
    kit.change(("DELETE", record))
    with refused("InvalidChangeBatch"):
        kit.change(("DELETE", record))


def test_rule_11_an_alias_replaces_an_address_in_one_batch(kit: Kit) -> None:
    before = plain("api.example.com", "A", "192.0.2.1")
    kit.change(("CREATE", before))
    kit.change(("DELETE", before), ("CREATE", alias("api.example.com", kit.balancer())))
    assert "AliasTarget" in next(record for record in kit.box.records("example.com") if record["Type"] == "A")


def test_rule_12_aliases(kit: Kit) -> None:
    balancer = kit.balancer()
    wrong = alias("api.example.com", {**balancer, "CanonicalHostedZoneId": "Z000000000000"})
    with refused("InvalidChangeBatch"):
        kit.change(("CREATE", wrong))
    gone = alias("api.example.com", {**balancer, "DNSName": "gone-1.eu-central-1.elb.amazonaws.com"})
    with refused("InvalidChangeBatch"):
        kit.change(("CREATE", gone))
    with refused("InvalidInput"):
        kit.change(("CREATE", {**alias("api.example.com", balancer), "TTL": 60}))
    with refused("InvalidInput"):
        kit.change(("CREATE", {"Name": "api.example.com", "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}))
    kit.change(("CREATE", alias("api.example.com", {**balancer, "DNSName": "dualstack." + balancer["DNSName"]})))


@pytest.mark.parametrize(
    "record",
    [
        plain("example.com", "CNAME", "b.example.com"),
        plain("badexample.com", "A", "192.0.2.1"),
        plain("a.example.com", "A", "not an address"),
        plain("a.example.com", "TXT", "unquoted"),
        plain("taken.example.com", "CNAME", "b.example.com"),
    ],
)
def test_rule_12_records_that_a_zone_refuses(kit: Kit, record: dict[str, Any]) -> None:
    kit.change(("CREATE", plain("taken.example.com", "A", "192.0.2.1")))
    with refused("InvalidChangeBatch"):
        kit.change(("CREATE", record))


def test_rule_12_zones(kit: Kit) -> None:
    kit.dns.create_hosted_zone(Name="other.test", CallerReference="once")
    with refused("HostedZoneAlreadyExists"):
        kit.dns.create_hosted_zone(Name="more.test", CallerReference="once")
    kit.change(("CREATE", plain("a.example.com", "A", "192.0.2.1")))
    with refused("HostedZoneNotEmpty"):
        kit.dns.delete_hosted_zone(Id=kit.zone)


def test_rule_13_changes_are_pending_first(slow: Kit) -> None:
    change = slow.change(("CREATE", plain("a.example.com", "A", "192.0.2.1")))
    assert slow.dns.get_change(Id=change)["ChangeInfo"]["Status"] == "PENDING"
    slow.box.advance(SLOW / 4 + 1)
    assert slow.dns.get_change(Id=change)["ChangeInfo"]["Status"] == "INSYNC"
    with refused("NoSuchChange"):
        slow.dns.get_change(Id="C000000000000")


def test_rule_13_one_change_of_a_zone_at_a_time(slow: Kit) -> None:
    slow.box.switch("zone_busy", 0.0)
    slow.change(("CREATE", plain("a.example.com", "A", "192.0.2.1")))
    slow.box.switch("zone_busy", 5.0)
    with refused("PriorRequestNotComplete"):
        slow.change(("CREATE", plain("b.example.com", "A", "192.0.2.1")))
    slow.box.switch("zone_busy", 0.0)


def test_rule_24_names_are_normalised(kit: Kit) -> None:
    kit.change(("CREATE", plain("*.API.Example.com", "A", "192.0.2.1")))
    assert names(kit) == ["A \\052.api.example.com."]
    records = kit.dns.list_resource_record_sets(HostedZoneId=kit.zone)["ResourceRecordSets"]
    assert records[-1]["Name"] == "\\052.api.example.com."


def test_rule_11_a_batch_has_at_most_1000_values_and_an_upsert_counts_twice(kit: Kit) -> None:
    def values(count: int) -> dict[str, Any]:
        return plain("many.example.com.", "A", *(f"10.0.{number // 250}.{number % 250}" for number in range(count)))

    with refused("InvalidChangeBatch"):
        kit.change(("UPSERT", values(501)))
    with refused("InvalidChangeBatch"):
        kit.change(("CREATE", values(1001)))
    kit.change(("UPSERT", values(500)))
