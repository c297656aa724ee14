"""Target groups."""

from typing import Any

from ..account import CallContext
from ..ec2 import facts
from ..errors import AwsError, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredGroup
from . import find, names, tags
from .attribute_tables import group_defaults
from .find import new_id
from .health_checks import check_given, checked, defaults

PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS", "UDP", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC")
DNS_FAILOVER = "target_group_health.dns_failover.minimum_healthy_targets.count"
TARGET_TYPES = ("instance", "ip", "lambda", "alb")


def create_target_group(context: CallContext, params: Params) -> Params:
    name = names.checked("Target group", params.get("Name", ""))
    given_tags = tags.checked(params.get("Tags"))
    fields = _fields(context, params)
    settings = {**fields}
    if group := existing(context, name, settings):
        return {"TargetGroups": [description(context, group)]}
    check_quota(context)
    group = StoredGroup(
        arn=context.arn("elasticloadbalancing", f"targetgroup/{name}/{new_id(context, 'tg', name)}"),
        name=name,
        fields=fields,
        settings=settings,
    )
    if context.account.options.dns_failover_off and DNS_FAILOVER in group_defaults(group):
        group.attributes[DNS_FAILOVER] = "off"
    context.elb.groups[group.arn] = group
    context.elb.tags[group.arn] = given_tags
    find.mark_new(context, group.arn)
    return {"TargetGroups": [description(context, group)]}


@rule(2)
def existing(context: CallContext, name: str, settings: dict[str, Any]) -> StoredGroup | None:
    """Returns the group with that name if it has the same settings. Refuses if it has others.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    ("This operation is idempotent"; DuplicateTargetGroupName).
    """
    for group in context.elb.groups.values():
        if group.name == name:
            if group.settings == settings:
                return group
            raise AwsError(
                "DuplicateTargetGroupName",
                "A target group with the same name exists, with different settings",
            )
    return None


