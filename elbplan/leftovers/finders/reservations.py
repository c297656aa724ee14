"""EC2 capacity reservations in which no instance runs: AWS bills a reservation like the instances that it is for.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-pricing-billing.html
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ...core.call import ReadProgram
from ...cost.prices import INSTANCE
from ...cost.quantity import Quantity
from ...kinds.aws.moments import moment_text
from ...live.filters import filter_by
from ..asking import ask, is_usable, not_checked
from ..leftover import Finding, Leftover
from ..words import aws, named, stack_of, tags_of

TITLE = "capacity reservations"
PERMISSIONS = ("ec2:DescribeCapacityReservations",)


def find_reservations(region: str) -> ReadProgram[Finding]:
    """The active capacity reservations that no instance uses."""
    call = ask("ec2", "DescribeCapacityReservations", **filter_by("state", ["active"]))
    (answer,) = yield [call]
    if not is_usable(answer):
        return Finding(not_checked=not_checked(TITLE, region, [call], [answer]))
    return Finding([_leftover(raw, region) for raw in answer["CapacityReservations"] if _is_unused(raw)])


def _is_unused(raw: Mapping[str, Any]) -> bool:
    total = raw.get("TotalInstanceCount", 0)
    return bool(total) and raw.get("AvailableInstanceCount") == total


def _leftover(raw: Mapping[str, Any], region: str) -> Leftover:
    id, type, number = raw["CapacityReservationId"], raw["InstanceType"], int(raw["TotalInstanceCount"])
    since = moment_text(raw.get("CreateDate"))
    return Leftover(
        "capacity_reservation",
        id,
        region,
        f"capacity reservation {named(id, tags_of(raw))}, {number} x {type}",
        "no instance runs in it",
        (aws(region, "ec2", "cancel-capacity-reservation", "--capacity-reservation-id", id),),
        [Quantity(id, f"{INSTANCE}{type}", f"reserved {type}", Decimal(number))],
        since,
        "created" if since else "",
        stack_of(tags_of(raw)),
        {"type": type, "count": str(number)},
    )
