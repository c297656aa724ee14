"""30. Route 53 alias, security group and Elastic IP teardown: the half of Route 53."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused

from .kit import NOTHING, Case

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {{name: {name}{more}}}
"""
NAME = "shop.example.com"


def spec(more: str = "", name: str = NAME) -> str:
    return SPEC.format(name=f'"{name}"', more=f", {more}" if more else "")


def changes(writes: Any) -> list[list[tuple[str, str]]]:
    """The batches: the action and type of each change."""
    batches = [params["ChangeBatch"]["Changes"] for params in writes.of("ChangeResourceRecordSets")]
    return [[(change["Action"], change["ResourceRecordSet"]["Type"]) for change in batch] for batch in batches]


def put(case: Case, record: dict[str, Any], action: str = "CREATE") -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    case.client("route53").change_resource_record_sets(HostedZoneId=case.stage.zone, ChangeBatch=batch)


def stored(case: Case, name: str = NAME) -> list[dict[str, Any]]:
    return [raw for raw in case.box.records(case.stage.zone) if raw["Name"].rstrip(".") == name]


PLAIN = {"Name": f"{NAME}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}


def test_a_foreign_record_is_refused_and_overwritten_only_with_take_over(case: Case) -> None:
    put(case, PLAIN)
    with pytest.raises(Refused, match="already has a record that elbplan did not make"):
        case.plan(spec())
    assert changes(case.apply(spec("take_over: true"))) == [[("UPSERT", "A")]]
    case.destroy(spec("take_over: true"))


@pytest.mark.parametrize("spelling", ["SHOP.Example.COM", "shop.example.com.", "*.example.com"])
def test_case_a_final_dot_and_a_star_are_no_difference(case: Case, spelling: str) -> None:
    case.apply(spec(name=spelling))
    case.destroy(spec(name=spelling))


def test_a_dualstack_prefix_is_no_difference(case: Case) -> None:
    case.apply(spec())
    (record,) = stored(case)
    target = record["AliasTarget"]
    put(case, {**record, "AliasTarget": {**target, "DNSName": f"dualstack.{target['DNSName'].upper()}"}}, "UPSERT")
    assert case.plan(spec()).empty


@pytest.mark.parametrize(
    ("before", "after", "batch"),
    [
        ("", "type: cname", [("DELETE", "A"), ("CREATE", "CNAME")]),
        ("type: cname", "", [("DELETE", "CNAME"), ("CREATE", "A")]),
        ("policy: {weighted: 1}", "", [("DELETE", "A"), ("CREATE", "A")]),
        ("policy: {weighted: 1}", "policy: {weighted: 1}, id: other", [("DELETE", "A"), ("CREATE", "A")]),
        ("policy: {weighted: 1}", "policy: {failover: primary}", [("DELETE", "A"), ("CREATE", "A")]),
        ("policy: {weighted: 1}", "policy: {weighted: 2}", [("UPSERT", "A")]),
    ],
    ids=["to a CNAME", "from a CNAME", "weighted to simple", "identifier", "policy", "weight"],
)
def test_another_type_identifier_or_policy_is_one_batch(
    case: Case, before: str, after: str, batch: list[tuple[str, str]]
) -> None:
    case.apply(spec(before))
    assert changes(case.apply(spec(after))) == [batch]
    case.destroy(spec(after))


def test_a_health_check_changes_its_type_by_a_new_check(case: Case) -> None:
    check = "policy: {weighted: 1}, health_check: {path: /health, protocol: PROTOCOL}"
    case.apply(spec(check.replace("PROTOCOL", "http")))
    writes = case.apply(spec(check.replace("PROTOCOL", "https")))
    order = ["CreateHealthCheck", "ChangeResourceRecordSets", "DeleteHealthCheck"]
    assert [action for action in writes.actions if action in order] == order
    assert changes(writes) == [[("UPSERT", "A")]]
    case.destroy(spec(check.replace("PROTOCOL", "https")))
    assert case.client("route53").list_health_checks()["HealthChecks"] == []


def test_a_record_that_disappeared_comes_back(case: Case) -> None:
    case.apply(spec())
    put(case, stored(case)[0], "DELETE")
    assert changes(case.apply(spec())) == [[("CREATE", "A")]]


def test_a_delete_repeats_what_stands_in_the_zone(case: Case) -> None:
    case.apply(spec("policy: {weighted: 10}"))
    put(case, {**stored(case)[0], "Weight": 77}, "UPSERT")
    writes = case.destroy(spec("policy: {weighted: 10}"))
    (batch,) = writes.of("ChangeResourceRecordSets")
    assert batch["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]["Weight"] == 77
    assert writes.position("ChangeResourceRecordSets") < writes.position("DeleteLoadBalancer")


def test_killed_after_each_write(case: Case) -> None:
    case.crash_sweep(spec(), spec("policy: {weighted: 1}, id: other"))
    case.crash_sweep(spec("policy: {weighted: 1}, health_check: /health"), NOTHING)
