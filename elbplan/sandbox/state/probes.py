"""Routes that are probed after every write, and the writes after which one did not answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .visitors import EVERYBODY, VISITOR_FIELDS, Visitor, visitor_of


class ProbedRoute(NamedTuple):
    """A request that is sent again and again.

    wanted   what the answer must have: pairs of a field of TrafficAnswer and its value
    """

    name: str
    port: int
    host: str
    path: str
    visitor: Visitor = EVERYBODY
    wanted: tuple[tuple[str, Any], ...] = ()


class ProbeGap(NamedTuple):
    """A route that did not answer, or not as wanted, after this write."""

    write: int
    action: str
    route: ProbedRoute
    why: str


@dataclass
class ProbeWatch:
    routes: list[ProbedRoute] = field(default_factory=list)
    answered: set[ProbedRoute] = field(default_factory=set)
    gaps: list[ProbeGap] = field(default_factory=list)


def probed_route(given: Sequence[Any]) -> ProbedRoute:
    """A route from JSON: name, port, host, path, and maybe a mapping with the visitor and what the answer must have."""
    more: Mapping[str, Any] = given[4] if len(given) > 4 else {}
    visitor = visitor_of({name: value for name, value in more.items() if name in VISITOR_FIELDS})
    wanted = tuple((name, value) for name, value in more.items() if name not in VISITOR_FIELDS)
    name, port, host, path = given[:4]
    return ProbedRoute(name, port, host, path, visitor, wanted)
