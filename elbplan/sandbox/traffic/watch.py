"""Routes that are watched: asked about after every write."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..server.call_log import LoggedCall

if TYPE_CHECKING:
    from ..account import Account


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

    def begin(self, world: "Account", routes: list[ProbedRoute]) -> None:
        self.routes, self.answered, self.gaps = routes, set(), []
        self._look(world, 0, "watch")

    def after(self, world: "Account", call: LoggedCall) -> None:
        if self.routes:
            self._look(world, call.write, call.action)

    def now(self, world: "Account") -> list[ProbeGap]:
        """All gaps so far, the present moment included."""
        self._look(world, world.calls.last_write, "now")
        return self.gaps

    def _look(self, world: "Account", write: int, action: str) -> None:
        from .model import answer

        for route in self.routes:
            found = answer(world, *route)
            if found.ok:
                self.answered.add(route)
            elif route in self.answered:
                self.gaps.append(ProbeGap(write, action, route, found.why))
            elif any(":loadbalancer/" in step for step in found.via) and route.name in found.via:
                self.gaps.append(
                    ProbeGap(
                        write,
                        action,
                        route,
                        f"{route.name} points at a load balancer that does not answer: {found.why}",
                    )
                )
