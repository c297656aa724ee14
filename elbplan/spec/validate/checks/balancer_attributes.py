"""Checks the attributes of load balancers: their type, and the values that AWS accepts.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....core.hidden import Hidden
from ....kinds.aws.load_balancer_attributes import DEFAULTS, NEVER_BACK
from ....kinds.load_balancer import LoadBalancer
from .subject import Subject

RANGES: Mapping[str, tuple[int, int]] = {
    "idle_timeout.timeout_seconds": (1, 4000),
    "client_keep_alive.seconds": (60, 604800),
    "secondary_ips.auto_assigned.per_subnet": (0, 7),
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "routing.http.desync_mitigation_mode": ("monitor", "defensive", "strictest"),
    "routing.http.xff_header_processing.mode": ("append", "preserve", "remove"),
    "dns_record.client_routing_policy": (
        "any_availability_zone",
        "partial_availability_zone_affinity",
        "availability_zone_affinity",
    ),
}
SWITCH = ("true", "false")
ALWAYS_ON = "load_balancing.cross_zone.enabled"
"""Of an application load balancer: "The default for Application Load Balancers is true, and can't be changed"."""


def check(subject: Subject) -> None:
    """Reports attributes of other types of load balancers, and values that AWS refuses."""
    for address, balancer in subject.of("load_balancer"):
        for key, value in balancer.attributes.items():
            if isinstance(value, Hidden) and not value.known:
                continue
            for what, hint in _problems(balancer, key, value):
                subject.problem(address, ("attributes", key), what, hint)


def _problems(balancer: LoadBalancer, key: str, value: str) -> Iterator[tuple[str, str]]:
    if other := _other_types(balancer.type, key):
        what = f"{key} is an attribute of {' and '.join(other)} load balancers"
        yield what, f"remove the line: this one is of type {balancer.type}"
    elif key == ALWAYS_ON and balancer.type == "application" and value != "true":
        what = "an application load balancer always sends requests to all zones"
        yield what, "remove the line; a group can turn it off for itself"
    elif key in RANGES:
        low, high = RANGES[key]
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            yield f"{_shown(value)} is out of range for {key}", f"write a number from {low} to {high}"
    elif (choices := _choices(balancer.type, key)) and value not in choices:
        yield f"{key} cannot be {_shown(value)}", f"write {', '.join(choices[:-1])} or {choices[-1]}"


def _shown(value: str) -> str:
    return "this value" if isinstance(value, Hidden) else value or '""'


def _other_types(type: str, key: str) -> list[str]:
    """The types that have the attribute, if this one has not; empty also for an attribute that nobody knows."""
    return [] if key in _keys(type) else [other for other in DEFAULTS if key in _keys(other)]


def _keys(type: str) -> set[str]:
    return {*DEFAULTS[type], *NEVER_BACK[type]}


def _choices(type: str, key: str) -> tuple[str, ...]:
    if key in CHOICES:
        return CHOICES[key]
    return SWITCH if key == ALWAYS_ON or DEFAULTS[type].get(key) in SWITCH else ()
