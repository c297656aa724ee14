"""The capacity that is reserved for a load balancer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
"""

from dataclasses import dataclass

from ..account import CallContext
from ..errors import AwsError, misconfigured, validation
from ..params import Params
from ..rules import rule
from ..state.elbv2 import StoredBalancer
from . import find
from .balancers import description

DECREASES = 2
"""How often AWS lets a reservation be decreased in a day."""


@dataclass
class Reservation:
    """A reservation of a load balancer, and when AWS provides the capacity."""

    units: int
    ready_at: float

    def state(self, now: float) -> str:
        return "pending" if now <= self.ready_at else "provisioned"


def modify_capacity_reservation(context: CallContext, params: Params) -> Params:
    balancer = find.balancer(context, params["LoadBalancerArn"])
    reserved = context.account.memory("reserved capacity")
    wanted = (params.get("MinimumLoadBalancerCapacity") or {}).get("CapacityUnits")
    _check_request(context, balancer, wanted, reset=bool(params.get("ResetCapacityReservation")))
    before = reserved.pop(balancer.arn, None)
    if wanted is not None:
        _count_decrease(context, balancer, before, int(wanted))
        reserved[balancer.arn] = Reservation(int(wanted), context.now + context.timing.balancer_active)
    return describe_capacity_reservation(context, params)


@rule(23)
def _check_request(context: CallContext, balancer: StoredBalancer, wanted: int | None, *, reset: bool) -> None:
    """A number or a reset; no request while AWS works on another one; not for gateways and TLS listeners.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyCapacityReservation.html
    (CapacityReservationPending, CapacityUnitsLimitExceeded) and
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/request-capacity-unit-reservation.html ("LCU
    reservation is not supported on Network Load Balancers using TLS listeners", "the previous request must be
    provisioned or failed"). Which error comes for a TLS listener is not documented.
    """
    if wanted is None and not reset:
        raise validation("Either MinimumLoadBalancerCapacity or ResetCapacityReservation must be specified")
    if balancer.type == "gateway":
        raise misconfigured("Capacity reservation is not supported for load balancers of type gateway")
    if any(listener.protocol == "TLS" for listener in context.elb.listeners_of(balancer.arn)) and wanted:
        raise misconfigured("Capacity reservation is not supported for load balancers with TLS listeners")
    current = context.account.memory("reserved capacity").get(balancer.arn)
    if current and current.state(context.now) == "pending":
        raise AwsError("CapacityReservationPending", "There is a pending capacity reservation")
    if wanted and wanted > context.account.quota("capacity_units"):
        raise AwsError("CapacityUnitsLimitExceeded", "The maximum number of capacity units has been exceeded")


@rule(23)
def _count_decrease(context: CallContext, balancer: StoredBalancer, before: Reservation | None, wanted: int) -> None:
    """Two decreases a day: as above ("you can only decrease the reserved capacity two times per day").

    The code is that of API_ModifyCapacityReservation: CapacityDecreaseRequestLimitExceeded.
    """
    if before is None or wanted >= before.units:
        return
    days = context.account.memory("capacity decreases").setdefault(balancer.arn, [])
    days[:] = [at for at in days if at > context.now - 86400]
    if len(days) >= DECREASES:
        context.account.memory("reserved capacity")[balancer.arn] = before
        raise AwsError("CapacityDecreaseRequestLimitExceeded", "The daily limit of capacity decreases has been reached")
    days.append(context.now)


def describe_capacity_reservation(context: CallContext, params: Params) -> Params:
    """The reserved units: API_DescribeCapacityReservation. Without a reservation there is no minimum."""
    balancer = find.balancer(context, params["LoadBalancerArn"])
    used = len(context.account.memory("capacity decreases").get(balancer.arn, []))
    answer: Params = {"DecreaseRequestsRemaining": DECREASES - used}
    if reservation := context.account.memory("reserved capacity").get(balancer.arn):
        code = reservation.state(context.now)
        zones = [zone["ZoneName"] for zone in description(context, balancer)["AvailabilityZones"]]
        states = [{"State": {"Code": code}, "AvailabilityZone": zone} for zone in zones]
        units = {"CapacityUnits": reservation.units}
        answer |= {"MinimumLoadBalancerCapacity": units, "CapacityReservationState": states}
    return answer
