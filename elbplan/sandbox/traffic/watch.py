"""Probes routes after every write."""

from ..account import Account
from ..server.call_log import LoggedCall
from ..state.probes import ProbedRoute, ProbeGap
from .model import answer


def begin(account: Account, routes: list[ProbedRoute]) -> None:
    account.watch.routes, account.watch.answered, account.watch.gaps = routes, set(), []
    _probe(account, 0, "watch")


def after(account: Account, call: LoggedCall) -> None:
    if account.watch.routes:
        _probe(account, call.write, call.action)


def now(account: Account) -> list[ProbeGap]:
    """Probes the routes once more and returns all gaps so far."""
    _probe(account, account.calls.last_write, "now")
    return account.watch.gaps


def _probe(account: Account, write: int, action: str) -> None:
    for route in account.watch.routes:
        reply = answer(account, *route)
        if reply.ok:
            account.watch.answered.add(route)
        elif route in account.watch.answered:
            account.watch.gaps.append(ProbeGap(write, action, route, reply.why))
        elif any(":loadbalancer/" in step for step in reply.via) and route.name in reply.via:
            account.watch.gaps.append(
                ProbeGap(
                    write,
                    action,
                    route,
                    f"{route.name} points at a load balancer that does not answer: {reply.why}",
                )
            )
