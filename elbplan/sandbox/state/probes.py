"""Routes that are probed after every write, and the gaps that were found."""

from dataclasses import dataclass, field
from typing import NamedTuple


class ProbedRoute(NamedTuple):
    name: str
    port: int
    host: str
    path: str


class ProbeGap(NamedTuple):
    """After this write a route was not answered."""

    write: int
    action: str
    route: ProbedRoute
    why: str


@dataclass
class ProbeWatch:
    routes: list[ProbedRoute] = field(default_factory=list)
    answered: set[ProbedRoute] = field(default_factory=set)
    gaps: list[ProbeGap] = field(default_factory=list)
