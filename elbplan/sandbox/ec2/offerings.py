"""Which zones offer an instance type."""

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
    found = context.ec2.describe_instance_type_offerings("availability-zone", {"instance-type": [kind]})
    zones = sorted(offering["Location"] for offering in found)
    if kind and subnet is not None and subnet.availability_zone not in zones:
        raise AwsError(
            "Unsupported",
            f"Your requested instance type ({kind}) is not supported in your requested Availability Zone "
            f"({subnet.availability_zone}). Please retry your request by not specifying an Availability Zone or "
            f"choosing {', '.join(zones)}.",
        )
