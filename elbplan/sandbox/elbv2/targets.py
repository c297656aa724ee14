"""Targets: which ones a group accepts, and their registration and draining."""

import ipaddress
from collections.abc import Iterator

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, validation
from ..functions import check_invocable
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup, StoredTarget
from . import find
from .attribute_tables import group_defaults
from .quic import check_server_ids


def register_targets(context: CallContext, params: Params) -> Params:
    group = find.group(context, params["TargetGroupArn"])
    check_server_ids(context, group, params["Targets"])
    register(context, group, params["Targets"])
    return {}


def register(context: CallContext, group: StoredGroup, wanted: list[Params]) -> None:
    """Registers targets with a group that is known already, as AWS does for its other services."""
    targets = [_target(context, group, each) for each in wanted]
    check_quota(context, group, targets)
    for target in targets:
        before = group.targets.get(target.key)
        if before is None or before.drained_at is not None or before.zone != target.zone:
            group.targets[target.key] = target


@rule(23)
def check_quota(context: CallContext, group: StoredGroup, more: list[StoredTarget]) -> None:
    """1000 in a group: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
    keys = {target.key for target in (*current_targets(context, group), *more)}
    if len(keys) > context.account.quota("targets_per_group"):
        raise AwsError("TooManyTargets", "You've reached the limit on the number of targets")


def port_of(group: StoredGroup, wanted: Params) -> int:
    """Returns the port of a target: its own or that of the group; 0 for a function."""
    return int(wanted.get("Port") or group.fields.get("Port") or 0)


def _target(context: CallContext, group: StoredGroup, wanted: Params) -> StoredTarget:
    kind = group.fields["TargetType"]
    port = port_of(group, wanted)
    check = {"instance": _instance, "ip": _address, "alb": _balancer, "lambda": _function}[kind]
    zone = check(context, group, wanted)
    _check_zone(group, wanted)
    return StoredTarget(wanted["Id"], port, zone, context.now, server_id=wanted.get("QuicServerId", ""))


@rule(15)
def _check_zone(group: StoredGroup, wanted: Params) -> None:
    """No zone for an instance or a load balancer, and only `all` for a function: API_TargetDescription."""
    zone, kind = wanted.get("AvailabilityZone"), group.fields["TargetType"]
    if zone and (kind in ("instance", "alb") or (kind == "lambda" and zone != "all")):
        raise validation(f"You cannot specify the Availability Zone '{zone}' for a target of type '{kind}'")


@rule(15)
def _instance(context: CallContext, group: StoredGroup, wanted: Params) -> str | None:
    """A running instance of the group's VPC.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RegisterTargets.html
    (InvalidTarget: "The specified target does not exist, is not in the same VPC as the target group, or has an
    unsupported instance type"; "it must be in the running state when you register it").
    """
    if not wanted["Id"].startswith("i-"):
        raise validation(f"Instance ID '{wanted['Id']}' is not valid")
    instance = facts.instance(context, wanted["Id"])
    if instance is None or not find.is_visible(context, wanted["Id"]):
        raise AwsError("InvalidTarget", f"The following targets are not valid instances: '{wanted['Id']}'")
    if instance.state != "running":
        raise AwsError(
            "InvalidTarget",
            f"The following targets are not in a running state and cannot be registered: '{instance.id}'",
        )
    if instance.vpc_id != group.fields["VpcId"]:
        raise AwsError(
            "InvalidTarget",
            f"The following targets are not in the target group VPC '{group.fields['VpcId']}': '{instance.id}'",
        )
    return None


@rule(15)
def _address(context: CallContext, group: StoredGroup, wanted: Params) -> str | None:
    """A private address in the VPC, or outside of it with a zone: API_TargetDescription.

    The zone is `all` or, with cross-zone load balancing off, a zone of the VPC.
    """
    try:
        address = ipaddress.ip_address(wanted["Id"])
    except ValueError:
        raise validation(f"The IP address '{wanted['Id']}' is not a valid IPv4 or IPv6 address") from None
    if address.is_global and address.version == 4:
        raise validation(f"The IP address '{address}' is publicly routable and cannot be used as a target")
    inside = any(address in ipaddress.ip_network(cidr) for cidr in facts.vpc_cidrs(context, group.fields["VpcId"]))
    if not inside and not wanted.get("AvailabilityZone") and address.version == 4:
        raise validation(
            "You must specify an Availability Zone value of 'all' when registering the IP "
            f"address '{address}' outside of the VPC"
        )
    return wanted.get("AvailabilityZone") or None


@rule(15)
def _balancer(context: CallContext, group: StoredGroup, wanted: Params) -> str | None:
    """An application load balancer of the same VPC with a listener on the group's port: API_RegisterTargets."""
    balancer = context.elb.balancers.get(wanted["Id"])
    if balancer is None or balancer.type != "application" or balancer.vpc != group.fields["VpcId"]:
        raise AwsError(
            "InvalidTarget",
            f"The following target is not a valid Application Load Balancer: '{wanted['Id']}'",
        )
    if group.fields["Port"] not in [listener.port for listener in context.elb.listeners_of(balancer.arn)]:
        raise AwsError("InvalidTarget", f"The target has no listener on port {group.fields['Port']}")
    return None


@rule(15)
def _function(context: CallContext, group: StoredGroup, wanted: Params) -> str | None:
    """One function, by its ARN, that the group may invoke: API_RegisterTargets."""
    if ":lambda:" not in wanted["Id"]:
        raise validation(f"'{wanted['Id']}' is not a valid Lambda function ARN")
    check_invocable(context, wanted["Id"], group.arn)
    registered = [target for target in group.targets.values() if target.drained_at is None]
    if any(target.id != wanted["Id"] for target in registered):
        raise AwsError("TooManyTargets", "A target group with target type 'lambda' can have only one target")
    return None


@rule(14)
def deregister_targets(context: CallContext, params: Params) -> Params:
    """A target drains for the delay of its group, then it is removed. An unknown target is no error.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeregisterTargets.html
    ("if the specified target does not exist, the action returns successfully"; a target that was registered with a
    port must name it again).
    """
    group = find.group(context, params["TargetGroupArn"])
    for wanted in params["Targets"]:
        port = port_of(group, wanted)
        target = group.targets.get((wanted["Id"], port))
        if target and target.drained_at is None:
            drain(context, group, target)
    return {}


def drain(context: CallContext, group: StoredGroup, target: StoredTarget) -> None:
    if not context.elb.balancers_using(group.arn):
        del group.targets[target.key]
        return
    attributes = {**group_defaults(group), **group.attributes}
    delay = float(attributes.get("deregistration_delay.timeout_seconds", "0"))
    target.drained_at = context.now + context.timing.draining(delay)


def current_targets(context: CallContext, group: StoredGroup) -> list[StoredTarget]:
    """Returns all registered or draining targets, and removes those whose draining is over."""
    for key, target in list(group.targets.items()):
        if target.drained_at is not None and context.now > target.drained_at:
            del group.targets[key]
    return list(group.targets.values())


@rule(15)
def drop_terminated(context: CallContext, instance_id: str) -> None:
    """Deregisters a terminated instance from its groups.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-register-targets.html
    """
    for group, target in _of_instance(context, instance_id):
        if target.drained_at is None:
            drain(context, group, target)


def _of_instance(context: CallContext, instance_id: str) -> Iterator[tuple[StoredGroup, StoredTarget]]:
    for group in context.elb.groups.values():
        for target in list(group.targets.values()):
            if target.id == instance_id:
                yield group, target
