"""plan shows drift, and apply repairs it or ignores it as the spec says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from elbplan.core.plan import Plan

from . import specs
from .specs import NAMED
from .stage import ZONE, Stage

SPEC = specs.SERVICES + specs.RULES + specs.A
TAGGED = SPEC + "tags: {team: web}\n"


class ConsoleUser:
    """A person who changes the stack's resources in the AWS console."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ec2, self.elb = stage.client("ec2"), stage.client("elbv2")
        self.balancer = self.elb.describe_load_balancers(Names=["my-web"])["LoadBalancers"][0]["LoadBalancerArn"]
        listed = self.elb.describe_listeners(LoadBalancerArn=self.balancer)["Listeners"]
        self.listener = {listener["Port"]: listener["ListenerArn"] for listener in listed}
        groups = self.elb.describe_target_groups(LoadBalancerArn=self.balancer)["TargetGroups"]
        self.group = {group["TargetGroupName"].removeprefix("my-web-"): group["TargetGroupArn"] for group in groups}
        named = [{"Name": "group-name", "Values": ["my-web-lb"]}]
        self.firewall = self.ec2.describe_security_groups(Filters=named)["SecurityGroups"][0]["GroupId"]

    def permission(self, port: int) -> dict[str, Any]:
        ranges = [{"CidrIp": "0.0.0.0/0"}]
        return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}

    def close_a_port(self) -> None:
        self.ec2.revoke_security_group_ingress(GroupId=self.firewall, IpPermissions=[self.permission(443)])

    def open_a_port(self) -> None:
        self.ec2.authorize_security_group_ingress(GroupId=self.firewall, IpPermissions=[self.permission(22)])

    def change_a_balancers_attribute(self) -> None:
        some = [{"Key": "idle_timeout.timeout_seconds", "Value": "61"}]
        self.elb.modify_load_balancer_attributes(LoadBalancerArn=self.balancer, Attributes=some)

    def change_a_groups_attribute(self) -> None:
        some = [{"Key": "deregistration_delay.timeout_seconds", "Value": "7"}]
        self.elb.modify_target_group_attributes(TargetGroupArn=self.group["web"], Attributes=some)

    def change_a_health_check(self) -> None:
        self.elb.modify_target_group(TargetGroupArn=self.group["web"], HealthCheckPath="/other")

    def take_a_target_out(self) -> None:
        there = self.elb.describe_target_health(TargetGroupArn=self.group["api"])["TargetHealthDescriptions"]
        self.elb.deregister_targets(TargetGroupArn=self.group["api"], Targets=[there[0]["Target"]])

    def change_a_listener(self) -> None:
        fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}]
        self.elb.modify_listener(ListenerArn=self.listener[443], DefaultActions=fixed)

    def delete_a_listener(self) -> None:
        self.elb.delete_listener(ListenerArn=self.listener[80])

    def rule(self) -> str:
        rules = self.elb.describe_rules(ListenerArn=self.listener[443])["Rules"]
        return str(next(rule["RuleArn"] for rule in rules if not rule["IsDefault"]))

    def change_a_rule(self) -> None:
        paths = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/elsewhere/*"]}}]
        self.elb.modify_rule(RuleArn=self.rule(), Conditions=paths)

    def move_a_rule(self) -> None:
        self.elb.set_rule_priorities(RulePriorities=[{"RuleArn": self.rule(), "Priority": 77}])

    def delete_a_rule(self) -> None:
        self.elb.delete_rule(RuleArn=self.rule())

    def change_a_tag(self) -> None:
        self.elb.add_tags(ResourceArns=[self.balancer], Tags=[{"Key": "team", "Value": "other"}])

    def delete_a_tag(self) -> None:
        self.elb.remove_tags(ResourceArns=[self.balancer], TagKeys=["team"])

    def delete_record(self, what: Callable[[dict[str, Any]], bool]) -> None:
        record = next(candidate for candidate in self.stage.box.records(self.stage.zone) if what(candidate))
        batch = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
        self.stage.client("route53").change_resource_record_sets(HostedZoneId=self.stage.zone, ChangeBatch=batch)

    def delete_the_name(self) -> None:
        self.delete_record(lambda record: record["Name"].startswith(f"api.{ZONE}"))

    def delete_the_proof(self) -> None:
        self.delete_record(lambda record: record["Type"] == "CNAME")

    def stop_a_server(self) -> str:
        filters = [{"Name": "tag:Name", "Values": ["my-web-api-1"]}]
        instance = self.ec2.describe_instances(Filters=filters)["Reservations"][0]["Instances"][0]["InstanceId"]
        self.ec2.terminate_instances(InstanceIds=[instance])
        return str(instance)


DRIFT: dict[str, tuple[Callable[[ConsoleUser], Any], list[str], str]] = {
    "a port closed": (ConsoleUser.close_a_port, ["update security_group.lb"], "ingress"),
    "a port opened": (ConsoleUser.open_a_port, ["update security_group.lb"], "ingress"),
    "an attribute of the balancer": (
        ConsoleUser.change_a_balancers_attribute,
        ["update load_balancer.main"],
        "idle_timeout.timeout_seconds 61 → 60",
    ),
    "an attribute of a group": (
        ConsoleUser.change_a_groups_attribute,
        ["update target_group.web"],
        "deregistration_delay.timeout_seconds 7 → 300",
    ),
    "a health check": (ConsoleUser.change_a_health_check, ["update target_group.web"], "path /other → /health"),
    "a target taken out": (ConsoleUser.take_a_target_out, ["create targets.api"], "in the spec, not in AWS"),
    "what a listener does": (ConsoleUser.change_a_listener, ["update listener.443"], "action"),
    "a listener deleted": (ConsoleUser.delete_a_listener, ["create listener.80"], "in the spec, not in AWS"),
    "when a rule applies": (ConsoleUser.change_a_rule, ["update rule.443-api"], "/elsewhere/*"),
    "the place of a rule": (ConsoleUser.move_a_rule, ["reorder listener.443"], "no route is ever missing"),
    "a rule deleted": (ConsoleUser.delete_a_rule, ["create rule.443-api"], "in the spec, not in AWS"),
    "a tag changed": (ConsoleUser.change_a_tag, ["update load_balancer.main"], "team other → web"),
    "a tag deleted": (ConsoleUser.delete_a_tag, ["update load_balancer.main"], "team none → web"),
    "the name deleted": (ConsoleUser.delete_the_name, ["create record.api.example.com"], "in the spec, not in AWS"),
    "the proof deleted": (ConsoleUser.delete_the_proof, ["update certificate.main"], "proofs"),
    "a server terminated": (ConsoleUser.stop_a_server, ["create instance.api-1"], "in the spec, not in AWS"),
}


@pytest.mark.parametrize("drift", DRIFT)
def test_what_was_changed_by_hand_is_shown_and_healed(stage: Stage, drift: str) -> None:
    change, steps, why = DRIFT[drift]
    stage.apply(TAGGED)
    change(ConsoleUser(stage))
    plan = stage.plan(TAGGED)
    assert set(steps) <= {step.id for step in plan.steps}
    assert why in " ".join(step.why for step in plan.steps if step.writes)
    stage.apply(TAGGED)
    assert stage.box.traffic(*NAMED)["ok"]
    stage.destroy(TAGGED)


LEFT: dict[str, tuple[Callable[[ConsoleUser], Any], str]] = {
    "a port opened": (ConsoleUser.open_a_port, "security_group.lb.ingress"),
    "an attribute of the balancer": (ConsoleUser.change_a_balancers_attribute, "load_balancer.*.attributes"),
    "a health check": (ConsoleUser.change_a_health_check, "target_group.web.health"),
    "what a listener does": (ConsoleUser.change_a_listener, "listener.443.action"),
    "the place of a rule": (ConsoleUser.move_a_rule, "rule.*.priority"),
    "a tag changed": (ConsoleUser.change_a_tag, "load_balancer.main.tags"),
}


@pytest.mark.parametrize("drift", LEFT)
def test_what_the_spec_ignores_is_left_to_its_owner(stage: Stage, drift: str) -> None:
    change, pattern = LEFT[drift]
    spec = TAGGED + f"ignore: ['{pattern}']\n"
    stage.apply(spec)
    change(ConsoleUser(stage))
    stage.assert_settled(spec)
    assert not stage.plan(TAGGED).empty, "without ignore: it would be seen"
    stage.destroy(spec)


def test_nobody_deregisters_what_another_tool_registered(stage: Stage) -> None:
    """An Auto Scaling group manages targets under `ignore:`."""
    spec = specs.HTTP + "ignore: [targets.web.members]\n"
    stage.apply(spec)
    elb = stage.client("elbv2")
    group = elb.describe_target_groups(Names=["my-web-web"])["TargetGroups"][0]["TargetGroupArn"]
    first = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["Target"]
    elb.deregister_targets(TargetGroupArn=group, Targets=[first])
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": first["Id"], "Port": 9999}])
    stage.assert_settled(spec)
    stage.destroy(spec)


def without(plan: Plan, *kinds: str) -> set[str]:
    return {step.id for step in plan.steps if step.writes and step.address.kind not in kinds}


def test_a_balancer_deleted_by_hand_is_made_again_and_its_name_follows(stage: Stage) -> None:
    """The alias leads nowhere and has the stack's name; this proves that it is the stack's."""
    stage.apply(specs.COURSE)
    stage.client("elbv2").delete_load_balancer(LoadBalancerArn=ConsoleUser(stage).balancer)
    stage.box.advance(600)
    spec = specs.COURSE
    plan = stage.plan(spec)
    assert {"create load_balancer.main", "create listener.443", "create listener.80"} <= without(plan)
    assert without(plan, "load_balancer", "listener", "record") == set()
    stage.apply(spec)
    assert stage.box.traffic(*NAMED)["ok"]
    stage.destroy(specs.COURSE)


def test_many_things_at_once_are_healed_in_one_apply(stage: Stage) -> None:
    stage.apply(TAGGED)
    hand = ConsoleUser(stage)
    for change, _, _ in DRIFT.values():
        if change is not ConsoleUser.delete_a_rule:
            change(hand)
    stage.apply(TAGGED)
    assert stage.box.traffic(*NAMED)["ok"]
    stage.destroy(TAGGED)


def test_a_stack_whose_balancer_is_gone_ends_without_a_trace(stage: Stage) -> None:
    stage.apply(specs.COURSE)
    stage.client("elbv2").delete_load_balancer(LoadBalancerArn=ConsoleUser(stage).balancer)
    stage.box.advance(600)
    stage.destroy(specs.COURSE)
