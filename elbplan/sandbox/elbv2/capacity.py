"""The capacity that is reserved for a load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
"""

from ..account import CallContext
from ..params import Params
from ..rules import rule
from . import find
from .balancers import description

DECREASES = 2
"""How often AWS lets a reservation be decreased in a day."""


@rule(23)
def modify_capacity_reservation(context: CallContext, params: Params) -> Params:
    """Reserves a minimum of capacity units until it is reset; a missing load balancer is refused.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyCapacityReservation.html
    """
    balancer = find.balancer(context, params["LoadBalancerArn"])
    reserved = context.account.memory("reserved capacity")
    wanted = (params.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits")
    if params.get("ResetCapacityReservation") or wanted is None:
        reserved.pop(balancer.arn, None)
    else:
        reserved[balancer.arn] = int(wanted)
    return describe_capacity_reservation(context, params)


def describe_capacity_reservation(context: CallContext, params: Params) -> Params:
    """The reserved units: API_DescribeCapacityReservation. Without a reservation there is no minimum."""
    balancer = find.balancer(context, params["LoadBalancerArn"])
    answer: Params = {"DecreaseRequestsRemaining": DECREASES}
    if units := context.account.memory("reserved capacity").get(balancer.arn):
        zones = [zone["ZoneName"] for zone in description(context, balancer)["AvailabilityZones"]]
        states = [{"State": {"Code": "provisioned"}, "AvailabilityZone": zone} for zone in zones]
        answer |= {"MinimumLoadBalancerCapacity": {"CapacityUnits": units}, "CapacityReservationState": states}
    return answer
