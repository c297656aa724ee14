"""Who may come in: login-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.protections import protections
from ..timeline import Timeline, Transition
from ..traffic_state import TrafficState


def login_removed(film: Timeline) -> Iterator[Hazard]:
    """A route loses a login, a token check or the check of client certificates."""
    if not _any_protected(film):
        return
    for frame in film.transitions:
        for place, what in sorted(_lost(frame), key=str):
            text = f"{what} no longer stands in front of what {place} serves: whoever asks gets in"
            safe = f"leave it to its owner (ignore: [{_field(place, what)}]), or say it in the spec"
            yield Hazard("login-removed", frame.address(place), text, step=frame.index, remedy=safe)


def _any_protected(film: Timeline) -> bool:
    """Mostly nothing is: then nobody need look at each place in each state."""
    made = (after for frame in film.transitions for _, _, after in frame.came("listener", "rule"))
    return bool(_protected(film.start)) or any(map(protections, made))


def _field(place: Address, what: str) -> str:
    field = "leading_actions" if "-" in what else "mutual_authentication"
    return f"{place.kind}.{place.name}.{field}"


def _lost(frame: Transition) -> set[tuple[Address, str]]:
    """What is gone after a step, and where: at a place that stays, or on a route that another place serves now."""
    before = _protected(frame.before)
    if not before:
        return set()
    pairs = {(place, place) for place in before if place in frame.after.state}
    routes = frame.after.routes()
    pairs |= {
        (place, routes[route]) for route, place in frame.before.routes().items() if place in before and route in routes
    }
    after = _protected(frame.after)
    return {(new, what) for old, new in pairs for what in before[old] - after.get(new, frozenset())}


def _protected(world: TrafficState) -> dict[Address, frozenset[str]]:
    """Every listener and rule with something in front of it."""
    places = [*world.of("listener"), *world.of("rule")]
    return {address: found for address, place in places if (found := protections(place))}
