"""Requests that find nobody: gap, gone, cold, deadlock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...kinds.traffic import answers, attached_groups, target_group_of, weighted, weighted_groups
from ..timeline import NOBODY, Timeline, Transition
from ..traffic_state import Route, TrafficState, front_of, without_deposed
from .load_balancers import outage

MOST = 3
"""So many routes are named; the rest is counted."""


def routes_text(routes: Iterable[Route]) -> str:
    """Some routes by name, the others by number; a balancer's own name only where no better one is known."""
    every = sorted(routes, key=str)
    named = [str(route) for route in every if not route.front.startswith("load_balancer.")] or list(map(str, every))
    more = f" and {len(named) - MOST} more" if len(named) > MOST else ""
    return ", ".join(named[:MOST]) + more


def route_interrupted(film: Timeline) -> Iterator[Hazard]:
    """A route of both ends that is not served in between."""
    lasting = film.start.routes().keys() & film.end.routes().keys()
    forced = {front_of(hazard.address) for hazard in outage(film)}
    for frame, missing in zip(film.transitions[:-1], film.lost, strict=False):
        lost = {r: at for r, at in missing.items() if r in lasting and _front(frame.before, at) not in forced}
        if lost:
            text = f"served before and after, but not from this step on: {routes_text(lost)}"
            where = frame.address(next(iter(lost.values())))
            yield Hazard("route-interrupted", where, text, step=frame.index, remedy=_instead(frame))


def _front(world: TrafficState, at: Address) -> str:
    """The balancer of a listener or rule; what its outage says need not be said again."""
    place: Any = world.state[at]
    listener: Any = world.state[place.listener] if hasattr(place, "listener") else place
    return front_of(listener.load_balancer)


def _instead(frame: Transition) -> str:
    if frame.step.do == "delete":
        return "first make what takes its place, wait until it is healthy and shift to it; delete last"
    return "attach the other group at weight 0, wait until its targets are healthy, shift; let the old one go last"


def route_removed(film: Timeline) -> Iterator[Hazard]:
    """A route of the start that the end has not; at the step that takes it."""
    missing = set(film.start.routes()) - set(film.end.routes())
    for frame, taken in zip(reversed(film.transitions), reversed(film.lost), strict=True):
        lost = {route: place for route, place in taken.items() if route in missing}
        missing -= lost.keys()
        if lost:
            where = frame.address(next(iter(lost.values())))
            text = f"served before, and no more: {routes_text(lost)}"
            safe = "leave a redirect or a fixed answer in its place until nobody asks for it"
            yield Hazard("route-removed", where, text, step=frame.index, remedy=safe)


def targets_unverified(film: Timeline) -> Iterator[Hazard]:
    """Where somebody is served, requests go to a group of which no target was ever seen healthy."""
    for frame in film.transitions:
        for address, before, resource in frame.came("listener", "rule"):
            new = set(weighted(resource)) - set(weighted(before))
            if new and serves_somebody(film, frame.before, address, resource):
                answered = _answered(film, frame.before, address, resource)
                for group in sorted(new, key=str):
                    theirs = group not in frame.after.filled_by_stack
                    if not film.is_verified(group, frame.index) and (answered or not theirs):
                        yield _cold(frame, address, group, "target_group" if theirs else "targets")
        yield from _strangers(film, frame)


def _answered(film: Timeline, world: TrafficState, address: Address, resource: Any) -> bool:
    """Did those who come here get an answer before, from this place or, if it is new, from its listener?"""
    if (before := world.state.get(address)) is not None:
        return answers(before, film.empty)
    listener: Any = getattr(resource, "listener", None)
    places = [world.state.get(listener), *(rule for _, rule in world.rules().get(listener, ()))]
    return any(answers(place, film.empty) for place in places if place is not None)


def _cold(frame: Transition, address: Address, group: Ref, kind: str) -> Hazard:
    text = f"requests go to {group}, whose targets were never seen healthy"
    name = str(group).partition(".")[2] or str(group)
    safe = f"attach {group} at weight 0 first, then - {{do: wait, what: {kind}.{name}, until: healthy}}, then shift"
    return Hazard("targets-unverified", address, text, step=frame.index, remedy=safe)


def _strangers(film: Timeline, frame: Transition) -> Iterator[Hazard]:
    """Targets that take the place of all that were known to be well."""
    for address, _, targets in frame.came("targets"):
        group = target_group_of(targets)
        if group is None or group not in frame.after.serving:
            continue
        if targets.members and film.is_verified(group, frame.index) and not film.is_verified(group, frame.index + 1):
            text = f"none of the targets that {group} is left with was ever seen healthy"
            safe = f"register the new ones beside the old, wait until {address} is healthy, then let the old go"
            yield Hazard("targets-unverified", address, text, step=frame.index, remedy=safe)


def serves_somebody(film: Timeline, world: TrafficState, address: Address, resource: Any) -> bool:
    """Is this a place, or on a listener, that people's requests reach already?"""
    listener = address if address.kind == "listener" else getattr(resource, "listener", None)
    if not isinstance(listener, Address):
        return True  # somebody else's, who did not make it for us
    there: Any = world.state.get(listener)
    if there is None or listener not in film.start.state:
        return False
    return in_use(film, world, there.load_balancer)


def in_use(film: Timeline, world: TrafficState, balancer: Ref) -> bool:
    """Do people come to this balancer? By a name; or, where no name leads to it or its other side, by AWS's own."""
    led = set(world.alias_targets.values())
    if balancer in led or not isinstance(balancer, Address):
        return True
    return balancer in film.start.state and without_deposed(balancer) not in set(map(without_deposed, led))


def endless_wait(film: Timeline) -> Iterator[Hazard]:
    """A wait that never ends: only a group that a listener or rule uses is health-checked."""
    for frame in film.transitions:
        if frame.waits("targets", "healthy") or frame.waits("target_group", "healthy"):
            where = frame.address(NOBODY)
            group = where if where.kind == "target_group" else target_group_of(frame.before.state.get(where))
            if group is not None and group not in frame.before.attached:
                text = f"no listener or rule uses {group} at this step, so AWS never checks its health"
                safe = f"attach {group} at weight 0 before the wait{_how(film, group)}"
                yield Hazard("endless-wait", where, text, step=frame.index, remedy=safe)


def _how(film: Timeline, group: Ref) -> str:
    """Where it is attached later, if it is."""
    places: Mapping[Address, Any] = film.end.state
    place = next((address for address, r in places.items() if group in attached_groups(r) and weighted_groups(r)), None)
    return f", in an update of {place}" if place else ""
