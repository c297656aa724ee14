"""A web ACL of AWS WAF at a load balancer: made, exchanged and removed as the stack's; one of others stays."""

from __future__ import annotations

from typing import Any

import pytest

from elbplan.errors import ElbplanError, Refused
from elbplan.kinds import KINDS
from elbplan.kinds.aws.web_acls import WEB_ACL
from elbplan.render.outcome import EndScreen, outcome_screen
from elbplan.render.style import Style
from elbplan.run import workflow

from .stage import REGION, Stage

SPEC = """
name: my-web
region: ap-northeast-2
web_acl: edge
listeners: [{listen: 80, respond: 200}]
"""
WITHOUT = SPEC.replace("web_acl: edge\n", "")
OTHER = SPEC.replace("edge", "other")
TAKEN_OVER = SPEC.replace("web_acl: edge", "web_acl: {name: edge, take_over: true}")


@pytest.fixture
def acls(stage: Stage) -> dict[str, str]:
    """The ARNs of the web ACLs of the account, by name."""
    names = ("edge", "other", "theirs")
    return {name: stage.box.create_fixture("web_acl", region=REGION, name=name) for name in names}


def balancer(stage: Stage) -> str:
    found = stage.client("elbv2").describe_load_balancers(Names=["my-web"])
    return str(found["LoadBalancers"][0]["LoadBalancerArn"])


def at_balancer(stage: Stage) -> str:
    """The ARN of the web ACL of the stack's load balancer."""
    answer = stage.client("wafv2").get_web_acl_for_resource(ResourceArn=balancer(stage))
    return str(answer.get("WebACL", {}).get("ARN", ""))


def mark(stage: Stage) -> str:
    tags = stage.client("elbv2").describe_tags(ResourceArns=[balancer(stage)])["TagDescriptions"][0]["Tags"]
    return next((str(tag["Value"]) for tag in tags if tag["Key"].startswith(WEB_ACL)), "")


def associate(stage: Stage, arn: str) -> None:
    stage.client("wafv2").associate_web_acl(ResourceArn=balancer(stage), WebACLArn=arn)


def calls_of_waf(stage: Stage) -> list[str]:
    return [call.action for call in stage.box.calls if call.service == "wafv2"]


