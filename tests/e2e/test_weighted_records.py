"""Records with routing policies: two stacks share a name, and each changes and deletes only its own record."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.run import workflow

from .stage import ZONE, Stage

NAME = f"shop.{ZONE}"
SPEC = """
name: {name}
region: ap-northeast-2
zones: [a, c]
listeners: [{{listen: 80/http, respond: 200}}]
manage: {{certificate: false}}
domain: {{name: shop.example.com{domain}}}
"""


def spec(name: str, domain: str = "") -> str:
    return SPEC.format(name=name, domain=f", {domain}" if domain else "")


BLUE, GREEN = spec("blue", "policy: {weighted: 90}"), spec("green", "policy: {weighted: 10}")


def sets(stage: Stage) -> list[dict[str, Any]]:
    return [raw for raw in stage.box.records(stage.zone) if raw["Name"].rstrip(".") == NAME]


def weights(stage: Stage) -> dict[str, int]:
    return {raw["SetIdentifier"]: raw["Weight"] for raw in sets(stage)}


def batches(stage: Stage) -> list[list[str]]:
    calls = [call for call in stage.box.writes() if call.action == "ChangeResourceRecordSets"]
    return [[change["Action"] for change in call.params["ChangeBatch"]["Changes"]] for call in calls]


def end(stage: Stage, text: str) -> None:
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(text), KINDS)
    assert stage.run(plan).complete


def test_two_stacks_share_a_name_and_each_owns_only_its_record(stage: Stage) -> None:
    stage.apply(BLUE)
    stage.apply(GREEN)
    assert weights(stage) == {"blue": 90, "green": 10}
    blue = next(raw for raw in sets(stage) if raw["SetIdentifier"] == "blue")
    stage.apply(spec("green", "policy: {weighted: 100}"))
    assert weights(stage) == {"blue": 90, "green": 100}
    end(stage, GREEN)
    assert sets(stage) == [blue]
    end(stage, BLUE)
    assert sets(stage) == []


def test_another_weight_is_one_upsert(stage: Stage) -> None:
    stage.apply(BLUE)
    plan = stage.plan(spec("blue", "policy: {weighted: 0}"))
    stage.box.clear_calls()
    outcome = stage.run(plan)
    assert outcome.complete, [(event.text, event.hint) for event in outcome.failed]
    assert batches(stage) == [["UPSERT"]]


@pytest.mark.parametrize(
    "after",
    ["policy: {weighted: 5}", "policy: {failover: primary}", "policy: latency", "policy: geolocation", "type: cname"],
)
def test_a_simple_record_becomes_another_in_one_batch_and_back(stage: Stage, after: str) -> None:
    simple, changed = spec("blue"), spec("blue", after)
    stage.apply(simple)
    for before, wanted in ((simple, changed), (changed, simple)):
        plan = stage.plan(wanted)
        stage.box.clear_calls()
        assert stage.run(plan).complete, before
        assert batches(stage) == [["DELETE", "CREATE"]]
        assert len(sets(stage)) == 1
        stage.assert_settled(wanted)
    stage.destroy(simple)


def test_another_identifier_is_one_batch(stage: Stage) -> None:
    stage.apply(BLUE)
    stage.box.clear_calls()
    stage.apply(spec("blue", "policy: {weighted: 90}, id: new"))
    assert weights(stage) == {"new": 90}


def test_an_identifier_of_another_stack_is_refused_before_the_first_write(stage: Stage) -> None:
    stage.apply(BLUE)
    stage.box.clear_calls()
    with pytest.raises(Refused) as refused:
        stage.plan(spec("green", "policy: {weighted: 10}, id: blue"))
    assert 'the id "blue" is taken' in refused.value.what
    assert stage.box.writes() == []


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("", "AWS refuses a simple record beside a weighted one"),
        ("policy: latency", "AWS refuses a latency record beside a weighted one"),
    ],
)
def test_a_mixture_of_policies_is_refused_before_the_first_write(stage: Stage, other: str, words: str) -> None:
    stage.apply(BLUE)
    with pytest.raises(Refused) as refused:
        stage.plan(spec("green", other))
    assert words in refused.value.what
    assert "stack `blue`" in refused.value.what


def test_a_change_that_would_mix_policies_is_refused_too(stage: Stage) -> None:
    stage.apply(BLUE)
    stage.apply(GREEN)
    with pytest.raises(Refused) as refused:
        stage.plan(spec("green"))
    assert "AWS refuses a simple record beside a weighted one" in refused.value.what


def test_two_stacks_of_one_call_that_mix_policies_are_refused(stage: Stage) -> None:
    # A zone by id and the same zone by name: the specs alone do not tell that they collide.
    stacks = [*stage.stacks(BLUE), *stage.stacks(spec("green", f"policy: latency, zone: {stage.zone}"))]
    with pytest.raises(Refused) as refused:
        workflow.plan(stage.aws, stacks, KINDS)
    assert "wanted by stack `blue` and by stack `green`: AWS refuses a latency record" in refused.value.what


def test_the_record_that_was_replaced_comes_back_when_the_weighted_one_goes(stage: Stage) -> None:
    raw = {"Name": f"{NAME}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "203.0.113.7"}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": raw}]
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch={"Changes": changes})
    text = spec("blue", "policy: {weighted: 90}, take_over: true, restore: true")
    stage.apply(text)
    assert weights(stage) == {"blue": 90}
    end(stage, text)
    assert sets(stage) == [raw]
