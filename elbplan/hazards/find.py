"""All hazards of a film, in the order of its steps. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..core.hazard import HAZARDS, Hazard
from .rules import dns as names
from .rules import foreign_children as foreign
from .rules import load_balancers as balancers
from .rules import logins as login
from .rules import ordering as order
from .rules import routes as traffic
from .rules import security as guards
from .rules import targets as pools
from .timeline import NOTHING_HAPPENS, Timeline

RULES: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (
    balancers.outage,
    traffic.gap,
    traffic.cold,
    traffic.deadlock,
    names.dns_early,
    names.dns_tail,
    balancers.replace,
    traffic.gone,
    pools.drain,
    pools.health,
    guards.opened,
    guards.plain,
    login.login_removed,
    names.cert,
    pools.zone,
    order.priority,
    guards.guard,
    balancers.bill,
    order.noreturn,
    order.loop,
    foreign.deletes_foreign_children,
    foreign.takes_record_of_stack,
)
AT_THE_END: tuple[Callable[[Timeline], Iterator[Hazard]], ...] = (order.loop, foreign.deletes_foreign_children)
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
