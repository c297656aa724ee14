"""A multivalue answer: a record and a health check for each fixed address of a network load balancer."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from elbplan.sandbox.box import Box

from ..knobs.surroundings import ipv6_network
from .fork_server import ForkServer
from .killed_runs import NOTHING, kill_again_and_again
from .migration_shell import MigrationShell
from .stage import Stage
from .test_import import imported, refusal_free
from .test_weighted_records import batches, end, sets

SPEC = """
name: {name}
region: ap-northeast-2
type: network
network: {{subnets: [{{subnet: a, elastic_ip: {a}}}, {{subnet: c, elastic_ip: {c}}}]}}
listeners: [{{listen: 7000/tcp}}]
targets: {{ips: [172.31.0.5], port: 7000}}
manage: {{certificate: false}}
domain: {{name: shop.example.com{domain}}}
"""
CHECK = "policy: multivalue, health_check: {protocol: tcp, port: 7000}"


def spec(domain: str = CHECK, name: str = "my-web", a: str = "true", c: str = "true") -> str:
    return SPEC.format(name=name, domain=f", {domain}" if domain else "", a=a, c=c)


def balancer_addresses(stage: Stage) -> set[str]:
    """The Elastic IPs of the network load balancers."""
    raws = stage.client("elbv2").describe_load_balancers()["LoadBalancers"]
    zones = [zone for raw in raws if raw["Type"] == "network" for zone in raw["AvailabilityZones"]]
    return {address["IpAddress"] for zone in zones for address in zone["LoadBalancerAddresses"]}


def values(stage: Stage) -> dict[str, str]:
    return {raw["SetIdentifier"]: raw["ResourceRecords"][0]["Value"] for raw in sets(stage)}


def checks(stage: Stage) -> list[dict[str, Any]]:
    return [raw["HealthCheckConfig"] for raw in stage.client("route53").list_health_checks()["HealthChecks"]]


def test_each_address_has_a_record_and_a_check_that_asks_it(stage: Stage) -> None:
    stage.apply(spec())
    assert values(stage).keys() == {"my-web-a", "my-web-c"}
    assert set(values(stage).values()) == balancer_addresses(stage) == {check["IPAddress"] for check in checks(stage)}
    assert {raw["TTL"] for raw in sets(stage)} == {60}
    stage.apply(spec(CHECK.replace("port: 7000", "port: 7000, failures: 2") + ", ttl: 300"))
    assert {raw["TTL"] for raw in sets(stage)} == {300}
    assert {check["FailureThreshold"] for check in checks(stage)} == {2}
    stage.destroy(spec())
    assert checks(stage) == []


def test_an_address_of_others_is_asked_for_and_another_one_is_one_upsert(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    given = [ec2.allocate_address(Domain="vpc") for _ in range(3)]
    ids, addresses = [raw["AllocationId"] for raw in given], [raw["PublicIp"] for raw in given]
    stage.apply(spec(a=ids[0], c=ids[1]))
    assert values(stage) == {"my-web-a": addresses[0], "my-web-c": addresses[1]}
    stage.box.clear_calls()
    stage.destroy(spec(a=ids[0], c=ids[1]))
    assert len(ec2.describe_addresses(AllocationIds=ids)["Addresses"]) == 3


def test_two_stacks_answer_with_all_their_addresses_and_each_takes_only_its_own_away(stage: Stage) -> None:
    blue, green = spec(name="blue"), spec(name="green")
    stage.apply(blue)
    before = sets(stage)
    stage.apply(green)
    assert values(stage).keys() == {"blue-a", "blue-c", "green-a", "green-c"}
    stage.assert_settled(blue)
    end(stage, green)
    assert sets(stage) == before
    stage.destroy(blue)


@pytest.mark.parametrize("other", ["", "policy: {weighted: 1}", "type: cname"])
def test_a_simple_record_becomes_a_multivalue_answer_and_back_in_one_batch(stage: Stage, other: str) -> None:
    stage.apply(spec(other))
    stage.box.watch([("shop.example.com", 7000, "", "/")])
    for wanted, count in ((spec("policy: multivalue"), 2), (spec(other), 1)):
        plan = stage.plan(wanted)
        stage.box.clear_calls()
        assert stage.run(plan).complete
        assert stage.box.unanswered() == []
        first = batches(stage)[0]
        assert (first.count("DELETE"), first.count("CREATE")) == (3 - count, count)
        assert len(sets(stage)) == count
        stage.assert_settled(wanted)
    stage.destroy(spec(other))


def test_an_address_that_somebody_changed_by_hand_is_shown_and_put_right(stage: Stage) -> None:
    stage.apply(spec())
    right = values(stage)
    raw = {**sets(stage)[0], "ResourceRecords": [{"Value": "198.51.100.9"}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": raw}]
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})
    plan = stage.plan(spec())
    (because,) = [step.why for step in plan.steps if step.do == "update"]
    assert "198.51.100.9" in because
    stage.apply(spec())
    assert values(stage) == right


def test_ipv6_addresses_have_records_of_type_aaaa(stage: Stage) -> None:
    network = ipv6_network(stage)
    entries = [(zone, f"{network[:-2]}{number:02x}::5") for number, zone in ((0, "a"), (2, "c"))]
    subnets = [f'{{subnet: {zone}, elastic_ip: true, ipv6_address: "{address}"}}' for zone, address in entries]
    text = spec("policy: multivalue").replace("type: network", "type: network\nip: dualstack")
    head, _, rest = text.partition("network: {")
    text = f"{head}network: {{subnets: [{', '.join(subnets)}]}}\n{rest.partition(chr(10))[2]}"
    stage.apply(text)
    found = {raw["ResourceRecords"][0]["Value"] for raw in sets(stage) if raw["Type"] == "AAAA"}
    assert found == {str(ip_address(address)) for _, address in entries}
    assert len(sets(stage)) == 4
    stage.destroy(text)


def test_what_a_multivalue_answer_replaced_comes_back_once(stage: Stage) -> None:
    raw = {"Name": "shop.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": raw}]
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})
    text = spec("policy: multivalue, take_over: true, restore: true")
    stage.apply(spec("take_over: true, restore: true"))
    stage.apply(text)
    assert len(sets(stage)) == 2
    end(stage, text)
    assert sets(stage) == [raw]


def test_a_multivalue_answer_is_imported_and_adopted(stage: Stage) -> None:
    ec2, elb, dns = stage.client("ec2"), stage.client("elbv2"), stage.client("route53")
    given = [ec2.allocate_address(Domain="vpc") for _ in range(2)]
    subnets = [stage.ids["subnets"][zone] for zone in "ac"]
    mappings = [{"SubnetId": s, "AllocationId": raw["AllocationId"]} for s, raw in zip(subnets, given, strict=True)]
    elb.create_load_balancer(Name="Game-LB", Type="network", SubnetMappings=mappings)
    records = [
        {
            "Name": "shop.example.com",
            "Type": "A",
            "SetIdentifier": f"zone-{number}",
            "MultiValueAnswer": True,
            "TTL": 60,
            "ResourceRecords": [{"Value": raw["PublicIp"]}],
        }
        for number, raw in enumerate(given)
    ]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    dns.change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})
    before = sets(stage)
    _, text = imported(stage, "Game-LB")
    assert f"elastic_ip: {given[0]['AllocationId']}" in text
    plan = refusal_free(stage, text)
    assert {change.action for change in plan.changes} == {"adopt"}
    assert stage.run(plan).complete
    assert stage.plan(text).empty
    assert sets(stage) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [("", "policy: multivalue"), ("policy: multivalue", ""), (CHECK, None)],
    ids=["to", "from", "destroy"],
)
def test_a_run_that_is_killed_after_any_write_goes_on(
    box: Box, nursery: ForkServer, before: str, after: str | None
) -> None:
    kill_again_and_again(box, nursery, spec(before), NOTHING if after is None else spec(after))


def test_migrations_replay_and_are_rolled_back_from_each_step(stage: Stage, tmp_path: Path) -> None:
    shell = MigrationShell(stage.box, tmp_path)
    for name, text in (
        ("first", spec("")),
        ("several", spec("policy: multivalue")),
        ("checks", spec()),
        ("one", spec("")),
    ):
        shell.write("web.yaml", text)
        shell.save(name)
    rehearsed = shell.run("rehearse", shell.spec, "--migrations", str(shell.base))
    assert rehearsed.code == 0, rehearsed.out + rehearsed.err
