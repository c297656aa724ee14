"""Attributes of load balancers and target groups.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from ..account import CallContext
from ..errors import misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer, StoredGroup
from . import find, stickiness
from .attribute_tables import CHOICES, RANGES, STICKY, UDP, Defaults, balancer_defaults, group_defaults
from .log_buckets import check_bucket


def as_list(defaults: Defaults, given: Defaults) -> list[Params]:
    return [{"Key": key, "Value": value} for key, value in {**defaults, **given}.items()]


@rule(24)
def of_balancer(balancer: StoredBalancer) -> list[Params]:
    """Returns all attributes of its type, with AWS's defaults: API_DescribeLoadBalancerAttributes."""
    return as_list(balancer_defaults(balancer), balancer.attributes)


@rule(24)
def of_group(group: StoredGroup) -> list[Params]:
    """Returns all attributes of its kind, with AWS's defaults: API_DescribeTargetGroupAttributes."""
    return as_list(group_defaults(group), group.attributes)


@rule(21)
def checked(context: CallContext, defaults: Defaults, wanted: list[Params]) -> Defaults:
    """Known keys with values in their ranges: API_LoadBalancerAttribute, API_TargetGroupAttribute."""
    for pair in wanted:
        key, value = pair["Key"], pair.get("Value", "")
        if key not in defaults and context.account.options.new_attributes:
            continue
        if key not in defaults:
            raise validation(f"Attribute key '{key}' is not recognized or not supported")
        if defaults[key] in ("true", "false") and value not in ("true", "false"):
            raise validation(f"'{key}' value '{value}' must be 'true' or 'false'")
        _check_choice(key, value, defaults)
        low, high = RANGES.get(key, (None, None))
        if low is not None and high is not None and not (value.isdigit() and low <= int(value) <= high):
            raise validation(f"'{key}' value '{value}' must be between '{low}-{high}' inclusive")
        if key == "slow_start.duration_seconds" and not (value == "0" or _between(value, 30, 900)):
            raise validation(f"'{key}' value '{value}' must be 0 or between '30-900' inclusive")
    return {pair["Key"]: pair.get("Value", "") for pair in wanted}


@rule(21)
def _check_choice(key: str, value: str, defaults: Defaults) -> None:
    """One of the allowed values: API_LoadBalancerAttribute, API_TargetGroupAttribute."""
    allowed = STICKY.get(defaults[key]) if key == "stickiness.type" else CHOICES.get(key)
    if allowed and value not in allowed:
        raise validation(f"'{key}' value '{value}' must be one of [{', '.join(allowed)}]")


def _between(value: str, low: int, high: int) -> bool:
    return value.isdigit() and low <= int(value) <= high


MAX_ATTRIBUTES = 20
LOGS = ("access_logs.s3", "connection_logs.s3", "health_check_logs.s3")
SECONDARY = "secondary_ips.auto_assigned.per_subnet"


