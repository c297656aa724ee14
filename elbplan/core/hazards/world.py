"""One state, looked at as people meet it: which names and ports answer, by which groups and targets.

A route is a front, a port and what a rule asks for, one value of each condition: a rule for two paths serves two
routes. A front is a name whose record leads to a balancer, or the balancer by its own name, whichever of two side by
side it is. Rules that only attach a group, gated by a header that nobody sends, are no routes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from ..address import Address, Ref
from ..routes import gated, leads_to, pool_of, reached, shares, weighted
from ..simulate import State

When = tuple[tuple[str, str, str], ...]
"""What a request must be like, as a key: field, header, value."""

Door = tuple[int | None, When]
"""A listener's port and what a request there must be like; no conditions are the default."""

Member = tuple[Ref, Any]
"""A target of a group."""


class Route(NamedTuple):
    """What a person may ask for: `api.example.com:443 path /api/*`."""

    front: str
    port: int | None
    when: When

    def __str__(self) -> str:
        said = "".join(f" {_field(field, name)} {value}" for field, name, value in self.when)
        return f"{self.front}:{self.port}{said}"


def _field(field: str, name: str) -> str:
    usual = {"http-request-method": "method", "http-header": f"header {name}"}
    return usual.get(field, field.partition("-")[0])


def front_of(balancer: Ref) -> str:
    """A balancer as a front, the same for both sides of a replacement."""
    return str(plainly(balancer))


def plainly(ref: Ref) -> Ref:
    """The address without which side of a replacement it is."""
    return ref._replace(former="") if isinstance(ref, Address) else ref


@dataclass(frozen=True)
class World:
    """A state. `pooled` are the groups whose targets the stack speaks of at some time; others fill the rest."""

    state: State
    pooled: frozenset[Ref]

    def of(self, kind: str) -> Sequence[tuple[Address, Any]]:
        """The resources of a kind."""
        return self._kinds.get(kind, ())

    @cached_property
    def _kinds(self) -> dict[str, list[tuple[Address, Any]]]:
        found: dict[str, list[tuple[Address, Any]]] = {}
        for address, resource in self.state.items():
            found.setdefault(address.kind, []).append((address, resource))
        return found

    @cached_property
    def listeners(self) -> dict[Ref, list[tuple[Address, Any]]]:
        """The listeners of each balancer."""
        found: dict[Ref, list[tuple[Address, Any]]] = {}
        for address, listener in self.of("listener"):
            found.setdefault(listener.load_balancer, []).append((address, listener))
        return found

    @cached_property
    def rules(self) -> dict[Ref, list[tuple[Address, Any]]]:
        """The rules of each listener that people's requests may match, the first first."""
        found: dict[Ref, list[tuple[Address, Any]]] = {}
        for address, rule in sorted(self.of("rule"), key=lambda pair: pair[1].priority):
            if not gated(rule):
                found.setdefault(rule.listener, []).append((address, rule))
        return found

    @cached_property
    def members(self) -> dict[Ref, tuple[Any, ...]]:
        """The targets of each group."""
        return {group: r.members for _, r in self.of("targets") if (group := pool_of(r)) is not None}

    @cached_property
    def attached(self) -> frozenset[Ref]:
        """The groups that some listener or rule uses, if only at weight 0 or behind a gate."""
        return frozenset(group for _, place in self._places for group in reached(place))

    @cached_property
    def serving(self) -> frozenset[Ref]:
        """The groups that get requests."""
        return frozenset(group for _, place in self._places for group in weighted(place))

    @property
    def _places(self) -> Sequence[tuple[Address, Any]]:
        return [*self.of("listener"), *self.of("rule")]

    @cached_property
    def led(self) -> dict[Address, Ref]:
        """Where each name leads."""
        return {address: to for address, record in self.of("record") if (to := leads_to(record)) is not None}

    def doors(self, balancer: Ref) -> dict[Door, Address]:
        """What a balancer serves, each by the listener or rule that does."""
        found: dict[Door, Address] = {}
        for address, listener in self.listeners.get(balancer, ()):
            for place, resource in ((address, listener), *self.rules.get(address, ())):
                if self._answers(resource):
                    found = {(listener.port, when): place for when in whens_of(resource)} | found
        return found

    @cached_property
    def routes(self) -> dict[Route, Address]:
        """Every route that is served."""
        fronts = [(name_of(self.state[record]), balancer) for record, balancer in self.led.items()]
        fronts += [(front_of(balancer), balancer) for balancer in self.listeners]
        doors = {balancer: self.doors(balancer) for _, balancer in fronts}
        return {
            Route(front, port, when): place
            for front, balancer in fronts
            for (port, when), place in doors[balancer].items()
        }

    def _answers(self, resource: Any) -> bool:
        """Does everybody who comes here get an answer?"""
        groups = weighted(resource)
        return bool(groups) and all(map(self._alive, groups)) if shares(resource) else True

    def _alive(self, group: Ref) -> bool:
        return group not in self.pooled or bool(self.members.get(group))


def whens_of(resource: Any) -> Iterator[When]:
    """Every request that a rule matches, one value of each condition; of a listener the one without conditions."""
    conditions = getattr(resource, "conditions", ())
    return product(*([(c.field, c.name, value) for value in c.alternatives] for c in conditions))


def name_of(record: Any) -> str:
    """What people type."""
    return f"{record.name}{' (IPv6)' if record.type == 'AAAA' else ''}"
