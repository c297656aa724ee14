"""Probes routes after every write."""

from ..account import Account
from ..server.call_log import LoggedCall
from ..state.probes import ProbedRoute, ProbeGap
from .model import answer


def begin(world: Account, routes: list[ProbedRoute]) -> None:
    world.watch.routes, world.watch.answered, world.watch.gaps = routes, set(), []
    _look(world, 0, "watch")


def after(world: Account, call: LoggedCall) -> None:
    if world.watch.routes:
        _look(world, call.write, call.action)


def now(world: Account) -> list[ProbeGap]:
    """All gaps so far, the present moment included."""
    _look(world, world.calls.last_write, "now")
    return world.watch.gaps


def _look(world: Account, write: int, action: str) -> None:
    for route in world.watch.routes:
        found = answer(world, *route)
        if found.ok:
            world.watch.answered.add(route)
        elif route in world.watch.answered:
            world.watch.gaps.append(ProbeGap(write, action, route, found.why))
        elif any(":loadbalancer/" in step for step in found.via) and route.name in found.via:
            world.watch.gaps.append(
                ProbeGap(
                    write,
                    action,
                    route,
                    f"{route.name} points at a load balancer that does not answer: {found.why}",
                )
            )
