"""Hazards of whole load balancers: outage, dns-name-changes, route-removed, extra-cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.aws.load_balancer_facts import FAILED
from ...kinds.load_balancer import LoadBalancer
from ..timeline import NOTHING_HAPPENS, Timeline, Transition
from ..traffic_state import TrafficState

OUTAGE_SECONDS = 300
"""The usual time to delete a network load balancer, release its addresses and create its successor."""


def outage(timeline: Timeline) -> Iterator[Hazard]:
    """A resource must be deleted before its successor can be created, since both need the same thing."""
    start, end = timeline.start.state, timeline.end.state
    for old, new, transition in _replaced(timeline, start):
        if reason := timeline.kinds[old.kind].coexistence_conflict(start[old], end[new]):
            minutes = OUTAGE_SECONDS // 60
            text = f"{reason}: the old one is deleted first, so nothing answers for about {minutes} minutes"
            remedy = "give the new one other addresses, and point the name at it when it serves"
            also = _created(timeline, new)
            yield Hazard("outage", new, text, OUTAGE_SECONDS, transition.index, remedy, also)


def _replaced(timeline: Timeline, addresses: Iterable[Address]) -> Iterator[tuple[Address, Address, Transition]]:
    """The replacements: the old address, the address that stays, and the step that deletes the old resource."""
    end = timeline.end.state
    for old in addresses:
        others = [address for address in end if address[:2] == old[:2]] if old not in end else []
        if others:
            yield old, others[0], next(t for t in timeline.transitions if _deletes(t, old))


def _deletes(transition: Transition, address: Address) -> bool:
    return address in transition.before.state and address not in transition.after.state


def _created(timeline: Timeline, address: Address) -> tuple[int, ...]:
    """The steps that create a resource."""
    return tuple(t.index for t in timeline.transitions if address in t.after.state and address not in t.before.state)


def dns_name_changes(timeline: Timeline) -> Iterator[Hazard]:
    """A new load balancer has a new DNS name in AWS. It is no loss if no client used the old one, or it failed."""
    named = set(timeline.start.alias_targets.values())
    start = timeline.start.of(LoadBalancer)
    balancers = [address for address, old in start if address not in timeline.spare and old.state != FAILED]
    for old, new, transition in _replaced(timeline, balancers):
        if old not in named and any(other[:2] == old[:2] for other in named if isinstance(other, Address)):
            continue
        records = [record for record, balancer in timeline.start.alias_targets.items() if balancer == old]
        names = ", ".join(sorted(map(timeline.start.name_of, records)))
        moves = f"{names} will point at the new one, but " if names else ""
        text = f"the new load balancer has another DNS name in AWS: {moves}clients of the old DNS name are cut off"
        remedy = "leave what cannot change in place; or first move the clients to a name of yours (domain:)"
        also = _created(timeline, new)
        yield Hazard("dns-name-changes", new, text, step=transition.index, remedy=remedy, also=also)


FAMILIES = {
    "ipv4": frozenset({"IPv4"}),
    "dualstack": frozenset({"IPv4", "IPv6"}),
    "dualstack-without-public-ipv4": frozenset({"IPv6"}),
}


def family_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A load balancer loses its IPv6 addresses, or its public IPv4 addresses."""
    for transition in timeline.transitions:
        for address, before, balancer in transition.changed_to(LoadBalancer):
            if before is None or address in timeline.spare:
                continue
            for family in sorted(FAMILIES[before.ip_address_type] - FAMILIES[balancer.ip_address_type]):
                text = f"clients that have only {family} no longer reach it"
                remedy = f"keep ip_address_type: {before.ip_address_type} until the access logs show no such client"
                yield Hazard("route-removed", address, text, step=transition.index, remedy=remedy)


def extra_cost(timeline: Timeline) -> Iterator[Hazard]:
    """More load balancers than before, for ever or until a person approves. In a new stack they are no surprise."""
    if not timeline.start.listeners:
        return
    yield from _more_at_the_end(timeline)
    usual = max(_count(timeline.start), _count(timeline.end))
    for transition in timeline.transitions:
        if transition.step.person and (now := _count(transition.before)) > usual:
            text = f"{now} instead of {usual} load balancers are billed until a person approves"
            remedy = "hold for a time (hold: 1h) instead of an approval, or hold where only one of them runs"
            where = transition.address(_first(transition.before))
            yield Hazard("extra-cost", where, text, step=transition.index, remedy=remedy)


def _more_at_the_end(timeline: Timeline) -> Iterator[Hazard]:
    first, last = _count(timeline.start), _count(timeline.end)
    adopted = sum(_growth(t) for t in timeline.transitions if t.step.do in NOTHING_HAPPENS)
    if last - adopted > first:
        growing = [t for t in timeline.transitions if _growth(t) > 0 and t.step.do not in NOTHING_HAPPENS]
        text = f"{last} instead of {first} load balancers are billed from here on"
        remedy = "let the listeners and rules of one load balancer serve both, by host or path"
        where = growing[-1].address(_first(timeline.end))
        yield Hazard("extra-cost", where, text, step=growing[-1].index, remedy=remedy)


def _growth(transition: Transition) -> int:
    return _count(transition.after) - _count(transition.before)


def _count(traffic: TrafficState) -> int:
    return len(traffic.of(LoadBalancer))


def _first(traffic: TrafficState) -> Address:
    return next(address for address, _ in traffic.of(LoadBalancer))
