"""The routes that a state serves: names, ports, hosts and paths, each as one request would ask. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..core.address import Address
from ..core.simulate import State
from ..kinds.traffic import alias_target_of
from .fake_aws import WatchedRoute

ASKED = {"host-header", "path-pattern"}
"""What a plain request can be chosen by."""


def served_routes(state: State, own: Mapping[Address, str]) -> set[WatchedRoute]:
    """The routes of all listeners, under the names that lead there and under the balancer's `own` if it is known."""
    routes: set[WatchedRoute] = set()
    for address, listener in _of("listener", state):
        balancer = listener.load_balancer
        names = sorted(
            {_plain(record.name) for _, record in _of("record", state) if alias_target_of(record) == balancer}
        )
        names += [own[balancer]] if balancer in own else []
        if listener.port:
            routes |= {(name, listener.port, name, "/") for name in names}
            routes |= set(_by_rules(state, address, listener.port, names))
    return routes


def _by_rules(state: State, listener: Address, port: int, names: list[str]) -> Iterator[WatchedRoute]:
    for _, rule in _of("rule", state):
        conditions = {condition.field: condition.values for condition in rule.conditions}
        guessable = set(conditions) <= ASKED and all(condition.values for condition in rule.conditions)
        if rule.listener != listener or not guessable:
            continue
        hosts = [_plain(host) for host in conditions.get("host-header", ())]
        for path in map(_path, conditions.get("path-pattern", ("/",))):
            yield from ((host, port, host, path) for host in hosts if host in names)
            yield from ((name, port, name, path) for name in names if not hosts)


def _of(kind: str, state: State) -> Iterator[tuple[Address, Any]]:
    return ((address, resource) for address, resource in state.items() if address.kind == kind)


def _plain(pattern: str) -> str:
    """A text that the pattern fits."""
    return pattern.replace("*", "x").replace("?", "x")


def _path(pattern: str) -> str:
    return "/" + _plain(pattern).removeprefix("/")


def route_text(route: WatchedRoute) -> str:
    """`api.example.com:443/`"""
    name, port, host, path = route
    return f"{name}:{port}{path}" + (f" (for {host})" if host != name else "")
