"""Short words for the attributes of target groups, beside AWS's own keys.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.duration import parse_duration

FLOOR = "target_group_health"
UNHEALTHY = "target_health_state.unhealthy"
WORDS: Mapping[str, Sequence[str]] = {
    "algorithm": ("load_balancing.algorithm.type",),
    "anomaly_mitigation": ("load_balancing.algorithm.anomaly_mitigation",),
    "cross_zone": ("load_balancing.cross_zone.enabled",),
    "client_ip": ("preserve_client_ip.enabled",),
    "proxy_protocol": ("proxy_protocol_v2.enabled",),
    "end_connections": ("deregistration_delay.connection_termination.enabled",),
    "end_unhealthy_connections": (f"{UNHEALTHY}.connection_termination.enabled",),
    "unhealthy_drain": (f"{UNHEALTHY}.draining_interval_seconds",),
    "failover": ("target_failover.on_deregistration", "target_failover.on_unhealthy"),
    "tcp_reset": ("send_tcp_reset.on_deregistration.enabled", "send_tcp_reset.on_unhealthy.enabled"),
    "dns_failover_count": (f"{FLOOR}.dns_failover.minimum_healthy_targets.count",),
    "dns_failover_percentage": (f"{FLOOR}.dns_failover.minimum_healthy_targets.percentage",),
    "all_targets_count": (f"{FLOOR}.unhealthy_state_routing.minimum_healthy_targets.count",),
    "all_targets_percentage": (f"{FLOOR}.unhealthy_state_routing.minimum_healthy_targets.percentage",),
    "forward_resets": ("routing.http2.rst_stream_error_forwarding.enabled",),
    "waf_inspection": ("waf.http2.traffic_inspection_behavior",),
}
"""The keys of AWS for each word."""

SWITCHES: Mapping[str, Mapping[str, str]] = {
    "anomaly_mitigation": {"true": "on", "false": "off"},
    "failover": {"true": "rebalance", "false": "no_rebalance"},
    "dns_failover_count": {"false": "off"},
    "dns_failover_percentage": {"false": "off"},
    "all_targets_percentage": {"false": "off"},
}
"""AWS's values for true and false, where they are others. YAML reads an unquoted off as false."""

DURATIONS = ("unhealthy_drain",)


def keys_of_word(word: str) -> Sequence[str]:
    """AWS's keys for a short word; every other key stands for itself."""
    return WORDS.get(word, (word,))


def expanded_words(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes with AWS's own keys and values. A key of AWS wins over a word."""
    found: dict[str, Any] = {}
    for word, value in attributes.items():
        found |= dict.fromkeys(WORDS.get(word, ()), _value(word, value))
    return found | {key: value for key, value in attributes.items() if key not in WORDS}


def _value(word: str, value: Any) -> Any:
    text = str(value).lower() if isinstance(value, bool) else value
    if word in DURATIONS and isinstance(text, str | int):
        try:
            return parse_duration(text)
        except ValueError:
            return text
    return SWITCHES.get(word, {}).get(text, text) if isinstance(text, str) else text
