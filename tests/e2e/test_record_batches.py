"""Record sets of one name that exclude each other change in one batch: at no moment has the name no answer."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.kinds import KINDS
from elbplan.run import workflow
from elbplan.sandbox.box import Box

from ..knobs.surroundings import ipv6_network
from .fork_server import ForkServer
from .killed_runs import kill_again_and_again
from .stage import Stage
from .test_weighted_records import end, sets

SPEC = """
name: my-web
region: ap-northeast-2
zones: [a, c]
ip: {ip}
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {{name: shop.example.com{domain}}}
"""
EVERY = "type: [a, aaaa, https]"
CNAME = "type: cname"


def spec(domain: str, ip: str = "dualstack") -> str:
    return SPEC.format(domain=f", {domain}" if domain else "", ip=ip)


@pytest.fixture
def stage(stage: Stage) -> Stage:
    """A stage whose subnets have IPv6 blocks."""
    ipv6_network(stage)
    return stage


def batches(stage: Stage) -> list[list[tuple[str, str]]]:
    calls = [call for call in stage.box.writes() if call.action == "ChangeResourceRecordSets"]
    sent = [call.params["ChangeBatch"]["Changes"] for call in calls]
    return [[(change["Action"], change["ResourceRecordSet"]["Type"]) for change in changes] for changes in sent]


def theirs(type: str, value: str) -> dict[str, Any]:
    return {"Name": "shop.example.com.", "Type": type, "TTL": 60, "ResourceRecords": [{"Value": value}]}


def put(stage: Stage, *records: dict[str, Any]) -> None:
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})


def changed(stage: Stage, text: str) -> list[list[tuple[str, str]]]:
    """The batches of a change to this spec."""
    plan = stage.plan(text)
    stage.box.clear_calls()
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    sent = batches(stage)
    stage.assert_settled(text)
    return sent


def test_a_cname_becomes_all_of_its_successors_in_one_batch_and_back(stage: Stage) -> None:
    stage.apply(spec(CNAME))
    first, *later = changed(stage, spec(EVERY))
    assert sorted(first) == [("CREATE", "A"), ("CREATE", "AAAA"), ("CREATE", "HTTPS"), ("DELETE", "CNAME")]
    assert {action for batch in later for action, _ in batch} <= {"UPSERT"}
    (back,) = changed(stage, spec(CNAME))
    assert sorted(back) == [("CREATE", "CNAME"), ("DELETE", "A"), ("DELETE", "AAAA"), ("DELETE", "HTTPS")]
    stage.destroy(spec(CNAME))


def test_a_record_of_others_beside_ours_is_no_part_of_a_batch(stage: Stage) -> None:
    stage.apply(spec("", ip="ipv4"))
    put(stage, theirs("HTTPS", '1 . alpn="h2"'))
    stage.box.clear_calls()
    plan = stage.plan(spec("policy: {weighted: 1}", ip="ipv4"))
    assert stage.run(plan).complete
    assert batches(stage) == [[("DELETE", "A"), ("CREATE", "A")]]
    end(stage, spec("policy: {weighted: 1}", ip="ipv4"))
    assert [raw["Type"] for raw in sets(stage)] == ["HTTPS"]


def test_a_cname_keeps_every_type_that_it_replaces_and_all_come_back(stage: Stage) -> None:
    before = [theirs("A", "203.0.113.7"), theirs("AAAA", "2001:db8::7"), theirs("TXT", '"hello"')]
    put(stage, *before)
    text = spec(f"{CNAME}, take_over: true, restore: true")
    (batch,) = changed(stage, text)
    assert sorted(batch) == [("CREATE", "CNAME"), ("DELETE", "A"), ("DELETE", "AAAA"), ("DELETE", "TXT")]
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(text), KINDS)
    assert all(word in str(plan.restored) for word in ("203.0.113.7", "2001:db8::7", "hello"))
    stage.box.clear_calls()
    assert stage.run(plan).complete
    assert sorted(batches(stage)[0]) == [("CREATE", "A"), ("CREATE", "AAAA"), ("CREATE", "TXT"), ("DELETE", "CNAME")]
    assert sorted(sets(stage), key=str) == sorted(before, key=str)
    assert not [name for name in stage.box.snapshot() if "/replaced/" in name]


def test_our_own_cname_is_never_kept_as_the_record_of_somebody_else(stage: Stage) -> None:
    stage.apply(spec(CNAME))
    changed(stage, spec("take_over: true, restore: true"))
    assert not [name for name in stage.box.snapshot() if "/replaced/" in name]
    stage.destroy(spec("take_over: true, restore: true"))


@pytest.mark.parametrize(("before", "after"), [(CNAME, EVERY), (EVERY, CNAME)], ids=["from a CNAME", "to a CNAME"])
def test_a_run_that_is_killed_after_any_write_goes_on(box: Box, nursery: ForkServer, before: str, after: str) -> None:
    kill_again_and_again(box, nursery, spec(before, ip="ipv4"), spec(after, ip="ipv4"))
