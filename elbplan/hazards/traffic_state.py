"""One state, looked at as people meet it: which names and ports answer, by which groups and targets.

A route is a front, a port and what a rule asks for, one value of each condition: a rule for two paths serves two
routes. A front is a name whose record leads to a balancer, or the balancer by its own name, whichever of two side by
side it is. Rules that only attach a group, gated by a header that nobody sends, are no routes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, NamedTuple

from ..core.address import Address, Ref
from ..core.hidden import redacted
from ..core.simulate import State
from ..kinds.traffic import alias_target_of, attach_only, attached_groups, target_group_of, weighted, weighted_groups

When = tuple[tuple[str, str, str], ...]
"""What a request must be like, as a key: field, header, value."""

Endpoint = tuple[int | None, When]
"""A listener's port and what a request there must be like; no conditions are the default."""

Member = tuple[Ref, Any]
"""A target of a group."""


class Route(NamedTuple):
    """What a person may ask for: `api.example.com:443 path /api/*`."""

    front: str
    port: int | None
    when: When

    def __str__(self) -> str:
        said = "".join(f" {_field(field, name)} {redacted(value)}" for field, name, value in self.when)
        return f"{self.front}:{self.port}{said}"


def _field(field: str, name: str) -> str:
    usual = {"http-request-method": "method", "http-header": f"header {name}"}
    return usual.get(field, field.partition("-")[0])


def front_of(balancer: Ref) -> str:
    """A balancer as a front, the same for both sides of a replacement."""
    return str(without_deposed(balancer))


def without_deposed(ref: Ref) -> Ref:
    """The address without which side of a replacement it is."""
    return ref._replace(deposed="") if isinstance(ref, Address) else ref


StateDifference = tuple[Address, Any, Any]
"""What a step changes: an address with its resource before and after; None where it was or is not there."""


class RoutingEntry(NamedTuple):
    """What a listener or rule answers: which requests, by which groups; `alone` without any group, as a redirect."""

    place: Any
    whens: tuple[When, ...]
    groups: tuple[Ref, ...]
    alone: bool
    attach_only: bool


class RoutingCache:
    """What each listener and rule answers, found out once, however many worlds it stands in."""

    def __init__(self) -> None:
        self._known: dict[int, RoutingEntry] = {}

    def of(self, place: Any) -> RoutingEntry:
        """The same for the same object; the object is kept, or another might get its id."""
        known = self._known.get(id(place))
        if known is None:
            known = RoutingEntry(
                place, tuple(whens_of(place)), weighted(place), not weighted_groups(place), attach_only(place)
            )
            self._known[id(place)] = known
        return known