@rule(23)
def check_quota(context: CallContext) -> None:
    """3000 in a region: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""
    if len(context.elb.groups) >= context.account.quota("target_groups"):
        raise AwsError("TooManyTargetGroups", "The maximum number of target groups has been reached")


def _fields(context: CallContext, params: Params) -> dict[str, Any]:
    kind = names.one_of("targetType", params.get("TargetType", "instance"), TARGET_TYPES)
    place = _lambda_target_fields(params) if kind == "lambda" else _target_fields(context, params, kind)
    fields = {"TargetType": kind, **place}
    if control := params.get("TargetControlPort"):
        fields["TargetControlPort"] = _control_port(fields, control)
    if kind not in ("lambda",) and place.get("Protocol") != "GENEVE":
        fields["IpAddressType"] = names.one_of("ipAddressType", params.get("IpAddressType", "ipv4"), ("ipv4", "ipv6"))
    given = {key: value for key, value in _health_check(params).items() if value is not None}
    check = {**defaults({**fields, **given}), **given}
    check_given(given, check.get("HealthCheckProtocol"))
    fields.update(checked(fields, check))
    return {key: value for key, value in fields.items() if value is not None}


def _health_check(params: Params) -> dict[str, Any]:
    given = {key: value for key, value in params.items() if key.startswith(("HealthCheck", "HealthyT", "UnhealthyT"))}
    given["Matcher"] = params.get("Matcher")
    return given


@rule(21)
def _control_port(fields: dict[str, Any], port: int) -> int:
    """Only targets of application load balancers have an agent of the target optimizer.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#target-optimizer,
    https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/alb-target-agent
    """
    if fields.get("Protocol") not in ("HTTP", "HTTPS") or fields["TargetType"] not in ("instance", "ip"):
        raise validation("A target control port is supported only for HTTP and HTTPS target groups")
    return names.between("Target control port", port, 1, 65535)


@rule(21)
def _lambda_target_fields(params: Params) -> dict[str, Any]:
    """A function has no port, protocol or VPC: API_CreateTargetGroup."""
    for key in ("Protocol", "Port", "VpcId"):
        if params.get(key) is not None:
            raise validation(f"{key} cannot be specified for target groups with target type 'lambda'")
    return {}


@rule(21)
def _target_fields(context: CallContext, params: Params, kind: str) -> dict[str, Any]:
    """Other targets have all three: API_CreateTargetGroup."""
    for key in ("Protocol", "Port", "VpcId"):
        if not params.get(key):
            raise validation(f"A {key} must be specified")
    protocol = names.one_of("protocol", params["Protocol"], PROTOCOLS)
    if kind == "alb" and protocol != "TCP":
        raise validation(f"Protocol '{protocol}' is not supported for target groups with target type 'alb'")
    if protocol == "GENEVE" and params["Port"] != 6081:
        raise validation("The port must be 6081 for target groups with the GENEVE protocol")
    if protocol == "GENEVE" and params.get("Tags"):
        raise validation("You cannot specify tags on creation of a GENEVE target group")
    names.between("port", params["Port"], 1, 65535)
    if not facts.vpc_exists(context, params["VpcId"]):
        raise validation(f"The VPC ID '{params['VpcId']}' is not found")
    place = {"Protocol": protocol, "Port": params["Port"], "VpcId": params["VpcId"]}
    if protocol in ("HTTP", "HTTPS"):
        place["ProtocolVersion"] = _protocol_version(params)
    elif params.get("ProtocolVersion"):
        raise validation("ProtocolVersion is supported for HTTP and HTTPS target groups only")
    return place


@rule(21)
def _protocol_version(params: Params) -> str:
    """HTTP1 is the default: API_CreateTargetGroup. An empty version is no version, as Terraform's provider sends it.

    https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elbv2/target_group.go
    """
    return names.one_of("protocolVersion", params.get("ProtocolVersion") or "HTTP1", ("HTTP1", "HTTP2", "GRPC"))


@rule(24)
def description(context: CallContext, group: StoredGroup, usage: dict[str, list[str]] | None = None) -> Params:
    """LoadBalancerArns are the load balancers that forward to it now: API_TargetGroup."""
    using = (context.elb.usage() if usage is None else usage).get(group.arn, [])
    return {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        **group.fields,
        "LoadBalancerArns": using,
    }


def describe_target_groups(context: CallContext, params: Params) -> Params:
    given = [key for key in ("LoadBalancerArn", "TargetGroupArns", "Names") if params.get(key)]
    if len(given) > 1:
        raise validation(
            "Target group names, target group ARNs, and a load balancer ARN cannot be specified at the same time"
        )
    page, marker = find.page(context, params, _selected(context, params))
    usage = context.elb.usage()
    return {"TargetGroups": [description(context, group, usage) for group in page], "NextMarker": marker}


def _selected(context: CallContext, params: Params) -> list[StoredGroup]:
    groups = context.elb.groups
    if arn := params.get("LoadBalancerArn"):
        find.balancer(context, arn)
        usage = context.elb.usage()
        return [group for group in groups.values() if arn in usage.get(group.arn, [])]
    if arns := params.get("TargetGroupArns"):
        for arn in arns:
            find.group(context, arn)
        return find.all_of("targetgroup", groups, arns)
    if wanted := params.get("Names"):
        return find.all_of("targetgroup", {group.name: group for group in groups.values()}, wanted)
    return sorted(groups.values(), key=lambda group: group.name)


def modify_target_group(context: CallContext, params: Params) -> Params:
    group = find.group(context, params["TargetGroupArn"])
    given = {key: value for key, value in _health_check(params).items() if value is not None}
    before = _health_check(group.fields)
    check_given(given, given.get("HealthCheckProtocol", before.get("HealthCheckProtocol")))
    fixed = {key: value for key, value in group.fields.items() if key not in before}
    group.fields = {**fixed, **checked(group.fields, {**before, **given})}
    group.settings = {**group.fields}
    return {"TargetGroups": [description(context, group)]}


@rule(7)
def delete_target_group(context: CallContext, params: Params) -> Params:
    """Not while a listener or rule refers to it, nor for some seconds afterwards; an unknown group is no error.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
    (ResourceInUse); the seconds afterwards: aws-load-balancer-controller retries for 20 s, terraform-provider-aws
    for 2 minutes.
    """
    arn = params["TargetGroupArn"]
    group = context.elb.groups.get(arn)
    if group is None:
        return {}
    recently_used = context.now <= group.detached + context.timing.in_use_lag and context.timing.in_use_lag
    if context.elb.balancers_using(arn) or recently_used:
        raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
    del context.elb.groups[arn]
    context.elb.tags.pop(arn, None)
    return {}
