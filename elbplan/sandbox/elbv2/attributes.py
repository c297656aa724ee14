"""Attributes of load balancers, target groups and listeners.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
"""

from ..errors import misconfigured, validation
from ..rules import rule
from ..world import Params, Site
from . import find
from .attribute_tables import BALANCER, CHOICES, LISTENER, RANGES, STICKY, Defaults, group_defaults
from .state import Balancer, Group, Listener


def _as_list(defaults: Defaults, given: Defaults) -> list[Params]:
    return [{"Key": key, "Value": value} for key, value in {**defaults, **given}.items()]


@rule(24)
def of_balancer(balancer: Balancer) -> list[Params]:
    """All attributes of its type, with AWS's defaults: API_DescribeLoadBalancerAttributes."""
    return _as_list(BALANCER[balancer.type], balancer.attributes)


@rule(24)
def of_group(group: Group) -> list[Params]:
    """All attributes of its kind, with AWS's defaults: API_DescribeTargetGroupAttributes."""
    return _as_list(group_defaults(group), group.attributes)


def of_listener(listener: Listener) -> list[Params]:
    return _as_list(LISTENER.get(listener.protocol, {}), listener.attributes)


@rule(21)
def checked(defaults: Defaults, wanted: list[Params]) -> Defaults:
    """Keys this kind knows, in their ranges: API_LoadBalancerAttribute, API_TargetGroupAttribute."""
    for pair in wanted:
        key, value = pair["Key"], pair.get("Value", "")
        if key not in defaults:
            raise validation(f"Attribute key '{key}' is not recognized or not supported")
        if defaults[key] in ("true", "false") and value not in ("true", "false"):
            raise validation(f"'{key}' value '{value}' must be 'true' or 'false'")
        _chosen(key, value, defaults)
        low, high = RANGES.get(key, (None, None))
        if low is not None and high is not None and not (value.isdigit() and low <= int(value) <= high):
            raise validation(f"'{key}' value '{value}' must be between '{low}-{high}' inclusive")
        if key == "slow_start.duration_seconds" and not (value == "0" or _between(value, 30, 900)):
            raise validation(f"'{key}' value '{value}' must be 0 or between '30-900' inclusive")
    return {pair["Key"]: pair.get("Value", "") for pair in wanted}


@rule(21)
def _chosen(key: str, value: str, defaults: Defaults) -> None:
    """One of a few words: API_LoadBalancerAttribute, API_TargetGroupAttribute."""
    words = STICKY.get(defaults[key]) if key == "stickiness.type" else CHOICES.get(key)
    if words and value not in words:
        raise validation(f"'{key}' value '{value}' must be one of [{', '.join(words)}]")


def _between(value: str, low: int, high: int) -> bool:
    return value.isdigit() and low <= int(value) <= high


def modify_load_balancer_attributes(site: Site, params: Params) -> Params:
    balancer = find.balancer(site, params["LoadBalancerArn"])
    given = checked(BALANCER[balancer.type], params.get("Attributes", []))
    if given.get("access_logs.s3.enabled") == "true" and not (
        given.get("access_logs.s3.bucket") or balancer.attributes.get("access_logs.s3.bucket")
    ):
        raise misconfigured("You must specify an S3 bucket to enable access logs")
    balancer.attributes.update(given)
    return {"Attributes": of_balancer(balancer)}


def describe_load_balancer_attributes(site: Site, params: Params) -> Params:
    return {"Attributes": of_balancer(find.balancer(site, params["LoadBalancerArn"]))}


def modify_target_group_attributes(site: Site, params: Params) -> Params:
    group = find.group(site, params["TargetGroupArn"])
    group.attributes.update(checked(group_defaults(group), params.get("Attributes", [])))
    return {"Attributes": of_group(group)}


def describe_target_group_attributes(site: Site, params: Params) -> Params:
    return {"Attributes": of_group(find.group(site, params["TargetGroupArn"]))}


def modify_listener_attributes(site: Site, params: Params) -> Params:
    listener = find.listener(site, params["ListenerArn"])
    listener.attributes.update(checked(LISTENER.get(listener.protocol, {}), params.get("Attributes", [])))
    return {"Attributes": of_listener(listener)}


def describe_listener_attributes(site: Site, params: Params) -> Params:
    return {"Attributes": of_listener(find.listener(site, params["ListenerArn"]))}
