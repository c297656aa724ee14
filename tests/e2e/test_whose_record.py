"""The recorded tag decides who owns a DNS record, not its DNS name."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import Refused
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import REGION, ZONE, Stage

NAME = f"api.{ZONE}"
CLASSIC = f"my-web-prod-1234567890.{REGION}.elb.amazonaws.com"
"""A Classic load balancer, or one of another account: elbv2 does not list it, and its name begins like the stack's."""


def put(stage: Stage, record: Any, action: str = "CREATE") -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    stage.client("route53").change_resource_record_sets(HostedZoneId=stage.zone, ChangeBatch=batch)


def alias(stage: Stage, dns: str, name: str = NAME, zone: str = "ZWKZPGTI48KDX") -> dict[str, Any]:
    target = {"HostedZoneId": zone, "DNSName": dns, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": "A", "AliasTarget": target}


def standing(stage: Stage, name: str = NAME) -> list[str]:
    """Returns the targets of a name's aliases."""
    here = [record for record in stage.box.records(stage.zone) if record["Name"].rstrip(".") == name]
    return [record["AliasTarget"]["DNSName"].rstrip(".") for record in here if "AliasTarget" in record]


def end(stage: Stage, spec: str) -> Any:
    """Destroys the stack and returns the plan."""
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(spec), KINDS)
    outcome = stage.run(plan)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    return plan


@pytest.fixture
def elsewhere(stage: Stage) -> str:
    stage.box.create_fixture("balancer_elsewhere", CLASSIC, region=REGION)
    return CLASSIC


def test_a_live_alias_to_a_balancer_that_elbv2_does_not_list_is_a_strangers_whatever_its_name(
    stage: Stage, elsewhere: str
) -> None:
    put(stage, alias(stage, elsewhere))
    with pytest.raises(Refused) as refused:
        stage.plan(specs.COURSE)
    assert f"A alias to {elsewhere}" in refused.value.what
    assert "take_over: true" in refused.value.hint


def test_destroying_a_stack_that_was_never_applied_leaves_the_live_alias_at_its_name(
    stage: Stage, elsewhere: str
) -> None:
    put(stage, alias(stage, elsewhere))
    assert end(stage, specs.COURSE).empty
    assert standing(stage) == [elsewhere]


def test_an_alias_moved_to_another_balancer_of_that_look_survives_the_end_of_the_stack(
    stage: Stage, elsewhere: str
) -> None:
    stage.apply(specs.COURSE)
    put(stage, alias(stage, elsewhere), "UPSERT")
    end(stage, specs.COURSE)
    assert standing(stage) == [elsewhere]


def balancer(stage: Stage) -> dict[str, Any]:
    (balancer,) = stage.client("elbv2").describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    return dict(balancer)


def delete_the_balancer(stage: Stage) -> None:
    stage.client("elbv2").delete_load_balancer(LoadBalancerArn=balancer(stage)["LoadBalancerArn"])
    stage.box.advance(600)


def test_the_names_of_a_balancer_that_was_deleted_by_hand_go_with_the_stack_those_the_spec_dropped_too(
    stage: Stage,
) -> None:
    stage.apply(specs.TWO_NAMES)
    delete_the_balancer(stage)
    stage.destroy(specs.COURSE)


def test_an_alias_somebody_made_to_a_balancer_of_ours_is_not_deleted_with_it_but_named(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    theirs = f"vanity.{ZONE}"
    put(stage, alias(stage, balancer(stage)["DNSName"], theirs))
    plan = end(stage, specs.COURSE)
    assert standing(stage, theirs)
    (stays,) = [one for one in plan.stays if theirs in one]
    assert "points at nothing" in stays


def test_a_weighted_alias_to_our_balancer_is_named_too(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    theirs = f"vanity.{ZONE}"
    weighted = {**alias(stage, balancer(stage)["DNSName"], theirs), "SetIdentifier": "blue", "Weight": 1}
    put(stage, weighted)
    assert [text for text in end(stage, specs.COURSE).stays if theirs in text]
    assert standing(stage, theirs)


def test_a_name_that_only_an_edited_spec_wants_is_not_deleted_at_the_end(stage: Stage) -> None:
    """Somebody created the alias, and the stack that now names it was never applied with it."""
    stage.apply(specs.COURSE)
    theirs = f"www.{ZONE}"
    put(stage, alias(stage, balancer(stage)["DNSName"], theirs))
    plan = end(stage, specs.TWO_NAMES)
    assert standing(stage, theirs)
    assert [text for text in plan.stays if theirs in text]


def test_an_alias_that_leads_to_our_balancer_already_is_taken_in_by_apply_and_recorded(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    put(stage, alias(stage, balancer(stage)["DNSName"], f"www.{ZONE}"))
    stage.apply(specs.TWO_NAMES)
    stage.destroy(specs.TWO_NAMES)


def test_a_name_that_another_stacks_balancer_never_recorded_is_not_deleted_by_that_stack(stage: Stage) -> None:
    """elbplan reads two specs. One has the name, but somebody pointed it to the other's load balancer."""
    other = specs.HTTP.replace("my-web", "other")
    stage.apply(other)
    (theirs,) = stage.client("elbv2").describe_load_balancers(Names=["other"])["LoadBalancers"]
    put(stage, alias(stage, theirs["DNSName"]))
    stacks = [*stage.stacks(other), *stage.stacks(specs.COURSE)]
    plan, _ = workflow.plan_destroy(stage.aws, stacks, KINDS)
    assert [step.id for step in plan.steps if step.address.kind == "record"] == []


def refuse_deletions(stage: Stage, record: str, **how: Any) -> None:
    """Makes Route 53 refuse batches that delete this record, although the record exists."""
    words = "[Tried to delete resource record set but the values provided do not match the current values]"
    pattern = f"DELETE.*{record}|{record}.*DELETE"
    code = {"code": "InvalidChangeBatch", "message": words, "status": 400}
    stage.box.fault("error", action="ChangeResourceRecordSets", match=pattern, **code, **how)


def test_a_refused_deletion_is_tried_again_if_the_record_still_exists(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    refuse_deletions(stage, NAME, nth=1, limit=1)
    stage.destroy(specs.COURSE)


def test_a_deletion_that_route_53_keeps_refusing_fails_and_the_record_is_not_forgotten(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    refuse_deletions(stage, NAME)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(specs.COURSE), KINDS)
    outcome = stage.run(plan)
    assert [event.step.id for event in outcome.failed] == [f"delete record.{NAME}"]
    assert "do not match the current values" in outcome.failed[0].text
    assert standing(stage)
    stage.box.clear_faults()
    stage.destroy(specs.COURSE)
