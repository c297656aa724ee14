"""An idle load balancer as a leftover: what AWS bills of it, and the commands that end it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ...core.call import Answer
from ...cost.quantities import PUBLIC_IPV4
from ...cost.quantity import Quantity
from ...kinds.aws.load_balancer_attributes import PROTECTION
from ...kinds.aws.moments import moment_text
from ..leftover import Leftover
from ..words import aws, ending, stack_of

RESERVED = "reserved-lcu"
WITHOUT_IPV4 = "dualstack-without-public-ipv4"


@dataclass(frozen=True)
class IdleBalancer:
    """A load balancer as AWS describes it, and why it is idle.

    reserved   the capacity units that are reserved for it, which AWS bills too
    """

    raw: Mapping[str, Any]
    why: str
    tags: Mapping[str, str] = field(default_factory=dict)
    protected: bool = False
    reserved: int = 0

    @property
    def arn(self) -> str:
        return str(self.raw["LoadBalancerArn"])

    def with_details(self, tags: Mapping[str, str], attributes: Answer, capacity: Answer) -> IdleBalancer:
        """The same, with what further calls told; None for a call without an answer."""
        pairs = {pair["Key"]: pair.get("Value", "") for pair in (attributes or {}).get("Attributes") or ()}
        minimum = ((capacity or {}).get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits") or 0
        return replace(self, tags=tags, protected=pairs.get(PROTECTION) == "true", reserved=int(minimum))


def leftover_of(balancer: IdleBalancer, region: str) -> Leftover:
    """The leftover, with prices for itself, its public addresses and its reserved capacity."""
    raw, stack = balancer.raw, stack_of(balancer.tags)
    since = moment_text(raw.get("CreatedTime"))
    protected = {"protected": "true"} if balancer.protected else {}
    return Leftover(
        "load_balancer",
        balancer.arn,
        region,
        f"{raw['Type']} load balancer {raw['LoadBalancerName']}",
        balancer.why,
        ending(_commands(balancer, region), stack, region),
        list(_quantities(balancer)),
        since,
        "created" if since else "",
        stack,
        {"name": raw["LoadBalancerName"], "type": raw["Type"]} | protected,
    )


def _quantities(balancer: IdleBalancer) -> Iterator[Quantity]:
    raw = balancer.raw
    yield Quantity(balancer.arn, f"{raw['Type']}-hour", f"{raw['Type']} load balancer", Decimal(1))
    zones = len(raw.get("AvailabilityZones") or ())
    if raw.get("Scheme") == "internet-facing" and raw.get("IpAddressType") != WITHOUT_IPV4 and zones:
        yield Quantity(balancer.arn, PUBLIC_IPV4, "public IPv4 of its zones", Decimal(zones))
    if balancer.reserved:
        yield Quantity(balancer.arn, RESERVED, "reserved capacity units", Decimal(balancer.reserved))


def _commands(balancer: IdleBalancer, region: str) -> Iterator[str]:
    """AWS deletes no load balancer with deletion protection: OperationNotPermitted."""
    arn = ("--load-balancer-arn", balancer.arn)
    if balancer.protected:
        attribute = ("--attributes", f"Key={PROTECTION},Value=false")
        yield aws(region, "elbv2", "modify-load-balancer-attributes", *arn, *attribute)
    yield aws(region, "elbv2", "delete-load-balancer", *arn)
