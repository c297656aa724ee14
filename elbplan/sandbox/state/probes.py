"""Routes that are probed after every write, and the writes after which one did not answer."""

from dataclasses import dataclass, field
from typing import NamedTuple


class ProbedRoute(NamedTuple):
    name: str
    port: int
    host: str
    path: str


class ProbeGap(NamedTuple):
    """A route that did not answer after this write."""

    write: int
    action: str
    route: ProbedRoute
    why: str


@dataclass
class ProbeWatch:
    routes: list[ProbedRoute] = field(default_factory=list)
    answered: set[ProbedRoute] = field(default_factory=set)
    gaps: list[ProbeGap] = field(default_factory=list)