def test_a_web_acl_is_found_by_its_name_and_marked_as_the_stacks(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    assert at_balancer(stage) == mark(stage) == acls["edge"]
    stage.destroy(SPEC)


def test_by_its_arn(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC.replace("edge", acls["edge"]))
    assert at_balancer(stage) == acls["edge"]
    assert stage.plan(SPEC).empty


def test_another_web_acl_comes_in_place(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    plan = stage.plan(OTHER)
    assert ([step.id for step in plan.steps], plan.hazards) == (["update web_acl_association.main"], ())
    stage.box.clear_calls()
    stage.apply(OTHER)
    assert "DisassociateWebACL" not in calls_of_waf(stage)
    assert at_balancer(stage) == mark(stage) == acls["other"]


def test_its_removal_is_a_hazard(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    (hazard,) = stage.plan(WITHOUT).hazards
    assert (hazard.name, "edge" in hazard.text) == ("web-acl-removed", True)
    stage.apply(WITHOUT)
    assert (at_balancer(stage), mark(stage)) == ("", "")


def test_a_replaced_load_balancer_takes_its_web_acl_along(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    plan = stage.plan(SPEC + "access: internal\n")
    assert "web-acl-removed" not in {hazard.name for hazard in plan.hazards}
    assert stage.run(plan).complete
    own = stage.box.tagged("my-web")
    (arn,) = [arn for arn, tags in own.items() if tags["elbplan:address"] == "load_balancer.main"]
    answer = stage.client("wafv2").get_web_acl_for_resource(ResourceArn=arn)
    assert answer["WebACL"]["ARN"] == acls["edge"]


def test_an_unknown_name_is_refused_with_the_nearest_one(stage: Stage, acls: dict[str, str]) -> None:
    with pytest.raises(ElbplanError, match=r"there is no web ACL egde .*did you mean edge") as caught:
        stage.plan(SPEC.replace("edge", "egde"))
    assert stage.box.writes() == []
    assert "nothing was changed" in str(caught.value)


def test_an_unknown_arn_is_refused(stage: Stage, acls: dict[str, str]) -> None:
    unknown = acls["edge"].replace("/edge/", "/gone/")
    with pytest.raises(Refused, match="there is no web ACL"):
        stage.plan(SPEC.replace("edge", unknown))


def test_the_web_acl_of_others_is_not_replaced(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    associate(stage, acls["theirs"])
    with pytest.raises(Refused, match="has the web ACL theirs, which elbplan did not associate"):
        stage.plan(SPEC)
    assert at_balancer(stage) == acls["theirs"]


def test_unless_the_spec_takes_it_over(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    associate(stage, acls["theirs"])
    plan = stage.apply(TAKEN_OVER)
    assert list(plan.replaced.values()) == ["web ACL theirs"]
    assert at_balancer(stage) == mark(stage) == acls["edge"]


def test_one_that_comes_between_plan_and_apply_stays(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    plan = stage.plan(SPEC)
    associate(stage, acls["theirs"])
    (failed,) = stage.run(plan).failed
    assert "did not associate" in failed.text
    assert at_balancer(stage) == acls["theirs"]


def test_one_that_others_put_in_its_place_is_not_removed(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    associate(stage, acls["theirs"])
    stage.apply(WITHOUT)
    assert at_balancer(stage) == acls["theirs"]


def test_what_somebody_removed_comes_back(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    stage.client("wafv2").disassociate_web_acl(ResourceArn=balancer(stage))
    assert [step.id for step in stage.plan(SPEC).steps] == ["create web_acl_association.main"]
    stage.apply(SPEC)
    assert at_balancer(stage) == acls["edge"]


def test_a_new_load_balancer_that_waf_does_not_know_yet_is_waited_for(stage: Stage, acls: dict[str, str]) -> None:
    stage.box.fault("error", action="AssociateWebACL", code="WAFUnavailableEntityException", limit=2)
    stage.apply(SPEC)
    assert at_balancer(stage) == acls["edge"]


def test_a_stack_without_a_web_acl_needs_no_rights_in_waf(stage: Stage, acls: dict[str, str]) -> None:
    denied: dict[str, Any] = {"Effect": "Deny", "Action": ["wafv2:*", "shield:*", "s3:*"], "Resource": "*"}
    stage.box.policy({"Version": "2012-10-17", "Statement": [EVERYTHING, denied]})
    stage.apply(WITHOUT)
    assert calls_of_waf(stage) == []
    stage.destroy(WITHOUT)


def test_what_it_had_before_is_a_note_without_rights(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    denied: dict[str, Any] = {"Effect": "Deny", "Action": "wafv2:*", "Resource": "*"}
    stage.box.policy({"Version": "2012-10-17", "Statement": [EVERYTHING, denied]})
    plan = stage.plan(WITHOUT)
    assert plan.empty
    (note,) = plan.unread
    assert "the web ACL edge of load_balancer.main: AWS denies wafv2:GetWebACLForResource" in note


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def test_a_replacement_that_loses_the_web_acl_of_others_is_a_hazard(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    associate(stage, acls["theirs"])
    assert stage.plan(WITHOUT).empty
    internal = WITHOUT + "access: internal\n"
    (hazard,) = [hazard for hazard in stage.plan(internal).hazards if hazard.name == "web-acl-removed"]
    assert "the web ACL theirs, which others associated" in hazard.text
    assert "web_acl: {name: theirs, take_over: true}" in hazard.remedy
    taken_over = internal + "web_acl: {name: theirs, take_over: true}\n"
    assert "web-acl-removed" not in {hazard.name for hazard in stage.plan(taken_over).hazards}


def test_a_replacement_says_what_it_may_not_look_at(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    denied: dict[str, Any] = {"Effect": "Deny", "Action": ["wafv2:*", "shield:*"], "Resource": "*"}
    stage.box.policy({"Version": "2012-10-17", "Statement": [EVERYTHING, denied]})
    notes = stage.plan(WITHOUT + "access: internal\n").unchecked
    assert [note.rpartition(" ")[2] for note in notes] == ["wafv2:GetWebACLForResource", "shield:DescribeProtection"]


def test_a_destroy_says_that_the_web_acl_stays(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(SPEC)
    (plan,) = workflow.plan_destroy(stage.aws, stage.stacks(SPEC), KINDS)
    end = [str(line) for line in outcome_screen(plan, stage.run(plan), Style(200), EndScreen(destroyed=True))]
    (note,) = [line for line in end if "web ACL" in line]
    assert note.strip().startswith("stays    web ACL edge: it no longer filters")


def test_only_a_replacement_asks_for_what_others_associated(stage: Stage, acls: dict[str, str]) -> None:
    stage.apply(WITHOUT)
    associate(stage, acls["theirs"])
    stage.box.clear_calls()
    stage.plan(WITHOUT.replace("200", "201"))
    stage.destroy(WITHOUT)
    assert calls_of_waf(stage) == []
