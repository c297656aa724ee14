"""The attributes of target groups: AWS's defaults, and the calls that change attributes.

The defaults are those of
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from ...core.call import Call, WriteProgram

HTTP = ("HTTP", "HTTPS")
UDP = ("UDP", "TCP_UDP")


class TargetGroupFields(Protocol):
    """The fields of a target group that its defaults depend on."""

    @property
    def target_type(self) -> str: ...
    @property
    def protocol(self) -> str | None: ...
    @property
    def protocol_version(self) -> str | None: ...


COMMON = {"deregistration_delay.timeout_seconds": "300", "stickiness.enabled": "false"}
HEALTH_POLICY = {
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
CROSS_ZONE = {"load_balancing.cross_zone.enabled": "use_load_balancer_configuration"}
ALB = (
    COMMON
    | HEALTH_POLICY
    | CROSS_ZONE
    | {
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "86400",
        "stickiness.app_cookie.duration_seconds": "86400",
        "stickiness.app_cookie.cookie_name": "",
        "load_balancing.algorithm.type": "round_robin",
        "load_balancing.algorithm.anomaly_mitigation": "off",
        "slow_start.duration_seconds": "0",
    }
)
RESET_FORWARDING = {"routing.http2.rst_stream_error_forwarding.enabled": "false"}
VERSION: Mapping[str | None, Mapping[str, str]] = {
    "HTTP2": RESET_FORWARDING | {"waf.http2.traffic_inspection_behavior": "inspect_immediately"},
    "GRPC": RESET_FORWARDING,
}
"""Attributes that only groups of one protocol version have."""

TERMINATES = "target_health_state.unhealthy.connection_termination.enabled"
DRAINING = "target_health_state.unhealthy.draining_interval_seconds"
NLB = (
    COMMON
    | HEALTH_POLICY
    | CROSS_ZONE
    | {"stickiness.type": "source_ip", "proxy_protocol_v2.enabled": "false", DRAINING: "0"}
)
GATEWAY = (
    COMMON
    | CROSS_ZONE
    | {
        "stickiness.type": "source_ip_dest_ip_proto",
        "target_failover.on_deregistration": "no_rebalance",
        "target_failover.on_unhealthy": "no_rebalance",
        "send_tcp_reset.on_deregistration.enabled": "false",
        "send_tcp_reset.on_unhealthy.enabled": "false",
    }
)
LAMBDA = HEALTH_POLICY | {"lambda.multi_value_headers.enabled": "false"}


def defaults(group: TargetGroupFields) -> Mapping[str, str]:
    """AWS's values of attributes that nobody has set. elbplan leaves other keys alone unless the spec names them."""
    if group.target_type == "lambda":
        return LAMBDA
    if group.protocol == "GENEVE":
        return GATEWAY
    if group.protocol in HTTP:
        return {**ALB, **VERSION.get(group.protocol_version, {})}
    return _network(group)


def _network(group: TargetGroupFields) -> Mapping[str, str]:
    """The defaults of a network load balancer's group. Some depend on the protocol and the target type."""
    udp = group.protocol in UDP
    client_ip_hidden = group.target_type == "ip" and group.protocol in ("TCP", "TLS")
    return NLB | {
        "deregistration_delay.connection_termination.enabled": _text(udp),
        "preserve_client_ip.enabled": _text(not client_ip_hidden),
        TERMINATES: _text(not udp),
    }


def new_defaults(group: TargetGroupFields) -> Mapping[str, str]:
    """The defaults that elbplan learned after the first fingerprints. A fingerprint leaves them out."""
    if group.target_type == "lambda":
        known_before = {"lambda.multi_value_headers.enabled"}
    elif group.protocol == "GENEVE":
        known_before = {*COMMON}
    else:
        known_before = (
            {*ALB} if group.protocol in HTTP else {*COMMON, *HEALTH_POLICY, *CROSS_ZONE, "proxy_protocol_v2.enabled"}
        )
    return {key: value for key, value in defaults(group).items() if key not in known_before}


KEYS = frozenset(
    {*ALB, *VERSION["HTTP2"], *NLB, *GATEWAY, *LAMBDA, TERMINATES}
    | {"deregistration_delay.connection_termination.enabled", "preserve_client_ip.enabled"}
)
"""The keys of all groups."""


def _text(value: bool) -> str:
    return "true" if value else "false"


FAILOVER_COUNT = "target_group_health.dns_failover.minimum_healthy_targets.count"
EITHER = {FAILOVER_COUNT: ("1", "off")}
"""Defaults on which AWS's pages differ: API_TargetGroupAttribute says 1, the user guide says off. Without a value in
the spec, elbplan accepts both; a value of the spec is always sent."""


def sure_defaults(group: TargetGroupFields) -> dict[str, str]:
    """The defaults that a new group certainly has."""
    return {key: value for key, value in defaults(group).items() if key not in EITHER}


def settled_attributes(group: TargetGroupFields, wanted: Mapping[str, str], live: Mapping[str, str]) -> dict[str, str]:
    """The complete desired attributes. elbplan leaves attributes without a known default alone."""
    kept = {key: live[key] for key, either in EITHER.items() if live.get(key) in either}
    return {**live, **defaults(group), **kept, **wanted}


FIRST = {DRAINING: TERMINATES}
"""AWS accepts the first attribute only while the second is false, so elbplan resets it before it sets the second."""


def change_attributes(arn: str, before: Mapping[str, str], after: Mapping[str, str]) -> WriteProgram:
    """Changes the attributes that differ."""
    changed = {key: value for key, value in sorted(after.items()) if before.get(key) != value}
    for batch in _batches(changed):
        attributes = [{"Key": key, "Value": value} for key, value in batch.items()]
        params = {"TargetGroupArn": arn, "Attributes": attributes}
        yield Call("elbv2", "ModifyTargetGroupAttributes", params, retry_on=("TargetGroupNotFound",), timeout=60)
    return {}


def _batches(changed: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    first = {key: changed[key] for key, other in FIRST.items() if key in changed and changed.get(other) == "true"}
    rest = {key: value for key, value in changed.items() if key not in first}
    yield from (batch for batch in (first, rest) if batch)
