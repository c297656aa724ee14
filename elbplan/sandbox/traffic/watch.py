"""Probes routes after every write."""

from dataclasses import asdict

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
        if why := _lost(account, route):
            account.watch.gaps.append(ProbeGap(write, action, route, why))


def _lost(account: Account, route: ProbedRoute) -> str:
    """Why a route that has answered does not answer now, or not as wanted; empty if it does."""
    reply = answer(account, *route[:5])
    who = f" (visitor: {route.visitor.text})" if route.visitor.text else ""
    if reply.ok:
        account.watch.answered.add(route)
        found = asdict(reply)
        wrong = [f"{name} is {found[name]!r}, not {value!r}" for name, value in route.wanted if found[name] != value]
        return f"{'; '.join(wrong)}{who}" if wrong else ""
    if route in account.watch.answered:
        return f"{reply.why}{who}"
    if any(":loadbalancer/" in step for step in reply.via) and route.name in reply.via:
        return f"{route.name} points at a load balancer that does not answer: {reply.why}{who}"
    return ""
