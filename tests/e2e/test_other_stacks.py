"""elbplan names the owner of another stack's resources and never suggests to take them over."""

from __future__ import annotations

import io
from typing import Any

import pytest

from elbplan.errors import Refused, SpecProblem
from elbplan.hazards import refuse_unless_allowed
from elbplan.kinds import KINDS
from elbplan.live.client import Aws
from elbplan.run import workflow
from elbplan.spec import load

from . import specs
from .stage import ZONE, Stage

A = "name: a\nregion: ap-northeast-2\nzones: [a, c]\nservers: {count: 1}\n"
GROUP = "groups: {GROUP: {servers: web, port: 80}}\n"
LISTENER = "listeners: [{listen: 80/http, forward: GROUP}]\n"
OTHER = specs.COURSE.replace("my-web", "other")


def refused(stage: Stage, spec: str) -> Refused:
    with pytest.raises(Refused) as problem:
        stage.plan(spec)
    return problem.value


def test_a_group_name_that_another_stack_holds_is_told_with_the_stack_and_its_address(stage: Stage) -> None:
    first = A + (GROUP + LISTENER).replace("GROUP", "b-c")
    stage.apply(first)
    second = (A + (GROUP + LISTENER).replace("GROUP", "c")).replace("name: a\n", "name: a-b\n")
    problem = refused(stage, second)
    assert "target_group.c: the name a-b-c belongs to stack `a`, target_group.b-c" in problem.what
    assert "did not make" not in problem.what
    assert "choose another name" in problem.hint
    assert "delete" not in problem.hint
    stage.destroy(first)


def test_a_security_group_name_that_another_stack_holds_is_told_with_the_stack(stage: Stage) -> None:
    first = A.replace("count: 1", "b-lb: {count: 1}") + (GROUP + LISTENER).replace("GROUP", "w").replace("web", "b-lb")
    stage.apply(first)
    second = specs.HTTP.replace("my-web", "a-b-lb") + "overrides: {security_group.lb: {name: a-b-lb-servers}}\n"
    problem = refused(stage, second)
    assert "the name a-b-lb-servers belongs to stack `a`, security_group.b-lb-servers" in problem.what
    stage.destroy(first)


def test_a_domain_that_another_stack_made_is_told_with_the_stack_and_not_offered_for_take_over(stage: Stage) -> None:
    stage.apply(OTHER)
    problem = refused(stage, specs.COURSE)
    assert f"api.{ZONE} belongs to stack `other`, load_balancer.main" in problem.what
    assert "take_over" not in problem.hint
    assert "remove it" in problem.hint
    stage.destroy(OTHER)


def test_take_over_of_another_stacks_record_is_a_hazard_and_moves_the_name_without_a_gap(stage: Stage) -> None:
    stage.apply(OTHER)
    spec = specs.COURSE + "take_over: true\n"
    plan = stage.plan(spec)
    (hazard,) = plan.hazards
    assert hazard.name == "takes-record-of-stack"
    assert "stack `other`" in hazard.text
    with pytest.raises(Refused, match="stack `other`"):
        refuse_unless_allowed(plan.hazards, ())
    stage.box.watch([specs.NAMED])
    assert stage.run(plan).complete
    assert stage.box.unanswered() == []
    assert "belongs to stack `my-web`" in refused(stage, OTHER).what
    (end,) = workflow.plan_destroy(stage.aws, stage.stacks(OTHER), KINDS)
    assert not [step for step in end.steps if step.address.kind == "record"]
    assert stage.run(end).complete
    assert stage.box.traffic(*specs.NAMED)["ok"]
    stage.destroy(spec)


@pytest.mark.parametrize("name", ["my-web", "other"], ids=["another name", "the same name"])
def test_a_domain_that_a_stack_of_another_region_made_is_told_with_the_stack(stage: Stage, name: str) -> None:
    seoul = OTHER
    stage.apply(seoul)
    stage.box.create_defaults("eu-west-1")
    ireland = specs.COURSE.replace("ap-northeast-2", "eu-west-1").replace("[a, c]", "[a, b]")
    ireland = ireland.replace("my-web", name)
    aws = Aws("eu-west-1", endpoint=stage.box.url, session=stage.aws._session)
    with pytest.raises(Refused) as problem:
        workflow.plan(aws, stage.stacks(ireland), KINDS)
    assert "belongs to stack `other`, load_balancer.main in ap-northeast-2" in problem.value.what
    assert "take_over" not in problem.value.hint
    (end,) = workflow.plan_destroy(aws, stage.stacks(ireland), KINDS)
    assert end.empty
    stage.destroy(seoul)


def test_a_domain_that_a_stack_of_another_chinese_region_made_is_told_with_the_stack(stage: Stage) -> None:
    """Load balancers of China have the DNS suffix amazonaws.com.cn."""
    clouds = {}
    for region in ("cn-north-1", "cn-northwest-1"):
        stage.box.create_defaults(region)
        clouds[region] = Aws(region, endpoint=stage.box.url, session=stage.aws._session)
    beijing = (
        specs.CLOSED.replace("my-web", "other").replace("ap-northeast-2", "cn-north-1").replace("[a, c]", "[a, b]")
    )
    (plan,) = workflow.plan(clouds["cn-north-1"], stage.stacks(beijing), KINDS)
    outcome = workflow.apply(clouds["cn-north-1"], plan, KINDS, lambda event: None, stage.clock)
    assert outcome.complete, [(event.step.id, event.text) for event in outcome.failed]
    (again,) = workflow.plan(clouds["cn-north-1"], stage.stacks(beijing), KINDS)
    assert again.empty
    ningxia = specs.COURSE.replace("ap-northeast-2", "cn-northwest-1").replace("[a, c]", "[a, b]")
    with pytest.raises(Refused) as problem:
        workflow.plan(clouds["cn-northwest-1"], stage.stacks(ningxia), KINDS)
    assert "belongs to stack `other`, load_balancer.main in cn-north-1" in problem.value.what


def both(*specs: str) -> list[Any]:
    return load(["-"], stdin=io.StringIO("---\n".join(specs)))


def test_two_specs_that_claim_one_domain_are_refused_before_aws_is_asked() -> None:
    with pytest.raises(SpecProblem) as wrong:
        both(OTHER, specs.TWO_NAMES)
    (problem,) = wrong.value.problems
    assert "api.example.com" in problem.what
    assert 'stack "other"' in problem.what
    assert problem.line > OTHER.count("\n")
    assert "api.example.com" in problem.source


def test_two_specs_of_different_domains_or_one_that_leaves_dns_alone_are_fine() -> None:
    both(OTHER, specs.COURSE.replace("api.", "www."))
    both(OTHER, specs.COURSE + "manage: {dns: false}\n")


def test_two_specs_that_spell_the_zone_of_one_domain_differently_are_refused_by_the_plan(stage: Stage) -> None:
    other = OTHER.replace("domain: api.example.com", f"domain: {{name: api.example.com, zone: {stage.zone}}}")
    with pytest.raises(Refused) as problem:
        workflow.plan(stage.aws, both(other, specs.COURSE), KINDS)
    assert "api.example.com is wanted by stack `other` and by stack `my-web`" in problem.value.what
