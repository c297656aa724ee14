"""Which zones offer an instance type."""

from collections import defaultdict
from functools import cache

from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS

from ..account import CallContext
from ..errors import AwsError
from ..rules import rule
from . import facts


@rule(28)
def check_offered(context: CallContext, kind: str | None, subnet_id: str) -> None:
    """Not every zone has every type; moto has AWS's table of the offerings.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (Unsupported), and
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
    """
    subnet = facts.subnet(context, subnet_id)
    zones = _zones_by_type(context.region).get(kind or "", [])
    if kind and subnet is not None and subnet.availability_zone not in zones:
        raise AwsError(
            "Unsupported",
            f"Your requested instance type ({kind}) is not supported in your requested Availability Zone "
            f"({subnet.availability_zone}). Please retry your request by not specifying an Availability Zone or "
            f"choosing {', '.join(zones)}.",
        )


@cache
def _zones_by_type(region: str) -> dict[str, list[str]]:
    """The zones of each type. moto would search thousands of offerings for every launch."""
    zones: dict[str, list[str]] = defaultdict(list)
    for offering in INSTANCE_TYPE_OFFERINGS["availability-zone"].get(region, []):
        zones[offering["InstanceType"]].append(offering["Location"])
    return {kind: sorted(found) for kind, found in zones.items()}
