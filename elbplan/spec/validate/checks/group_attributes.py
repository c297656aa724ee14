"""Checks the attributes of target groups: ranges, and combinations that AWS refuses.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ....kinds.target_group import TargetGroup
from ...messages import article
from .group_values import value_problems

Findings = Iterator[tuple[tuple[str, ...], str, str]]
"""The path of the field, the problem, and the hint."""

HTTP = ("HTTP", "HTTPS")
UDP = ("UDP", "TCP_UDP")
RANGES = {
    "deregistration_delay.timeout_seconds": (0, 3600, "drain: 0s to 1h"),
    "stickiness.lb_cookie.duration_seconds": (1, 604800, "sticky: 1s to 7d"),
    "stickiness.app_cookie.duration_seconds": (1, 604800, "sticky: 1s to 7d"),
}
SLOW_START = "slow_start.duration_seconds"
ALGORITHM = "load_balancing.algorithm.type"
ANOMALIES = "load_balancing.algorithm.anomaly_mitigation"
CROSS_ZONE = "load_balancing.cross_zone.enabled"
STICKY, STICKY_TYPE = "stickiness.enabled", "stickiness.type"
COOKIE = "stickiness.app_cookie.cookie_name"
COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+", re.ASCII)
"""A token: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1"""
FAILOVER = ("target_failover.on_deregistration", "target_failover.on_unhealthy")
CLIENT_IP = "preserve_client_ip.enabled"
TERMINATES = "target_health_state.unhealthy.connection_termination.enabled"
DRAINING = "target_health_state.unhealthy.draining_interval_seconds"


def attribute_problems(group: TargetGroup) -> Findings:
    """What AWS refuses of the attributes of a group."""
    yield from value_problems(group)
    yield from _ranges(group)
    yield from _slow_start(group)
    yield from _stickiness(group)
    yield from _network(group)
    if group.attributes.get(ANOMALIES) == "on" and group.attributes.get(ALGORITHM) != "weighted_random":
        hint = f"write {ALGORITHM}: weighted_random, or remove the line"
        yield ("attributes", ANOMALIES), "anomaly mitigation needs the algorithm weighted_random", hint
    values = [group.attributes.get(key, "no_rebalance") for key in FAILOVER]
    if values[0] != values[1]:
        key = next(key for key in FAILOVER if key in group.attributes)
        yield ("attributes", key), f"{' and '.join(FAILOVER)} must have the same value", "write both lines"


def _ranges(group: TargetGroup) -> Findings:
    for key, (low, high, hint) in RANGES.items():
        value = group.attributes.get(key)
        if value is not None and not (value.isdigit() and low <= int(value[:9]) <= high):
            yield ("attributes", key), f"{value} is out of range", hint


def _slow_start(group: TargetGroup) -> Findings:
    slow = group.attributes.get(SLOW_START, "0")
    if slow == "0":
        return
    algorithm = group.attributes.get(ALGORITHM, "round_robin")
    if not (slow.isdigit() and 30 <= int(slow[:9]) <= 900):
        yield ("attributes", SLOW_START), f"{slow} seconds is out of range", "slow_start: 0, or 30s to 15m"
    if group.protocol not in HTTP:
        yield ("attributes", SLOW_START), f"{article(group.protocol)} group cannot have a slow start", "remove it"
    elif algorithm != "round_robin":
        what = f"a slow start is not possible with the algorithm {algorithm}"
        yield ("attributes", SLOW_START), what, f"remove it, or remove {ALGORITHM}"


def _stickiness(group: TargetGroup) -> Findings:
    sticky, type = group.attributes.get(STICKY) == "true", group.attributes.get(STICKY_TYPE)
    possible = _sticky_types(group)
    if type is not None and type not in possible:
        what = f"{article(group.protocol or 'lambda')} group cannot have the stickiness {type}"
        yield ("attributes", STICKY_TYPE), what, f"write {' or '.join(possible)}, or remove the line"
    elif type == "app_cookie" and sticky:
        name = group.attributes.get(COOKIE, "")
        if not name or name.startswith("AWSALB"):
            what = f"the stickiness app_cookie needs the name of your own cookie, not {name or 'none'}"
            yield ("attributes", COOKIE if name else STICKY_TYPE), what, f"write {COOKIE}: NAME"
        elif not COOKIE_NAME.fullmatch(name):
            hint = "use letters, digits and !#$%&'*+-.^_`|~"
            yield ("attributes", COOKIE), f'"{name}" cannot be the name of a cookie', hint
    if sticky and group.protocol == "TLS":
        yield ("attributes", STICKY), "a TLS group cannot be sticky", "remove it, or use protocol: tcp"
    if sticky and group.protocol in HTTP and group.attributes.get(CROSS_ZONE) == "false":
        what = "a group cannot be sticky without cross-zone load balancing"
        yield ("attributes", CROSS_ZONE), what, "remove the line, or remove sticky:"


def _sticky_types(group: TargetGroup) -> tuple[str, ...]:
    if group.protocol == "GENEVE":
        return "source_ip_dest_ip", "source_ip_dest_ip_proto"
    return ("lb_cookie", "app_cookie") if group.protocol in (*HTTP, None) else ("source_ip",)


def _network(group: TargetGroup) -> Findings:
    """The rules for groups of a network load balancer."""
    given = group.attributes
    if group.protocol in UDP:
        protocol = article(group.protocol)
        if given.get(CLIENT_IP) == "false":
            yield ("attributes", CLIENT_IP), f"{protocol} group always preserves the client's address", "remove it"
        if given.get(TERMINATES) == "true":
            yield (
                ("attributes", TERMINATES),
                f"{protocol} group cannot end connections to unhealthy targets",
                "remove it",
            )
    elif given.get(DRAINING, "0") != "0" and given.get(TERMINATES) != "false":
        hint = f'write {TERMINATES}: "false" too'
        yield ("attributes", DRAINING), "AWS drains unhealthy targets only if it does not end their connections", hint
