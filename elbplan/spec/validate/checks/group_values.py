"""Checks the values of target group attributes, and to which groups AWS gives an attribute.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ....kinds.aws.target_group_attributes import KEYS, defaults
from ....kinds.target_group import TargetGroup
from ...messages import article

Findings = Iterator[tuple[tuple[str, ...], str, str]]
"""The path of the field, the problem, and the hint."""

FLOOR = "target_group_health"
CROSS_ZONE = "load_balancing.cross_zone.enabled"
CHOICES = {
    CROSS_ZONE: ("true", "false", "use_load_balancer_configuration"),
    "load_balancing.algorithm.type": ("round_robin", "least_outstanding_requests", "weighted_random"),
    "load_balancing.algorithm.anomaly_mitigation": ("on", "off"),
    "target_failover.on_deregistration": ("rebalance", "no_rebalance"),
    "target_failover.on_unhealthy": ("rebalance", "no_rebalance"),
    "waf.http2.traffic_inspection_behavior": ("inspect_immediately", "inspect_after_sufficient_data"),
}
SWITCH = ("true", "false")
NUMBERS = {
    "target_health_state.unhealthy.draining_interval_seconds": (0, 360000, False),
    f"{FLOOR}.dns_failover.minimum_healthy_targets.count": (1, 1000, True),
    f"{FLOOR}.dns_failover.minimum_healthy_targets.percentage": (1, 100, True),
    f"{FLOOR}.unhealthy_state_routing.minimum_healthy_targets.count": (1, 1000, False),
    f"{FLOOR}.unhealthy_state_routing.minimum_healthy_targets.percentage": (1, 100, True),
}
"""The lowest and the highest number, and whether `off` is possible too."""

RESETS = ("send_tcp_reset.on_deregistration.enabled", "send_tcp_reset.on_unhealthy.enabled")
FAILOVER = ("target_failover.on_deregistration", "target_failover.on_unhealthy")


def value_problems(group: TargetGroup) -> Findings:
    """Values that AWS refuses, and attributes that this group does not have."""
    for key, value in group.attributes.items():
        if key in KEYS and key not in defaults(group):
            yield ("attributes", key), f"{_kind(group)} group does not have this attribute", "remove it"
        else:
            yield from _value(key, value)
    yield from _resets(group)


def _kind(group: TargetGroup) -> str:
    if group.target_type == "lambda":
        return "a lambda"
    version = group.protocol_version if group.protocol_version in ("HTTP2", "GRPC") else None
    return article(version or group.protocol or "")


def _value(key: str, value: str) -> Findings:
    choices = CHOICES.get(key) or (SWITCH if key in KEYS and key.endswith(".enabled") else ())
    if choices and value not in choices:
        yield ("attributes", key), f'"{value}" is not possible', f"write {' or '.join(choices)}"
    if key in NUMBERS:
        low, high, off = NUMBERS[key]
        if not (off and value == "off") and not (value.isdigit() and low <= int(value[:9]) <= high):
            also = ", or off" if off else ""
            yield ("attributes", key), f'"{value}" is out of range', f"write a number from {low} to {high}{also}"


def _resets(group: TargetGroup) -> Findings:
    """A reset needs flows that stay with their target, by all five parts of their address."""
    given = group.attributes
    for reset, failover in zip(RESETS, FAILOVER, strict=True):
        if given.get(reset) == "true" and given.get(failover) == "rebalance":
            yield ("attributes", reset), f"AWS sends no reset with {failover}: rebalance", "remove one of them"
            return
        if given.get(reset) == "true" and given.get("stickiness.enabled") == "true":
            yield ("attributes", reset), "AWS sends a reset only without stickiness", "remove sticky:, or this line"
            return
