"""Hazards of requests without an answer: route-interrupted, route-removed, targets-unverified, endless-wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...core.address import Address, Ref, without_deposed
from ...core.hazard import Hazard
from ...core.resource import Resource
from ...kinds.auto_scaling_attachment import AutoScalingAttachment
from ...kinds.aws.functions import functions_in
from ...kinds.listener import Listener
from ...kinds.rule import Rule
from ...kinds.target_group import TargetGroup
from ...kinds.targets import Targets
from ...kinds.traffic import answers, attached_groups, filled_group_of, scaled_groups, weighted
from ..routing import Route, front_of
from ..timeline import NOBODY, Timeline, Transition
from ..traffic_state import TrafficState
from .load_balancers import outage

MOST = 3
"""A text names so many routes and counts the rest."""


def routes_text(routes: Iterable[Route]) -> str:
    """Some routes by name, the others by number. A load balancer stands in a text only if no route has a DNS name."""
    every = sorted(routes, key=str)
    named = [str(route) for route in every if not route.front.startswith("load_balancer.")] or list(map(str, every))
    more = f" and {len(named) - MOST} more" if len(named) > MOST else ""
    return ", ".join(named[:MOST]) + more


def route_interrupted(timeline: Timeline) -> Iterator[Hazard]:
    """A route is served at the start and at the end, but not in between."""
    lasting = timeline.start.routes().keys() & timeline.end.routes().keys()
    forced = {front_of(hazard.address) for hazard in outage(timeline)}
    for transition, missing in zip(timeline.transitions[:-1], timeline.lost, strict=False):
        lost = {r: p for r, p in missing.items() if r in lasting and _front(transition.before, p) not in forced}
        if lost:
            text = f"served before and after, but not from this step on: {routes_text(lost)}"
            where = transition.address(next(iter(lost.values())))
            remedy = _better_order(transition)
            yield Hazard("route-interrupted", where, text, step=transition.index, remedy=remedy)


def _front(traffic: TrafficState, place: Address) -> str:
    """The front of a listener or rule. The hazard `outage` covers all routes of its front."""
    listener = traffic.get(Listener, _listener_of(place, traffic.state[place]))
    return front_of(listener.load_balancer) if listener is not None else ""


def _listener_of(address: Address, place: Resource) -> Ref:
    return place.listener if isinstance(place, Rule) else address


def _better_order(transition: Transition) -> str:
    if transition.step.do == "delete":
        return "first create the replacement, wait until it is healthy and shift to it; delete last"
    return "attach the other group at weight 0, wait until its targets are healthy, shift; detach the old group last"


def route_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A route is served at the start and not at the end; at the last step that removes it."""
    missing = set(timeline.start.routes()) - set(timeline.end.routes())
    for transition, taken in zip(reversed(timeline.transitions), reversed(timeline.lost), strict=True):
        lost = {route: place for route, place in taken.items() if route in missing}
        missing -= lost.keys()
        if lost:
            where = transition.address(next(iter(lost.values())))
            text = f"served before, and no longer from this step on: {routes_text(lost)}"
            remedy = "leave a redirect or a fixed answer in its place until no client asks for it"
            yield Hazard("route-removed", where, text, step=transition.index, remedy=remedy)


def targets_unverified(timeline: Timeline) -> Iterator[Hazard]:
    """Requests of a place in use go to a group of which no target was seen healthy."""
    for transition in timeline.transitions:
        for address, before, place in transition.changed_to(Listener, Rule):
            new = set(weighted(place)) - set(weighted(before))
            if new and serves_somebody(timeline, transition.before, address, place):
                yield from _unverified(timeline, transition, address, place, new)
        yield from _replaced_targets(timeline, transition)


