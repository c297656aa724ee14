"""Capacity reservations of EC2, which moto does not have. An instance that is launched here uses none.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CapacityReservation.html
"""

from typing import Any

from ..account import CallContext
from ..errors import AwsError
from ..params import Params
from ..rules import rule
from ..tags import Tags, to_pairs

Reservations = dict[str, dict[str, Any]]


def _stored(context: CallContext) -> Reservations:
    stored: Reservations = context.account.memory("capacity reservations").setdefault(context.region, {})
    return stored


def create(context: CallContext, params: Params) -> dict[str, Any]:
    """Creates an active reservation: API_CreateCapacityReservation."""
    specified = params.get("TagSpecifications") or []
    tags = {tag["Key"]: tag.get("Value", "") for each in specified for tag in each.get("Tags") or ()}
    id = add(context, "", type=params["InstanceType"], number=int(params["InstanceCount"]), tags=tags)
    return {"CapacityReservation": _stored(context)[id]}


def add(
    context: CallContext, id: str, type: str = "t3.micro", number: int = 1, used: int = 0, tags: Tags | None = None
) -> str:
    """Adds a reservation in which so many instances run already, and returns its id."""
    id = id or f"cr-{next(context.account.numbers):017x}"
    _stored(context)[id] = {
        "CapacityReservationId": id,
        "OwnerId": context.account.id,
        "InstanceType": type,
        "InstancePlatform": "Linux/UNIX",
        "AvailabilityZone": f"{context.region}a",
        "Tenancy": "default",
        "TotalInstanceCount": number,
        "AvailableInstanceCount": number - used,
        "State": "active",
        "CreateDate": context.account.clock.stamp(),
        "Tags": to_pairs(tags or {}),
    }
    return id


@rule(30)
def describe(context: CallContext, params: Params) -> dict[str, Any]:
    """AWS lists reservations in all states; the filter `state` selects: API_DescribeCapacityReservations."""
    wanted = {f["Name"]: f.get("Values") or [] for f in params.get("Filters") or []}
    found = [r for r in _stored(context).values() if "state" not in wanted or r["State"] in wanted["state"]]
    return {"CapacityReservations": found}


def cancel(context: CallContext, params: Params) -> dict[str, Any]:
    """Ends a reservation: API_CancelCapacityReservation."""
    reservation = _stored(context).get(params["CapacityReservationId"])
    if reservation is None:
        what = f"The capacity reservation '{params['CapacityReservationId']}' does not exist"
        raise AwsError("InvalidCapacityReservationId.NotFound", what)
    reservation |= {"State": "cancelled", "AvailableInstanceCount": 0}
    return {"Return": True}
