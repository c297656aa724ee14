"""What AWS's description of a load balancer says beside its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FAILED = "failed"


def facts_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """The facts that other resources and gates need."""
    return {
        "dns_name": raw.get("DNSName") or "",
        "zone_id": raw.get("CanonicalHostedZoneId") or "",
        "state": _state(raw),
        "name": raw["LoadBalancerName"],
        "vpc": raw.get("VpcId") or "",
        "created": str(raw.get("CreatedTime") or ""),
        "zones": " ".join(sorted(zone.get("ZoneName") or "" for zone in raw.get("AvailabilityZones") or ())),
    }


def lasting_state(raw: Mapping[str, Any]) -> str:
    """`failed`, which never ends, or `active`: a load balancer is or becomes active; an impaired one also serves.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerState.html
    """
    return FAILED if _state(raw) == FAILED else "active"


def _state(raw: Mapping[str, Any]) -> str:
    return (raw.get("State") or {}).get("Code") or "active"
