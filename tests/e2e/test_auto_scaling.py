"""Target groups that Auto Scaling groups fill: attached, waited for, switched, detached."""

from __future__ import annotations

import pytest

from elbplan.core.plan import Plan
from elbplan.errors import Refused
from elbplan.importer.read import read_source
from elbplan.importer.write import spec_text
from elbplan.kinds import KINDS
from elbplan.run import workflow

from . import specs
from .crashing_aws import CrashingAws
from .stage import REGION, Stage

GROUP = "groups: {web: {port: 80, health: /health, auto_scaling_group: fleet}}\n"
SPEC = specs.HEAD + specs.DOMAIN + GROUP
ROUTES = [specs.NAMED, specs.PLAIN]


@pytest.fixture
def stage(slow_stage: Stage) -> Stage:
    """Two Auto Scaling groups with two instances each; `fleet` has the tag app=web."""
    slow_stage.box.create_fixture("auto_scaling_group", "fleet", region=REGION, tags={"app": "web"})
    slow_stage.box.create_fixture("auto_scaling_group", "next", region=REGION, health_check="ELB")
    slow_stage.box.clear_calls()
    return slow_stage


def sources(stage: Stage, name: str = "fleet") -> list[str]:
    """The ARNs of the target groups of an Auto Scaling group."""
    answer = stage.client("autoscaling").describe_traffic_sources(AutoScalingGroupName=name)
    return [source["Identifier"] for source in answer["TrafficSources"]]


def instances(stage: Stage, name: str = "fleet") -> set[str]:
    """The ids of the instances of an Auto Scaling group."""
    (group,) = stage.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"
    ]
    return {instance["InstanceId"] for instance in group["Instances"]}


def targets(stage: Stage, state: str = "healthy") -> set[str]:
    """The targets of the stack's group that have this state."""
    elb = stage.client("elbv2")
    (arn,) = [
        group["TargetGroupArn"]
        for group in elb.describe_target_groups()["TargetGroups"]
        if group["TargetGroupName"].startswith("my-web-web") and group["LoadBalancerArns"]
    ]
    health = elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {each["Target"]["Id"] for each in health if each["TargetHealth"]["State"] == state}


def steps(plan: Plan, *words: str) -> list[str]:
    """The ids of the steps that contain one of these words."""
    return [step.id for step in plan.steps if any(word in step.id for word in words)]


def writes(stage: Stage, service: str) -> list[str]:
    """The operations that changed a service."""
    return [call.action for call in stage.box.writes() if call.service == service]


def test_a_new_stack_attaches_the_group_and_waits_for_its_instances(stage: Stage) -> None:
    plan = stage.apply(SPEC)
    assert steps(plan, "auto_scaling") == [
        "create auto_scaling_attachment.web",
        "wait auto_scaling_attachment.web healthy",
    ]
    assert not plan.hazards
    assert targets(stage) == instances(stage)
    assert not steps(plan, "targets.")
    assert all(stage.box.traffic(*route)["ok"] for route in ROUTES)
    stage.destroy(SPEC)


def test_elbplan_registers_and_deregisters_none_of_the_targets(stage: Stage) -> None:
    plan = stage.plan(SPEC)
    stage.run(plan)
    stage.run(stage.plan(SPEC.replace("port: 80", "port: 8080")))
    assert writes(stage, "autoscaling") == [
        "AttachTrafficSources",
        "AttachTrafficSources",
        "DetachTrafficSources",
    ]
    assert not set(writes(stage, "elbv2")) & {"RegisterTargets", "DeregisterTargets"}
    stage.destroy(SPEC.replace("port: 80", "port: 8080"))


def test_a_replaced_group_gets_requests_only_when_it_is_filled_and_the_old_one_drains(stage: Stage) -> None:
    stage.apply(SPEC)
    plan = stage.apply(SPEC.replace("port: 80", "port: 8080"), watch=ROUTES)
    assert not plan.hazards
    ids = [step.id for step in plan.steps if step.address.kind in ("auto_scaling_attachment", "target_group")]
    assert ids == [
        "create target_group.web",
        "create auto_scaling_attachment.web",
        "wait auto_scaling_attachment.web healthy",
        "delete auto_scaling_attachment.web@old",
        "wait auto_scaling_attachment.web@old detached",
        "delete target_group.web@old",
    ]
    assert targets(stage) == instances(stage)
    stage.destroy(SPEC.replace("port: 80", "port: 8080"))


