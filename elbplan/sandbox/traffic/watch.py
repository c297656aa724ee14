"""Routes that are watched: asked about after every write."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..server.call_log import Call

if TYPE_CHECKING:
    from ..account import World


class Route(NamedTuple):
    name: str
    port: int
    host: str
    path: str


class Gap(NamedTuple):
    """After this write a route was not answered."""

    write: int
    action: str
    route: Route
    why: str


@dataclass
class Watch:
    routes: list[Route] = field(default_factory=list)
    answered: set[Route] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)

    def begin(self, world: "World", routes: list[Route]) -> None:
        self.routes, self.answered, self.gaps = routes, set(), []
        self._look(world, 0, "watch")

    def after(self, world: "World", call: Call) -> None:
        if self.routes:
            self._look(world, call.write, call.action)

    def now(self, world: "World") -> list[Gap]:
        """All gaps so far, the present moment included."""
        self._look(world, world.calls.last_write, "now")
        return self.gaps

    def _look(self, world: "World", write: int, action: str) -> None:
        from .model import answer

        for route in self.routes:
            found = answer(world, *route)
            if found.ok:
                self.answered.add(route)
            elif route in self.answered:
                self.gaps.append(Gap(write, action, route, found.why))
            elif any(":loadbalancer/" in step for step in found.via) and route.name in found.via:
                self.gaps.append(
                    Gap(
                        write,
                        action,
                        route,
                        f"{route.name} points at a load balancer that does not answer: {found.why}",
                    )
                )
