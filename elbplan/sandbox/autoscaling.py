"""EC2 Auto Scaling: groups with their instances, and the target groups that they fill. Fixtures create the groups."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .account import CallContext
from .elbv2.targets import current_targets, deregister_targets, register
from .errors import validation
from .params import Params
from .rules import rule
from .tags import Tags, to_pairs

MOST_SOURCES = 10
"""In one request: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachTrafficSources.html"""


@dataclass
class StoredScalingGroup:
    name: str
    instances: list[str]
    health_check: str = "EC2"
    tags: Tags = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """The state of each target group, by ARN: Adding, Added or Removing."""


def scaling_groups(context: CallContext) -> dict[str, StoredScalingGroup]:
    """The groups of the region, by name."""
    found: dict[str, StoredScalingGroup] = context.account.memory(f"auto scaling groups {context.region}")
    return found


def add_group(context: CallContext, name: str, instances: list[str], health_check: str, tags: Tags) -> str:
    """Adds a group that has these instances."""
    scaling_groups(context)[name] = StoredScalingGroup(name, instances, health_check, tags)
    return name


@rule(40)
def add_instance(context: CallContext, name: str, id: str) -> str:
    """A new instance of a group is registered with every attached target group some time later.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html ("Amazon EC2 Auto Scaling
    automatically registers and deregisters instances with the load balancer as they are launched and terminated")
    """
    group = scaling_groups(context)[name]
    group.instances.append(id)
    for arn, state in group.sources.items():
        if state == "Added":
            group.sources[arn] = "Adding"
            context.later(context.timing.instance_state, _registration(context, group, arn))
    return id


@rule(40)
def _group(context: CallContext, name: str) -> StoredScalingGroup:
    """An unknown group is a ValidationError: https://github.com/cloud-custodian/cloud-custodian/issues/380"""
    group = scaling_groups(context).get(name)
    if group is None:
        raise validation(f"AutoScalingGroup name not found - AutoScalingGroup {name} not found")
    return group


def describe_auto_scaling_groups(context: CallContext, params: Params) -> Params:
    names = params.get("AutoScalingGroupNames")
    groups = [group for name, group in sorted(scaling_groups(context).items()) if not names or name in names]
    wanted = [group for group in groups if all(_has_tag(group, each) for each in params.get("Filters") or ())]
    return {"AutoScalingGroups": [_description(context, group) for group in wanted]}


@rule(40)
def _has_tag(group: StoredScalingGroup, given: Params) -> bool:
    """`tag:KEY` is a filter: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Filter.html"""
    kind, _, key = given["Name"].partition(":")
    if kind != "tag":
        raise validation(f"Filter type {given['Name']} is not correct")
    return group.tags.get(key) in given["Values"]


def _description(context: CallContext, group: StoredScalingGroup) -> Params:
    return {
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": context.arn("autoscaling", f"autoScalingGroup:1:autoScalingGroupName/{group.name}"),
        "MinSize": 0,
        "MaxSize": max(len(group.instances), 1),
        "DesiredCapacity": len(group.instances),
        "DefaultCooldown": 300,
        "AvailabilityZones": [],
        "HealthCheckType": group.health_check,
        "CreatedTime": context.account.clock.stamp(),
        "Instances": [
            {
                "InstanceId": id,
                "AvailabilityZone": context.region + "a",
                "LifecycleState": "InService",
                "HealthStatus": "Healthy",
                "ProtectedFromScaleIn": False,
            }
            for id in group.instances
        ],
        "Tags": [
            {"ResourceId": group.name, "ResourceType": "auto-scaling-group", "PropagateAtLaunch": True, **pair}
            for pair in to_pairs(group.tags)
        ],
        "TargetGroupARNs": _sources(context, group),
        "TrafficSources": [{"Identifier": arn, "Type": "elbv2"} for arn in _sources(context, group)],
    }


@rule(40)
def _sources(context: CallContext, group: StoredScalingGroup) -> list[str]:
    """A detached target group is listed until its instances are deregistered, draining included.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachTrafficSources.html
    """
    for arn, state in list(group.sources.items()):
        stored = context.elb.groups.get(arn)
        if state == "Removing" and (stored is None or not _own_targets(context, group, arn)):
            del group.sources[arn]
    return list(group.sources)


def _own_targets(context: CallContext, group: StoredScalingGroup, arn: str) -> list[str]:
    stored = context.elb.groups.get(arn)
    targets = current_targets(context, stored) if stored is not None else []
    return [target.id for target in targets if target.id in group.instances]


@rule(40)
def attach_traffic_sources(context: CallContext, params: Params) -> Params:
    """The instances are registered some time later. A group that is attached already stays attached.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachTrafficSources.html ("This operation is
    additive"); the refusal of an unknown target group:
    https://github.com/zalando-incubator/kube-ingress-aws-controller/issues/254
    """
    group = _group(context, params["AutoScalingGroupName"])
    _check_count(params)
    for source in params["TrafficSources"]:
        arn = source["Identifier"]
        stored = context.elb.groups.get(arn)
        if stored is None or stored.fields["TargetType"] != "instance":
            raise validation("Provided Target Groups may not be valid. Please ensure they exist and try again.")
        if group.sources.get(arn) not in ("Adding", "Added"):
            group.sources[arn] = "Adding"
            context.later(context.timing.instance_state, _registration(context, group, arn))
    return {}


@rule(40)
def _check_count(params: Params) -> None:
    """Ten in a request: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachTrafficSources.html"""
    if len(params["TrafficSources"]) > MOST_SOURCES:
        raise validation("You can specify up to 10 traffic sources")


def _registration(context: CallContext, group: StoredScalingGroup, arn: str) -> Callable[[], None]:
    def register_instances() -> None:
        if group.sources.get(arn) == "Adding" and arn in context.elb.groups:
            group.sources[arn] = "Added"
            register(context, context.elb.groups[arn], [{"Id": id} for id in group.instances])

    return register_instances


@rule(40)
def detach_traffic_sources(context: CallContext, params: Params) -> Params:
    """The instances are deregistered and keep running. What is not attached cannot be detached.

    The page does not name the error code of the latter. elbplan detaches only what is attached.
    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DetachTrafficSources.html
    """
    group = _group(context, params["AutoScalingGroupName"])
    for source in params["TrafficSources"]:
        arn = source["Identifier"]
        if arn not in group.sources:
            raise validation("Trying to remove Target Groups that are not part of the group")
        group.sources[arn] = "Removing"
        if mine := _own_targets(context, group, arn):
            deregister_targets(context, {"TargetGroupArn": arn, "Targets": [{"Id": id} for id in mine]})
    return {}


@rule(40)
def describe_traffic_sources(context: CallContext, params: Params) -> Params:
    """InService: at least one instance is healthy, which this simulator does not tell from Added.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_TrafficSourceState.html
    """
    group = _group(context, params["AutoScalingGroupName"])
    if params.get("TrafficSourceType") not in (None, "elbv2"):
        return {"TrafficSources": []}
    arns = _sources(context, group)
    return {
        "TrafficSources": [{"Identifier": arn, "State": group.sources[arn], "Type": "elbv2"} for arn in arns],
    }


@rule(40)
def attach_load_balancer_target_groups(context: CallContext, params: Params) -> Params:
    """The older call for the same, which Terraform's AWS provider sends. elbplan does not.

    https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AttachLoadBalancerTargetGroups.html ("This API
    operation has been superseded by AttachTrafficSources")
    """
    sources = [{"Identifier": arn, "Type": "elbv2"} for arn in params["TargetGroupARNs"]]
    return attach_traffic_sources(context, {**params, "TrafficSources": sources})


ACTIONS: dict[str, Callable[[CallContext, Params], dict[str, Any]]] = {
    "DescribeAutoScalingGroups": describe_auto_scaling_groups,
    "AttachLoadBalancerTargetGroups": attach_load_balancer_target_groups,
    "AttachTrafficSources": attach_traffic_sources,
    "DetachTrafficSources": detach_traffic_sources,
    "DescribeTrafficSources": describe_traffic_sources,
}
