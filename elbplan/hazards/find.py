"""All hazards of a timeline, in the order of its steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..core.hazard import HAZARDS, Hazard
from .rules import dns, foreign_children, load_balancers, logins, ordering, routes, security, targets
from .timeline import NOTHING_HAPPENS, Timeline

RULES: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (
    load_balancers.outage,
    routes.route_interrupted,
    routes.targets_unverified,
    routes.endless_wait,
    dns.dns_too_early,
    dns.dns_still_cached,
    load_balancers.dns_name_changes,
    routes.route_removed,
    targets.requests_cut_off,
    targets.health_check_changes,
    security.public_exposure,
    security.weaker_encryption,
    logins.login_removed,
    dns.certificate_invalid,
    targets.too_few_zones,
    ordering.priority_conflict,
    security.protection_removed,
    load_balancers.extra_cost,
    ordering.irreversible_before_hold,
    ordering.repeated_state,
    foreign_children.deletes_foreign_children,
    foreign_children.takes_record_of_stack,
)
AT_THE_END: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (
    ordering.repeated_state,
    foreign_children.deletes_foreign_children,
)
"""The end of a stack puts nothing of its own at risk, but what others hung on it."""
ANYWHERE = ("repeated-state",)
"""What is wrong even where nothing happens in AWS."""


def find_hazards(film: Timeline) -> tuple[Hazard, ...]:
    """Every hazard, one of a name at each step."""
    rules = RULES if film.end.state else AT_THE_END
    found = [hazard for rule in rules for hazard in rule(film) if _happens(film, hazard)]
    ranks = {name: rank for rank, name in enumerate(HAZARDS)}
    return tuple(sorted(_merged(found), key=lambda hazard: (hazard.step, ranks[hazard.name])))


def _happens(film: Timeline, hazard: Hazard) -> bool:
    return hazard.name in ANYWHERE or film.steps[hazard.step].do not in NOTHING_HAPPENS


def _merged(found: Iterable[Hazard]) -> Iterable[Hazard]:
    """What one step brings twice is told at once."""
    told: dict[tuple[str, int], Hazard] = {}
    for hazard in found:
        key = hazard.name, hazard.step
        if (first := told.get(key)) is None:
            told[key] = hazard
        elif hazard.text not in first.text:
            told[key] = replace(first, text=f"{first.text}; {hazard.text}")
    return told.values()