def _unverified(
    timeline: Timeline, transition: Transition, address: Address, place: Resource, groups: set[Ref]
) -> Iterator[Hazard]:
    """A group that others fill matters only where requests were answered before."""
    answered = _answered(timeline, transition.before, address, place)
    for group in sorted(groups, key=str):
        ours = group in transition.after.filled_by_stack
        if (ours or answered) and not timeline.is_verified(group, transition.index):
            name = str(group).partition(".")[2] or str(group)
            kind = AutoScalingAttachment if group in scaled_groups(transition.after.state) else TargetGroup
            wait = f"{{do: wait, what: {(Targets if ours else kind).kind}.{name}, until: healthy}}"
            text = f"requests go to {group}, whose targets were never seen healthy"
            remedy = f"attach {group} at weight 0 first, then - {wait}, then shift"
            yield Hazard("targets-unverified", address, text, step=transition.index, remedy=remedy)


def _answered(timeline: Timeline, traffic: TrafficState, address: Address, place: Resource) -> bool:
    """True if requests got an answer before: from this place or, if it is new, from its listener."""
    if (before := traffic.state.get(address)) is not None:
        return answers(before, timeline.empty)
    if not isinstance(place, Rule):
        return False
    listener = traffic.get(Listener, place.listener)
    places = [*([listener] if listener else []), *(rule for _, rule in traffic.rules().get(place.listener, ()))]
    return any(answers(other, timeline.empty) for other in places)


def _replaced_targets(timeline: Timeline, transition: Transition) -> Iterator[Hazard]:
    """A step removes every target that was seen healthy and leaves others."""
    index = transition.index
    for address, before, targets in transition.changed_to(Targets):
        group = targets.group
        if not targets.members or group not in transition.after.serving:
            continue
        if before is not None and functions_in(member.address for member in before.members):
            text = f"{group} can have one function only, so requests get no answer until it has the new one"
            yield Hazard("route-interrupted", address, text, step=index, remedy=ANOTHER_GROUP)
            continue
        if timeline.is_verified(group, index) and not timeline.is_verified(group, index + 1):
            text = f"none of the targets that remain in {group} was ever seen healthy"
            remedy = f"register the new ones beside the old, wait until {address} is healthy, then remove the old"
            yield Hazard("targets-unverified", address, text, step=index, remedy=remedy)


ANOTHER_GROUP = "make a group with the new function, forward to it instead, and remove the old group last"


def serves_somebody(timeline: Timeline, traffic: TrafficState, address: Address, place: Resource) -> bool:
    """True if clients already send requests to this place, or to its listener."""
    at = _listener_of(address, place)
    if not isinstance(at, Address):
        return True  # a listener outside the stack has its own clients
    listener = traffic.get(Listener, at)
    if listener is None or at not in timeline.start.state:
        return False
    return in_use(timeline, traffic, listener.load_balancer)


def in_use(timeline: Timeline, traffic: TrafficState, balancer: Ref) -> bool:
    """True if clients use this load balancer: by a record or, if no record points at either side, by its DNS name."""
    named = set(traffic.alias_targets.values())
    if balancer in named or not isinstance(balancer, Address):
        return True
    return balancer in timeline.start.state and without_deposed(balancer) not in set(map(without_deposed, named))


def endless_wait(timeline: Timeline) -> Iterator[Hazard]:
    """A wait that never ends: AWS checks the health of a group only if a listener or rule uses it."""
    for transition in timeline.transitions:
        group = _waited_for(transition)
        if group is not None and group not in transition.before.attached:
            text = f"no listener or rule uses {group} at this step, so AWS never checks its health"
            remedy = f"attach {group} at weight 0 before the wait{_later(timeline, group)}"
            yield Hazard("endless-wait", transition.address(NOBODY), text, step=transition.index, remedy=remedy)


def _waited_for(transition: Transition) -> Ref | None:
    """The group for whose health the step waits."""
    if transition.waits(TargetGroup, "healthy"):
        return transition.step.what
    if transition.waits(Targets, "healthy") or transition.waits(AutoScalingAttachment, "healthy"):
        return filled_group_of(transition.before.state.get(transition.address(NOBODY)))
    return None


def _later(timeline: Timeline, group: Ref) -> str:
    """The place that uses the group at the end, if any."""
    users = (address for address, resource in timeline.end.state.items() if group in attached_groups(resource))
    place = next(users, None)
    return f", in an update of {place}" if place else ""
