"""Attributes of Classic Load Balancers."""

import copy

from ..account import CallContext
from ..errors import misconfigured, validation
from ..params import Params
from ..rules import rule
from . import find

DESYNC = "elb.http.desyncmitigationmode"
MODES = ("monitor", "defensive", "strictest")


@rule(34)
def defaults() -> Params:
    """Those of a load balancer that the API creates: no cross-zone balancing, no draining, 60 s idle timeout.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-disable-crosszone-lb.html,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-idle-timeout.html,
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-desync-mitigation-mode.html
    """
    return {
        "CrossZoneLoadBalancing": {"Enabled": False},
        "AccessLog": {"Enabled": False},
        "ConnectionDraining": {"Enabled": False, "Timeout": 300},
        "ConnectionSettings": {"IdleTimeout": 60},
        "AdditionalAttributes": [{"Key": DESYNC, "Value": "defensive"}],
    }


def describe(context: CallContext, params: Params) -> Params:
    return {"LoadBalancerAttributes": copy.deepcopy(find.of(context, params).attributes)}


@rule(34)
def modify(context: CallContext, params: Params) -> Params:
    """Access logs need a bucket and an interval of 5 or 60 minutes; timeouts have ranges: API_LoadBalancerAttributes.

    API_AccessLog (EmitInterval), API_ConnectionSettings (1-4000), API_ConnectionDraining (1-3600:
    https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-conn-drain.html)
    """
    balancer, given = find.of(context, params), params["LoadBalancerAttributes"]
    _check_logs(given.get("AccessLog") or {})
    _between("idleTimeout", (given.get("ConnectionSettings") or {}).get("IdleTimeout"), 4000)
    _between("draining timeout", (given.get("ConnectionDraining") or {}).get("Timeout"), 3600)
    for pair in given.get("AdditionalAttributes") or []:
        if pair["Key"] != DESYNC or pair.get("Value") not in MODES:
            raise misconfigured(f"The attribute {pair['Key']} is not supported, or its value is not one of {MODES}")
    for key, value in given.items():
        balancer.attributes[key] = _merged(balancer.attributes[key], value)
    return {"LoadBalancerName": balancer.name, "LoadBalancerAttributes": copy.deepcopy(given)}


def _merged(before: object, given: object) -> object:
    return {**before, **given} if isinstance(before, dict) and isinstance(given, dict) else given


def _check_logs(logs: Params) -> None:
    if logs.get("Enabled") and not logs.get("S3BucketName"):
        raise misconfigured("S3BucketName must be specified to enable access logs")
    if logs.get("EmitInterval") not in (None, 5, 60):
        raise validation("EmitInterval must be 5 or 60")


def _between(name: str, value: int | None, high: int) -> None:
    if value is not None and not 1 <= int(value) <= high:
        raise misconfigured(f"The {name} must be between 1 and {high} seconds")
