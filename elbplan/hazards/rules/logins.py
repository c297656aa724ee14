"""The hazard login-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.aws.logins import CLAIM, lost_protections
from ...kinds.aws.mutual_tls import CLIENT_CERTIFICATE, EXPIRY, IDENTITIES
from ...kinds.listener import Listener
from ...kinds.protections import protections
from ...kinds.rule import Rule
from ...kinds.trust_store import TrustStore
from ..timeline import Timeline, Transition
from ..traffic_state import TrafficState


def login_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A route loses a login, a token check or the check of client certificates."""
    if not _any_protected(timeline):
        return
    for transition in timeline.transitions:
        for place, protection in sorted(_lost(transition), key=str):
            in_part = protection.startswith(CLAIM) or protection in PARTS
            who = "more clients get in" if in_part else "everybody gets in"
            text = f"{protection} no longer protects what {place} serves: {who}"
            remedy = f"write it into the spec, or leave it to its owner (ignore: [{_field(place, protection)}])"
            yield Hazard("login-removed", transition.address(place), text, step=transition.index, remedy=remedy)


PARTS = (EXPIRY, IDENTITIES)
"""Parts of the check of client certificates."""


def revocations_removed(timeline: Timeline) -> Iterator[Hazard]:
    """A trust store has fewer revocation lists than before. A newer list in place of an older one is none less."""
    for transition in timeline.transitions:
        for address, before, store in transition.changed_to(TrustStore):
            if before is not None and len(store.revocations) < len(before.revocations):
                gone = ", ".join(location for location in before.revocations if location not in store.revocations)
                text = f"revoked certificates of {gone} are valid again: more clients get in"
                remedy = "keep the list in revocations:, or put a newer one in its place"
                yield Hazard("login-removed", address, text, step=transition.index, remedy=remedy)


def _any_protected(timeline: Timeline) -> bool:
    """Most timelines have no protected place, and then there is nothing to compare."""
    new = (after for t in timeline.transitions for _, _, after in t.changed_to(Listener, Rule))
    return bool(_protected(timeline.start)) or any(map(protections, new))


def _field(place: Address, protection: str) -> str:
    field = "mutual_authentication" if protection in (CLIENT_CERTIFICATE, *PARTS) else "leading_actions"
    return f"{place.kind}.{place.name}.{field}"


def _lost(transition: Transition) -> set[tuple[Address, str]]:
    """The protections that a step removes: from a place that stays, or from a route that another place serves now."""
    before = _protected(transition.before)
    if not before:
        return set()
    pairs = {(place, place) for place in before if place in transition.after.state}
    routes = transition.after.routes()
    pairs |= {
        (place, routes[route])
        for route, place in transition.before.routes().items()
        if place in before and route in routes
    }
    after = _protected(transition.after)
    gone = {(old, new): lost_protections(before[old], after.get(new, frozenset())) for old, new in pairs}
    return {(new, lost) for (_, new), each in gone.items() for lost in _without_parts(each)}


def _without_parts(lost: frozenset[str]) -> frozenset[str]:
    """Without the check of client certificates, its parts are gone too."""
    return lost - set(PARTS) if CLIENT_CERTIFICATE in lost else lost


def _protected(traffic: TrafficState) -> dict[Address, frozenset[str]]:
    """The protections of every listener and rule that has some."""
    places: list[tuple[Address, Listener | Rule]] = [*traffic.of(Listener), *traffic.of(Rule)]
    return {address: found for address, place in places if (found := protections(place))}
