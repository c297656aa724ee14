"""The routes that a state serves: DNS names, ports, hosts and paths of requests that it answers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..core.address import Address
from ..core.simulate import State
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.rule import Rule
from .fake_aws import WatchedRoute

PROBED = {"host-header", "path-pattern"}
"""The conditions of a rule that a plain request can match."""


def served_routes(state: State, balancer_names: Mapping[Address, str]) -> set[WatchedRoute]:
    """The routes of all listeners, under the names of the records and under the load balancer's name if it is known."""
    routes: set[WatchedRoute] = set()
    records = [resource for resource in state.values() if isinstance(resource, Record)]
    for address, listener in state.items():
        if not isinstance(listener, Listener) or not listener.port:
            continue
        balancer = listener.load_balancer
        names = sorted({_matching(record.name) for record in records if record.load_balancer == balancer})
        if isinstance(balancer, Address) and balancer in balancer_names:
            names.append(balancer_names[balancer])
        routes |= {(name, listener.port, name, "/") for name in names}
        routes |= set(_routes_of_rules(state, address, listener.port, names))
    return routes


def _routes_of_rules(state: State, listener: Address, port: int, names: list[str]) -> Iterator[WatchedRoute]:
    for rule in state.values():
        if not isinstance(rule, Rule) or rule.listener != listener:
            continue
        conditions = {condition.field: condition.values for condition in rule.conditions}
        if not set(conditions) <= PROBED or not all(condition.values for condition in rule.conditions):
            continue
        hosts = [_matching(host) for host in conditions.get("host-header", ())]
        for path in map(_path, conditions.get("path-pattern", ("/",))):
            yield from ((host, port, host, path) for host in hosts if host in names)
            yield from ((name, port, name, path) for name in names if not hosts)


def _matching(pattern: str) -> str:
    """A text that matches the pattern."""
    return pattern.replace("*", "x").replace("?", "x")


def _path(pattern: str) -> str:
    return "/" + _matching(pattern).removeprefix("/")


def route_text(route: WatchedRoute) -> str:
    """`api.example.com:443/`"""
    name, port, host, path = route
    return f"{name}:{port}{path}" + (f" (for {host})" if host != name else "")
