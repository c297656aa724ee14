"""Classic load balancers that lead no request to a server."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import Answer, ReadProgram
from ...cost.quantities import PUBLIC_IPV4
from ...cost.quantity import Quantity
from ...kinds.aws.moments import moment_text
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover
from ..words import aws, counted

TITLE = "Classic load balancers"
PERMISSIONS = ("elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeInstanceHealth")
IN_SERVICE = "InService"


def find_classic_balancers(region: str) -> ReadProgram[Finding]:
    """The Classic load balancers with no listener, no instance, or no instance that is in service."""
    call = ask("elb", "DescribeLoadBalancers")
    (answer,) = yield [call]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, region, [call], [answer]))
    raws = answer["LoadBalancerDescriptions"]
    filled = [raw for raw in raws if raw.get("Instances") and raw.get("ListenerDescriptions")]
    calls = [ask("elb", "DescribeInstanceHealth", LoadBalancerName=raw["LoadBalancerName"]) for raw in filled]
    answers = (yield calls) if calls else []
    health = {raw["LoadBalancerName"]: answer for raw, answer in zip(filled, answers, strict=True)}
    idle = [(raw, _why(raw, health.get(raw["LoadBalancerName"]))) for raw in raws]
    return Finding(
        [_leftover(raw, why, region) for raw, why in idle if why], not_checked(TITLE, region, calls, answers)
    )


def _why(raw: Mapping[str, Any], health: Answer) -> str:
    """Why the load balancer is idle; empty if it is not, or if AWS does not tell."""
    if not raw.get("ListenerDescriptions"):
        return "it has no listener"
    if not raw.get("Instances"):
        return "it has no instances"
    if not is_usable(health) or any(state["State"] == IN_SERVICE for state in health["InstanceStates"]):
        return ""
    return f"none of its {counted(len(raw['Instances']), 'instance')} is in service"


def _leftover(raw: Mapping[str, Any], why: str, region: str) -> Leftover:
    name, zones = raw["LoadBalancerName"], len(raw.get("AvailabilityZones") or ())
    since = moment_text(raw.get("CreatedTime"))
    public = raw.get("Scheme", "internet-facing") == "internet-facing" and zones
    return Leftover(
        "classic_load_balancer",
        name,
        region,
        f"Classic load balancer {name}",
        why,
        (aws(region, "elb", "delete-load-balancer", "--load-balancer-name", name),),
        [
            Quantity(name, "classic-hour", "Classic load balancer", Decimal(1)),
            *([Quantity(name, PUBLIC_IPV4, "public IPv4 of its zones", Decimal(zones))] if public else []),
        ],
        since,
        "created" if since else "",
        facts={"name": name, "type": "classic"},
    )
