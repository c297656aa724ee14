"""elbplan finds the resources of a stack by the tag index, the inventory, names and edges; tags decide."""

from __future__ import annotations

import json
from typing import Any

import pytest

from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .stage import ZONE, Stage
from .test_strangers import foreign_rule

PARAMETER = "/elbplan/my-web/inventory"
PORT_9090 = specs.PORT_8080.replace("8080", "9090")
NEVER = 1e9
"""A lag of the tag index that no test outlives: the index of such a server stays empty."""


def deletes(plan: Plan) -> list[str]:
    return [step.id for step in plan.steps if step.do == "delete"]


def inventory(stage: Stage) -> Any:
    return json.loads(stage.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"])


def group_of_a_stopped_replacement(stage: Stage) -> str:
    """Applies a stack, and a change of its port that stops after the new group. Returns the name of that group."""
    stage.apply(specs.COURSE)
    stage.box.fault("error", action="ModifyListener", code="AccessDenied", status=403)
    plan = stage.plan(specs.PORT_8080)
    assert not stage.run(plan).complete
    stage.box.clear_faults()
    return next(step.name for step in plan.steps if step.id == "create target_group.web")


def test_a_group_that_only_the_inventory_names_is_deleted_when_the_spec_changed(stage: Stage) -> None:
    """The tag index does not know the group yet, no listener uses it, and the new spec gives another name."""
    name = group_of_a_stopped_replacement(stage)
    assert name in inventory(stage)["names"]["target_group"]
    plan = stage.plan(specs.COURSE)
    assert deletes(plan) == ["delete targets.web@old", "delete target_group.web@old"]
    stage.apply(PORT_9090)
    stage.destroy(PORT_9090)


def test_the_inventory_forgets_what_a_complete_run_deleted(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    assert inventory(stage)["names"] == {
        "certificate": ["api.example.com"],
        "load_balancer": ["my-web"],
        "target_group": ["my-web-web"],
    }
    plan = stage.apply(specs.PORT_8080)
    (name,) = [step.name for step in plan.steps if step.id == "create target_group.web"]
    assert inventory(stage)["names"]["target_group"] == [name]


def test_without_tag_index_and_inventory_names_and_listeners_lead_to_the_groups(stage: Stage) -> None:
    stage.box.switch("index_lag", NEVER)
    stage.apply(specs.COURSE)
    stage.apply(specs.PORT_8080)
    stage.client("ssm").delete_parameter(Name=PARAMETER)
    assert stage.plan(specs.PORT_8080).empty
    stage.destroy(specs.PORT_8080)


def test_what_the_tag_index_still_lists_is_not_there(stage: Stage) -> None:
    spec = specs.SERVICES + specs.RULES + specs.A
    stage.apply(spec)
    stage.apply(specs.ONE_SERVER)
    stage.box.advance(3600)
    stage.apply(spec)
    assert stage.plan(spec).empty, "the index misses a group of this spec"
    stage.box.advance(3600)
    stage.apply(specs.ONE_SERVER)
    assert stage.plan(specs.ONE_SERVER).empty, "the index lists a group that is deleted"
    stage.destroy(specs.ONE_SERVER)


@pytest.mark.parametrize(
    ("action", "code", "status"),
    [
        ("GetResources", "AccessDeniedException", 400),
        ("GetResources", "UnknownOperationException", 404),
        ("GetParameter", "AccessDeniedException", 400),
    ],
)
def test_without_the_tag_index_or_the_inventory_elbplan_reads_the_account(
    stage: Stage, action: str, code: str, status: int
) -> None:
    name = group_of_a_stopped_replacement(stage)
    stage.client("ssm").delete_parameter(Name=PARAMETER)
    stage.box.fault("error", action=action, code=code, status=status)
    plan = stage.plan(specs.COURSE)
    assert deletes(plan) == ["delete targets.web@old", "delete target_group.web@old"], name
    stage.box.clear_faults()
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_an_inventory_that_does_not_fit_or_cannot_be_read_means_a_read_of_the_account(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    for text in ('{"names": {}, "complete": false}', "not json", "[]"):
        stage.client("ssm").put_parameter(Name=PARAMETER, Value=text, Type="String", Overwrite=True)
        stage.box.clear_calls()
        assert stage.plan(specs.COURSE).empty
        assert listing(stage) == [{}]


def listing(stage: Stage) -> list[dict[str, Any]]:
    """The calls that list every target group of the account, without the size of their pages."""
    calls = [call.params for call in stage.box.calls if call.action == "DescribeTargetGroups"]
    sizes = ({key: value for key, value in params.items() if key != "PageSize"} for params in calls)
    return [params for params in sizes if not params]


def test_a_deep_read_finds_a_group_to_which_nothing_leads(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    tags = [{"Key": "elbplan:stack", "Value": "my-web"}, {"Key": "elbplan:address", "Value": "target_group.lost"}]
    elb, vpc = stage.client("elbv2"), stage.ids["vpc"]
    elb.create_target_group(Name="lost", Protocol="HTTP", Port=80, VpcId=vpc, Tags=tags)
    assert stage.plan(specs.COURSE).empty
    (deep,) = workflow.plan(stage.aws, stage.stacks(specs.COURSE), KINDS, deep=True)
    assert deletes(deep) == ["delete target_group.lost"]
    stage.box.advance(3600)
    assert deletes(stage.plan(specs.COURSE)) == ["delete target_group.lost"], "the tag index knows it now"
    stage.destroy(specs.COURSE)


@pytest.mark.parametrize("action", ["CreateTargetGroup", "CreateLoadBalancer", "CreateListener", "RequestCertificate"])
def test_after_a_failed_create_elbplan_looks_for_that_resource_only(stage: Stage, action: str) -> None:
    plan = stage.plan(specs.COURSE)
    stage.box.clear_calls()
    stage.box.fault("error", action=action, code="AccessDenied", status=403)
    assert not stage.run(plan).complete
    stage.box.clear_faults()
    assert listing(stage) == []
    assert "GetResources" not in stage.box.counts()
    stage.apply(specs.COURSE)
    stage.destroy(specs.COURSE)


def test_the_tags_of_certificates_for_other_domains_are_not_asked(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    for number in range(5):
        stage.client("acm").request_certificate(DomainName=f"c{number}.other.org", ValidationMethod="DNS")
    stage.box.clear_calls()
    assert stage.plan(specs.COURSE).empty
    assert stage.box.counts()["ListTagsForCertificate"] == 1


def test_the_calls_do_not_depend_on_the_hosted_zones_of_others(stage: Stage) -> None:
    for number in range(150):
        stage.client("route53").create_hosted_zone(Name=f"a{number}.net", CallerReference=str(number))
    api = stage.client("route53").create_hosted_zone(Name=f"api.{ZONE}", CallerReference="api")["HostedZone"]["Id"]
    stage.box.clear_calls()
    plan = stage.plan(specs.COURSE)
    assert stage.box.counts()["ListHostedZones"] == 1
    assert stage.box.counts()["ListHostedZonesByName"] == 2
    record = next(step.after for step in plan.steps if step.id == "create record.api.example.com")
    assert str(record.zone) == api.rsplit("/", 1)[-1], "the zone of the name itself, which is not on the first page"
    stage.box.fault("error", action="ListHostedZonesByName", code="AccessDenied", status=403)
    assert [step.id for step in stage.plan(specs.COURSE).steps] == [step.id for step in plan.steps]


def test_the_rules_of_a_stack_without_rules_are_read_when_a_plan_deletes_their_listener(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stage.box.clear_calls()
    assert stage.plan(specs.COURSE).empty
    assert "DescribeRules" not in stage.box.counts()
    rule = foreign_rule(stage, 80, 7)
    plan = stage.plan(specs.COURSE + "listeners: [{listen: 443/https, forward: web}]\n")
    assert rule in next(hazard.text for hazard in plan.hazards if hazard.name == "deletes-foreign-children")
    stage.destroy(specs.COURSE)
