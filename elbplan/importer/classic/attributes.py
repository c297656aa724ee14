"""The attributes of the new load balancer, and what of the old one has no successor. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_LoadBalancerAttributes.html
"""

from __future__ import annotations

from collections.abc import Iterator

from ..source import NotImported
from .read import ClassicFacts

IDLE, NETWORK_IDLE = 60, 350
DESYNC = "elb.http.desyncmitigationmode"


def balancer_attributes(facts: ClassicFacts, application: bool) -> dict[str, str]:
    """The attributes that differ from AWS's defaults."""
    if not application:
        crosses = (facts.attributes.get("CrossZoneLoadBalancing") or {}).get("Enabled")
        return {"load_balancing.cross_zone.enabled": "true"} if crosses else {}
    attributes = {}
    if (idle := _idle(facts)) != IDLE:
        attributes["idle_timeout.timeout_seconds"] = str(idle)
    if (mode := _desync(facts)) != "defensive":
        attributes["routing.http.desync_mitigation_mode"] = mode
    return attributes | _logs(facts)


def _idle(facts: ClassicFacts) -> int:
    return int((facts.attributes.get("ConnectionSettings") or {}).get("IdleTimeout") or IDLE)


def _desync(facts: ClassicFacts) -> str:
    further = {pair["Key"]: pair["Value"] for pair in facts.attributes.get("AdditionalAttributes") or ()}
    return str(further.get(DESYNC) or "defensive")


def _logs(facts: ClassicFacts) -> dict[str, str]:
    logs = facts.attributes.get("AccessLog") or {}
    if not logs.get("Enabled"):
        return {}
    place = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": logs.get("S3BucketName") or ""}
    return place | ({"access_logs.s3.prefix": logs["S3BucketPrefix"]} if logs.get("S3BucketPrefix") else {})


def attribute_differences(facts: ClassicFacts, application: bool) -> Iterator[NotImported]:
    """What the new load balancer does otherwise."""
    crosses = (facts.attributes.get("CrossZoneLoadBalancing") or {}).get("Enabled")
    logs = facts.attributes.get("AccessLog") or {}
    if application and not crosses:
        yield NotImported("cross-zone load balancing off", "an application load balancer always sends to all zones")
    if application and logs.get("Enabled") and logs.get("EmitInterval") == 60:
        yield NotImported("access logs every 60 minutes", "an application load balancer writes them every 5 minutes")
    if not application:
        if _idle(facts) != IDLE:
            yield NotImported(f"idle timeout {_idle(facts)} s", f"a network load balancer has {NETWORK_IDLE} s")
        if logs.get("Enabled"):
            yield NotImported("access logs", "a network load balancer logs only TLS, and needs another bucket policy")
