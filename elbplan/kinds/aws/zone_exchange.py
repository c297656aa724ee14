"""The order in which a network load balancer changes the addresses of its zones. Pure.

AWS gives a zone its addresses only when the load balancer enters the zone. So another Elastic IP in a zone means: leave
the zone, wait until the load balancer is active, enter it again.
https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...core.address import Ref
from .fixed_addresses import FixedAddress, Pins, pins_by_subnet

Zones = dict[Ref, FixedAddress]
"""The subnets of a load balancer, each with its addresses."""


def zones(subnets: Sequence[Ref], pins: Pins) -> Zones:
    """The subnets, each with its addresses; a subnet without any has an empty one."""
    named = pins_by_subnet(pins)
    return {subnet: named.get(subnet, FixedAddress(subnet=subnet)) for subnet in subnets}


def widened(before: Zones, after: Zones) -> Zones:
    """The old zones with the new ones, except those that need an address which an old zone still has."""
    held = {pin.fixed for pin in before.values()} - {None}
    new = {subnet: pin for subnet, pin in after.items() if subnet not in before and pin.fixed not in held}
    return {**before, **{s: _free_part(before[s], after[s]) for s in before if s in after}, **new}


def _free_part(before: FixedAddress, after: FixedAddress) -> FixedAddress:
    """The old addresses of a zone; its prefix for source NAT changes in place."""
    return before.model_copy(update={"source_nat_prefix": after.source_nat_prefix or before.source_nat_prefix})


def exchanges(current: Zones, after: Zones) -> Iterator[Zones]:
    """The zones after each call, from the widened ones to those in which every zone of `after` has its addresses."""
    now = dict(current)
    for subnet in [s for s in current if s in after and current[s].lasting != after[s].lasting]:
        now = {other: pin for other, pin in now.items() if other != subnet}
        yield now
        now = {**now, subnet: after[subnet]}
        yield now
    for subnet in [s for s in after if s not in now]:
        holder = next((s for s, pin in now.items() if pin.fixed and pin.fixed == after[subnet].fixed), None)
        if holder is not None:
            now = {other: pin for other, pin in now.items() if other != holder}
            yield now
        now = {**now, subnet: after[subnet]}
        yield now


def is_possible(before: Zones, after: Zones) -> bool:
    """False if a load balancer would be without zones meanwhile, or if two zones need each other's addresses."""
    now = widened(before, after)
    for then in exchanges(now, after):
        entered = [pin.fixed for subnet, pin in then.items() if subnet not in now and pin.fixed]
        if not then or {pin.fixed for pin in now.values()} & set(entered):
            return False
        now = then
    return True
