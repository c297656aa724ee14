"""How much traffic a person expects: what AWS counts for the capacity units of a load balancer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class TrafficEstimate:
    """The traffic of a stack on average; 0 for what the spec leaves out."""

    new_connections_per_second: Decimal = Decimal(0)
    active_connections_per_minute: Decimal = Decimal(0)
    gb_per_hour: Decimal = Decimal(0)
    requests_per_second: Decimal = Decimal(0)