def test_killed_after_each_write_it_goes_on_and_drops_no_request(stage: Stage) -> None:
    stage.apply(SPEC)
    stage.box.watch(ROUTES)
    after = SPEC.replace("port: 80", "port: 8080")
    runs = 0
    while not (plan := stage.plan(after)).empty:
        assert not steps(plan, "targets.")
        workflow.apply(CrashingAws(stage.aws, 1), plan, KINDS, stage.events.append, stage.clock, parallel=1)
        runs += 1
        assert runs < 40, "every run gets a write further"
    assert runs > 5
    assert stage.box.unanswered() == []
    stage.assert_settled(after)
    stage.destroy(after)


def test_another_auto_scaling_group_takes_over_in_the_same_target_group(stage: Stage) -> None:
    stage.apply(SPEC)
    plan = stage.apply(SPEC.replace("fleet", "next"), watch=ROUTES)
    assert steps(plan, "auto_scaling", "target_group") == [
        "update auto_scaling_attachment.web",
        "wait auto_scaling_attachment.web healthy",
        "update auto_scaling_attachment.web 2",
    ]
    assert targets(stage) == instances(stage, "next")
    stage.box.advance(600)
    assert not sources(stage)
    stage.destroy(SPEC.replace("fleet", "next"))


def test_instances_in_place_of_the_group_are_healthy_before_it_is_detached(stage: Stage) -> None:
    stage.apply(SPEC)
    ids = [stage.box.create_fixture("instance", region=REGION, zone=zone) for zone in "ac"]
    stage.box.advance(60)
    after = SPEC.replace("auto_scaling_group: fleet", f"instances: [{', '.join(ids)}]")
    plan = stage.apply(after, watch=ROUTES)
    assert not plan.hazards
    order = steps(plan, "healthy", "delete auto_scaling", "detached", "targets.web 2")
    assert order == [
        "wait targets.web healthy",
        "delete auto_scaling_attachment.web",
        "wait auto_scaling_attachment.web detached",
        "update targets.web 2",
    ]
    assert targets(stage) == set(ids)
    assert not sources(stage)
    stage.destroy(after)


def test_the_spec_may_name_the_groups_by_tag(stage: Stage) -> None:
    stage.apply(SPEC.replace("auto_scaling_group: fleet", "auto_scaling_group: {tag: app=web}"))
    assert len(sources(stage)) == 1
    stage.assert_settled(SPEC)
    stage.destroy(SPEC)


def test_destroy_detaches_the_group_which_stays_with_its_instances(stage: Stage) -> None:
    stage.apply(SPEC)
    kept = instances(stage)
    plan = stage.destroy(SPEC)
    assert "Auto Scaling group fleet: it is detached, and its 2 instances keep running" in plan.stays
    assert not plan.hazards
    assert not steps(plan, "targets.")
    assert instances(stage) == kept
    states = stage.client("ec2").describe_instances(InstanceIds=sorted(kept))["Reservations"]
    assert {instance["State"]["Name"] for found in states for instance in found["Instances"]} == {"running"}


def test_an_attachment_that_somebody_removed_comes_back(stage: Stage) -> None:
    stage.apply(SPEC)
    source = {"Identifier": sources(stage)[0], "Type": "elbv2"}
    stage.client("autoscaling").detach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=[source])
    stage.box.advance(600)
    plan = stage.apply(SPEC)
    assert steps(plan, "") == ["create auto_scaling_attachment.web", "wait auto_scaling_attachment.web healthy"]
    stage.destroy(SPEC)


def test_a_group_that_a_person_attached_stays_when_the_spec_does_not_name_it(stage: Stage) -> None:
    without = SPEC.replace(", auto_scaling_group: fleet", "")
    stage.apply(without)
    elb = stage.client("elbv2")
    (group,) = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"]
    source = {"Identifier": group["TargetGroupArn"], "Type": "elbv2"}
    stage.client("autoscaling").attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=[source])
    stage.box.advance(600)
    stage.assert_settled(without)
    assert sources(stage) == [group["TargetGroupArn"]]
    stage.assert_settled(SPEC)
    stage.destroy(SPEC)


def test_a_spec_without_the_group_detaches_it_which_is_a_hazard(stage: Stage) -> None:
    stage.apply(SPEC)
    plan = stage.plan(SPEC.replace(", auto_scaling_group: fleet", ""))
    assert [(hazard.name, str(hazard.address)) for hazard in plan.hazards] == [
        ("route-removed", "auto_scaling_attachment.web")
    ]
    assert "target_group.web gets requests and has no targets" in plan.hazards[0].text
    stage.destroy(SPEC)


