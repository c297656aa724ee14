"""The capacity that is reserved for a load balancer: reading it, reserving it, and waiting until AWS provides it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html

A reservation has no tags, and a person may make one by hand before a busy day. So a load balancer for which elbplan
reserves capacity has a tag; elbplan ends only such a reservation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.call import Call, GateStatus, ProbeProgram, WriteProgram
from ...core.cause import because
from ...core.kind import Gate, StepContext
from .load_balancer_attributes import UNSEEN
from .ownership import tag_list
from .queries import GONE

RESERVED = "elbplan:capacity"
"""The tag of a load balancer for which elbplan reserves capacity: the number of units."""

BUSY = ("CapacityReservationPending", "PriorRequestNotComplete")
"""Errors while AWS still works on an earlier request."""

HOURS = 14400
"""Seconds. "Most requests are typically fulfilled within a few minutes, but can take up to a few hours": as above."""


def reservation_of(arn: str) -> Call:
    """Reads the reservation of a load balancer."""
    return Call("elbv2", "DescribeCapacityReservation", {"LoadBalancerArn": arn}, done_if=GONE)


def reserved_units(answer: Mapping[str, Any]) -> int:
    """The minimum of capacity units in an answer of DescribeCapacityReservation; 0 without a reservation."""
    return int((answer.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits") or 0)


def is_ours(units: int, tags: Mapping[str, str], *, wanted: bool) -> bool:
    """True if the spec wants capacity for the load balancer, or if elbplan reserved exactly these units for it."""
    return wanted or tags.get(RESERVED) == str(units)


def reservation_tags(units: int) -> dict[str, str]:
    """The tag that says that elbplan reserves these units; none without a reservation."""
    return {RESERVED: str(units)} if units else {}


def change_reservation(arn: str, before: int, after: int) -> WriteProgram:
    """Reserves these units, or ends the reservation. The tag is there before the reservation, and goes after it."""
    params: dict[str, Any] = {"LoadBalancerArn": arn}
    if after:
        known = yield Call("elbv2", "DescribeTags", {"ResourceArns": [arn]}, retry_on=UNSEEN)
        tags = {tag["Key"]: tag.get("Value") for told in known["TagDescriptions"] for tag in told.get("Tags") or ()}
        if tags.get(RESERVED) != str(after):
            own = tag_list(reservation_tags(after))
            yield Call("elbv2", "AddTags", {"ResourceArns": [arn], "Tags": own}, retry_on=UNSEEN)
        params["MinimumLoadBalancerCapacity"] = {"CapacityUnits": after}
        yield Call("elbv2", "ModifyCapacityReservation", params, retry_on=(*UNSEEN, *BUSY), timeout=HOURS)
    elif before:
        params["ResetCapacityReservation"] = True
        yield Call("elbv2", "ModifyCapacityReservation", params, retry_on=BUSY, done_if=GONE, timeout=HOURS)
        yield Call("elbv2", "RemoveTags", {"ResourceArns": [arn], "TagKeys": [RESERVED]}, done_if=GONE)
    return {}


def provisioned(_: Any, context: StepContext) -> ProbeProgram:
    """Every zone has the reserved capacity. `failed` needs another request, since AWS does not try again."""
    answer = yield Call("elbv2", "DescribeCapacityReservation", {"LoadBalancerArn": context.id(context.address)})
    states = answer.get("CapacityReservationState") or ()
    codes = {(state.get("State") or {}).get("Code") or "pending" for state in states}
    reason = next((state["State"]["Reason"] for state in states if (state.get("State") or {}).get("Reason")), "")
    if "failed" in codes:
        return GateStatus("failed", "AWS has no capacity for it", because(reason or "AWS names no reason"))
    if codes <= {"provisioned"} and codes:
        return GateStatus("ready", f"{reserved_units(answer)} units")
    return GateStatus("waiting", "rebalancing" if "rebalancing" in codes else "being reserved", because(reason))


PROVISIONED = Gate(
    "provisioned",
    "AWS provides the reserved capacity",
    HOURS,
    provisioned,
    ("update",),
    usual="some minutes, at most a few hours",
    needed=lambda before, after: after.minimum_capacity_units not in (0, before.minimum_capacity_units),
)