@dataclass(frozen=True)
class TrafficState:
    """A state. `pooled` are the groups whose targets the stack speaks of at some time; others fill the rest.

    attached   how many listeners and rules use each group, if only at weight 0 or behind a gate
    serving    how many hand requests to each group
    alias_targets        where each name leads
    members    the targets of each group
    listeners  the listeners of each balancer
    since      what the step that led here changed
    """

    state: State
    filled_by_stack: frozenset[Ref]
    attached: Mapping[Ref, int]
    serving: Mapping[Ref, int]
    alias_targets: Mapping[Address, Ref]
    members: Mapping[Ref, tuple[Any, ...]]
    listeners: Mapping[Ref, Sequence[tuple[Address, Any]]]
    since: Sequence[StateDifference] = ()
    memory: RoutingCache = field(default_factory=RoutingCache, repr=False, compare=False)

    @classmethod
    def first(cls, state: State, pooled: frozenset[Ref] = frozenset()) -> TrafficState:
        """The world before any step."""
        return replace(cls({}, pooled, {}, {}, {}, {}, {}).then(state), since=())

    def then(self, state: State) -> TrafficState:
        """The world after a step. What the step leaves alone is shared, so that a long row of worlds stays small."""
        if state == self.state:
            return self
        differences = list(_differences(self.state, state))
        places = [d for d in differences if d[0].kind in ("listener", "rule")]
        same_listeners = all(address.kind != "listener" for address, *_ in places)
        return TrafficState(
            state,
            self.filled_by_stack,
            _counted(self.attached, places, attached_groups),
            _counted(self.serving, places, weighted),
            _mapped(self.alias_targets, [d for d in differences if d[0].kind == "record"], _name_and_balancer),
            _mapped(self.members, [d for d in differences if d[0].kind == "targets"], _group_and_members),
            self.listeners if same_listeners else _listeners(state),
            differences,
            self.memory,
        )

    def of(self, kind: str) -> Sequence[tuple[Address, Any]]:
        """The resources of a kind."""
        return [(address, resource) for address, resource in self.state.items() if address.kind == kind]

    def rules(self) -> dict[Ref, list[tuple[Address, Any]]]:
        """The rules of each listener that people's requests may match, the first first."""
        found: dict[Ref, list[tuple[Address, Any]]] = {}
        for address, rule in sorted(self.of("rule"), key=lambda pair: pair[1].priority):
            if not self.memory.of(rule).attach_only:
                found.setdefault(rule.listener, []).append((address, rule))
        return found

    def endpoints(self, balancer: Ref) -> dict[Endpoint, Address]:
        """What a balancer serves, each by the listener or rule that does."""
        found: dict[Endpoint, Address] = {}
        rules = self.rules()
        for address, listener in self.listeners.get(balancer, ()):
            for place, resource in ((address, listener), *rules.get(address, ())):
                asked = self.memory.of(resource)
                if self._answers(asked):
                    for when in asked.whens:
                        found.setdefault((listener.port, when), place)
        return found

    def routes(self) -> dict[Route, Address]:
        """Every route that is served. Not kept: of many rules it is large, and there may be a world for each."""
        fronts = [(name_of(self.state[record]), balancer) for record, balancer in self.alias_targets.items()]
        fronts += [(front_of(balancer), balancer) for balancer in self.listeners]
        doors = {balancer: self.endpoints(balancer) for _, balancer in fronts}
        return {
            Route(front, port, when): place
            for front, balancer in fronts
            for (port, when), place in doors[balancer].items()
        }

    def _answers(self, asked: RoutingEntry) -> bool:
        """Does everybody who comes here get an answer?"""
        return asked.alone or (bool(asked.groups) and all(map(self._alive, asked.groups)))

    def _alive(self, group: Ref) -> bool:
        return group not in self.filled_by_stack or bool(self.members.get(group))


def _differences(before: State, after: State) -> Iterator[StateDifference]:
    """By identity, since a step copies what it leaves alone."""
    for address, resource in after.items():
        if before.get(address) is not resource:
            yield address, before.get(address), resource
    yield from ((address, resource, None) for address, resource in before.items() if address not in after)


def _counted(
    counts: Mapping[Ref, int], places: Sequence[StateDifference], groups_of: Callable[[Any], Iterable[Ref]]
) -> Mapping[Ref, int]:
    """The counts after listeners and rules changed; only groups that are used stand in it."""
    new: Counter[Ref] = Counter(counts)
    for _, before, after in places:
        new.subtract(groups_of(before))
        new.update(groups_of(after))
    return {group: count for group, count in new.items() if count} if places else counts


def _listeners(state: State) -> Mapping[Ref, Sequence[tuple[Address, Any]]]:
    found: dict[Ref, list[tuple[Address, Any]]] = {}
    listeners: Iterable[tuple[Address, Any]] = ((a, r) for a, r in state.items() if a.kind == "listener")
    for address, listener in listeners:
        found.setdefault(listener.load_balancer, []).append((address, listener))
    return found


PairOf = Callable[[Address, Any], tuple[Any, Any] | None]


def _mapped(known: Mapping[Any, Any], differences: Sequence[StateDifference], pair_of: PairOf) -> Mapping[Any, Any]:
    """A mapping after the resources that it is made of changed."""
    if not differences:
        return known
    gone = {pair[0] for address, before, _ in differences if before is not None and (pair := pair_of(address, before))}
    new = [pair for address, _, after in differences if after is not None and (pair := pair_of(address, after))]
    return {key: value for key, value in known.items() if key not in gone} | dict(new)


def _name_and_balancer(address: Address, record: Any) -> tuple[Address, Ref] | None:
    to = alias_target_of(record)
    return None if to is None else (address, to)


def _group_and_members(_: Address, targets: Any) -> tuple[Ref, tuple[Any, ...]] | None:
    group = target_group_of(targets)
    return None if group is None else (group, targets.members)


def whens_of(resource: Any) -> Iterator[When]:
    """Every request that a rule matches, one value of each condition; of a listener the one without conditions."""
    conditions = getattr(resource, "conditions", ())
    return product(*([(c.field, c.name, value) for value in c.alternatives] for c in conditions))


def name_of(record: Any) -> str:
    """What people type."""
    return f"{record.name}{' (IPv6)' if record.type == 'AAAA' else ''}"
