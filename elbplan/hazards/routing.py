"""Routes: the requests that listeners and rules answer.

A route is a front, a port and the conditions of a rule, one value of each condition: a rule for two paths serves two
routes. A front is the name of a record, or the load balancer itself; both sides of a replacement are one front. A rule
that only attaches a group (its condition matches no request) is no route.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from ..core.address import Ref, without_deposed
from ..core.hidden import redacted
from ..kinds.listener import Listener
from ..kinds.rule import Rule
from ..kinds.traffic import attach_only, weighted, weighted_groups

When = tuple[tuple[str, str, str], ...]
"""The conditions of a request, as a key: field, header, value."""

Endpoint = tuple[int | None, When]
"""The port of a listener and the conditions of a request there; the listener's default action has no conditions."""


class Route(NamedTuple):
    """Requests that one rule or listener answers: `api.example.com:443 path /api/*`."""

    front: str
    port: int | None
    when: When

    def __str__(self) -> str:
        conditions = "".join(f" {_field(field, name)} {redacted(value)}" for field, name, value in self.when)
        return f"{self.front}:{self.port}{conditions}"


def _field(field: str, name: str) -> str:
    titles = {"http-request-method": "method", "http-header": f"header {name}"}
    return titles.get(field, field.partition("-")[0])


def front_of(balancer: Ref) -> str:
    """The front of a load balancer, the same for both sides of a replacement."""
    return str(without_deposed(balancer))


class RoutingEntry(NamedTuple):
    """The requests that a listener or rule answers, and the groups that it forwards to.

    without_groups   it needs no group, since it redirects or answers by itself
    """

    place: Listener | Rule
    whens: tuple[When, ...]
    groups: tuple[Ref, ...]
    without_groups: bool
    attach_only: bool


class RoutingCache:
    """The routing entry of each listener and rule, computed once for all states that contain it."""

    def __init__(self) -> None:
        self._known: dict[int, RoutingEntry] = {}

    def of(self, place: Listener | Rule) -> RoutingEntry:
        """The entry of this object. It keeps the object, so that no other object gets the same id()."""
        known = self._known.get(id(place))
        if known is None:
            whens = tuple(whens_of(place))
            known = RoutingEntry(place, whens, weighted(place), not weighted_groups(place), attach_only(place))
            self._known[id(place)] = known
        return known


def whens_of(place: Listener | Rule) -> Iterator[When]:
    """Every request that a rule matches, one value of each condition; for a listener, no conditions."""
    conditions = place.conditions if isinstance(place, Rule) else ()
    return product(*([(c.field, c.name, value) for value in c.alternatives] for c in conditions))