def test_a_group_that_does_not_exist_is_refused_before_the_first_write(stage: Stage) -> None:
    with pytest.raises(Refused, match=f"there is no Auto Scaling group flet in {REGION}"):
        stage.plan(SPEC.replace("fleet", "flet"))
    assert stage.box.writes() == []


def test_closed_doors_of_its_instances_are_a_hazard_and_open_opens_them(stage: Stage) -> None:
    ec2 = stage.client("ec2")
    closed = ec2.create_security_group(GroupName="closed", Description="x", VpcId=stage.ids["vpc"])["GroupId"]
    stage.box.create_fixture("auto_scaling_group", "shut", region=REGION, security_group=closed)
    spec = SPEC.replace("fleet", "shut")
    plan = stage.plan(spec)
    assert {hazard.name for hazard in plan.hazards} == {"targets-unreachable"}
    opened = spec.replace("auto_scaling_group: shut", "auto_scaling_group: shut, open: true")
    assert not stage.plan(opened).hazards
    stage.apply(opened)
    assert targets(stage) == instances(stage, "shut")
    stage.destroy(opened)


def test_a_group_that_keeps_unhealthy_instances_is_a_note(stage: Stage) -> None:
    (note,) = stage.plan(SPEC).warnings
    assert "fleet checks only whether its instances run" in note
    assert "--health-check-type ELB" in note
    assert not stage.plan(SPEC.replace("fleet", "next")).warnings


def test_a_group_without_instances_is_waited_for_by_nobody(stage: Stage) -> None:
    stage.box.create_fixture("auto_scaling_group", "none", region=REGION, zones="")
    plan = stage.apply(SPEC.replace("fleet", "none"))
    assert steps(plan, "healthy") == ["wait auto_scaling_attachment.web healthy"]
    stage.destroy(SPEC.replace("fleet", "none"))


def test_instances_that_do_not_get_healthy_leave_the_old_group_serving(stage: Stage) -> None:
    stage.apply(SPEC)
    after = SPEC.replace("port: 80", "port: 8080")
    plan = stage.plan(after)

    def sicken() -> None:
        names = [g["TargetGroupName"] for g in stage.client("elbv2").describe_target_groups()["TargetGroups"]]
        (new,) = [name for name in names if name.startswith("my-web-web") and name not in ("my-web-web", "my-web-webs")]
        stage.box.sick(new, "Target.Timeout")

    outcome = stage.run(plan, when_made={"create target_group.web": sicken})
    (failed,) = outcome.failed
    assert failed.step.id == "wait auto_scaling_attachment.web healthy"
    assert "0 of 2 healthy" in failed.text
    assert all(stage.box.traffic(*route)["ok"] for route in ROUTES)


def test_an_import_names_the_auto_scaling_group(stage: Stage) -> None:
    elb = stage.client("elbv2")
    subnets = [stage.ids["subnets"][zone] for zone in "ac"]
    (balancer,) = elb.create_load_balancer(Name="byhand", Subnets=subnets)["LoadBalancers"]
    group = {"Name": "byhand", "Protocol": "HTTP", "Port": 80, "VpcId": stage.ids["vpc"]}
    (made,) = elb.create_target_group(**group, TargetControlPort=9000)["TargetGroups"]
    action = {"Type": "forward", "TargetGroupArn": made["TargetGroupArn"]}
    elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[action])
    source = {"Identifier": made["TargetGroupArn"], "Type": "elbv2"}
    stage.client("autoscaling").attach_traffic_sources(AutoScalingGroupName="fleet", TrafficSources=[source])
    stage.box.advance(600)
    imported = read_source(stage.aws.send, REGION, "123456789012", "byhand")
    text = spec_text(imported, "byhand", "byhand.yaml", "today")
    assert "auto_scaling_group: fleet" in text
    assert "control_port: 9000" in text


def test_weights_that_a_deployment_tool_moves_are_left_alone(stage: Stage) -> None:
    head = specs.HEAD + "groups:\n  blue: {auto_scaling_group: fleet, port: 80}\n"
    spec = head + (
        "  green: {auto_scaling_group: next, port: 80}\n"
        "listeners:\n  - {listen: 80/http, forward: {blue: 1, green: 0}}\n"
        "ignore: ['listener.80.action.groups[*].weight']\n"
    )
    stage.apply(spec)
    elb = stage.client("elbv2")
    (balancer,) = elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    pairs = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    for pair in pairs:
        pair["Weight"] = 1 - pair["Weight"]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": pairs}}
    elb.modify_listener(ListenerArn=listener["ListenerArn"], DefaultActions=[action])
    stage.assert_settled(spec)
    stage.destroy(spec)
