"""The reasons for which a target is not healthy, and remedies.

The reasons are those of https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.call import Readiness

CAUSES = {
    "Target.Timeout": (
        "no answer in time: does the server's security group let the balancer in on that port, "
        "and does the application listen on it (not only on 127.0.0.1)?"
    ),
    "Target.FailedHealthChecks": (
        "the connection was refused or broke: does the application run, on this port, with this protocol? "
        "on the server try: curl -i http://localhost:PORT/PATH"
    ),
    "Target.ResponseCodeMismatch": (
        "the application answers with another code: 404 means the health path does not exist, "
        "301 or 401 mean that the application redirects or wants a login first"
    ),
    "Target.NotInUse": "nothing forwards to the group, or its zone is not one of the balancer's (zones:)",
    "Target.NotRegistered": "it is not registered: did somebody deregister it by hand?",
    "Target.InvalidState": "the instance is stopped or terminated: start it, or remove it from the spec",
    "Target.IpUnusable": "this address belongs to a load balancer: use the address of the real target",
    "Target.HealthCheckDisabled": "health checks are off for this group",
    "Elb.InternalError": "AWS had an internal error; it usually passes",
}

WELL = ("healthy", "unavailable")
"""The states of a target that can get requests. `unavailable`: the group has no health checks."""

NEVER = ("Target.InvalidState", "Target.IpUnusable")
"""Reasons that do not change by waiting."""


def gate_status_of(health: Mapping[str, Any]) -> Readiness:
    """The state of a gate that waits for one target."""
    if health["State"] in WELL:
        return "ready"
    if health.get("Reason") in NEVER:
        return "failed"
    return "failing" if health["State"] == "unhealthy" else "waiting"


def health_text(id: str, health: Mapping[str, Any]) -> str:
    """`i-0abc is unhealthy: Target.Timeout (Request timed out): does ...`"""
    reason, description = health.get("Reason", ""), health.get("Description", "")
    text = f"{id} is {health['State']}"
    if reason:
        text += f": {reason}{f' ({description})' if description else ''}"
    return f"{text}: {CAUSES[reason]}" if reason in CAUSES else text