def modify_load_balancer_attributes(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    defaults = balancer_defaults(balancer)
    given = checked(context, defaults, params.get("Attributes", []))
    _check_balancer(given, {**defaults, **balancer.attributes})
    _check_logs(context, balancer, given, {**defaults, **balancer.attributes, **given})
    balancer.attributes.update(given)
    return {"Attributes": of_balancer(balancer)}


@rule(21)
def _check_balancer(given: Defaults, before: Defaults) -> None:
    """At most 20 in a call; logs need a bucket; secondary addresses never decrease: API_LoadBalancerAttribute.

    A bucket cannot be removed ("The value of 'access_logs.s3.bucket' cannot be empty"):
    https://github.com/iann0036/former2/issues/55, https://github.com/terraform-aws-modules/terraform-aws-alb/issues/7
    """
    if len(given) > MAX_ATTRIBUTES:
        raise validation(f"The number of attributes must be at most {MAX_ATTRIBUTES}")
    after = {**before, **given}
    for logs in LOGS:
        if given.get(f"{logs}.bucket") == "":
            raise validation(f"The value of '{logs}.bucket' cannot be empty")
        if given.get(f"{logs}.enabled") == "true" and not after[f"{logs}.bucket"]:
            raise misconfigured("You must specify an S3 bucket to enable access logs")
    if int(after.get(SECONDARY, 0)) < int(before.get(SECONDARY, 0)):
        raise misconfigured(f"'{SECONDARY}' cannot be decreased")


def _check_logs(context: CallContext, balancer: StoredBalancer, given: Defaults, after: Defaults) -> None:
    """Checks the bucket of each log that is on and that the call names."""
    for logs in LOGS:
        if after.get(f"{logs}.enabled") == "true" and any(key.startswith(logs) for key in given):
            check_bucket(context, balancer, logs, after[f"{logs}.bucket"], after[f"{logs}.prefix"])


def describe_load_balancer_attributes(context: CallContext, params: Params) -> Params:
    return {"Attributes": of_balancer(find.balancer(context, params["LoadBalancerArn"]))}


def modify_target_group_attributes(context: CallContext, params: Params) -> Params:
    group = find.group(context, params["TargetGroupArn"])
    given = checked(context, group_defaults(group), params.get("Attributes", []))
    after = {**group_defaults(group), **group.attributes, **given}
    _check_group(given, after, group)
    _check_routing(after, group)
    if given.get(stickiness.ENABLED) == "true":
        stickiness.check_group(context, group)
    group.attributes.update(given)
    return {"Attributes": of_group(group)}


UNHEALTHY = "target_health_state.unhealthy"
FAILOVER = ("target_failover.on_deregistration", "target_failover.on_unhealthy")


@rule(21)
def _check_group(given: Defaults, after: Defaults, group: StoredGroup) -> None:
    """Allowed combinations with the protocol and with other attributes: API_TargetGroupAttribute."""
    ends = after.get(f"{UNHEALTHY}.connection_termination.enabled")
    if f"{UNHEALTHY}.draining_interval_seconds" in given and ends == "true":
        raise misconfigured(f"'{UNHEALTHY}.draining_interval_seconds' needs connection termination to be disabled")
    if len({after.get(key) for key in FAILOVER}) > 1:
        raise misconfigured(f"The attributes {' and '.join(FAILOVER)} must have the same value")
    if group.fields.get("Protocol") in UDP:
        if ends == "true":
            raise misconfigured("Connection termination of unhealthy targets is not supported for UDP")
        if after.get("preserve_client_ip.enabled") == "false":
            raise misconfigured("Client IP preservation cannot be disabled for UDP")


@rule(21)
def _check_routing(after: Defaults, group: StoredGroup) -> None:
    """Stickiness, slow start and algorithms that exclude each other.

    API_TargetGroupAttribute (anomaly mitigation, prefixes of cookie names), and the user guides: slow start only with
    round robin, no stickiness without cross-zone load balancing
    (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html), no
    stickiness for TLS (https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html).
    """
    algorithm = after.get("load_balancing.algorithm.type", "round_robin")
    sticky = after.get(stickiness.ENABLED) == "true"
    if after.get("slow_start.duration_seconds", "0") != "0" and algorithm != "round_robin":
        raise misconfigured(f"Slow start is not supported with the algorithm '{algorithm}'")
    if after.get("load_balancing.algorithm.anomaly_mitigation") == "on" and algorithm != "weighted_random":
        raise misconfigured("Anomaly mitigation is only available with the algorithm 'weighted_random'")
    if sticky and group.fields.get("Protocol") == "TLS":
        raise misconfigured("Stickiness is not supported for TLS target groups")
    if sticky and "slow_start.duration_seconds" in after and after["load_balancing.cross_zone.enabled"] == "false":
        raise misconfigured("Stickiness is not supported when cross-zone load balancing is off")
    cookie = after.get("stickiness.app_cookie.cookie_name", "")
    if sticky and after["stickiness.type"] == "app_cookie" and (not cookie or cookie.startswith("AWSALB")):
        raise validation("'stickiness.app_cookie.cookie_name' must be set, without a reserved prefix")


def describe_target_group_attributes(context: CallContext, params: Params) -> Params:
    return {"Attributes": of_group(find.group(context, params["TargetGroupArn"]))}
