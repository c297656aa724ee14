"""How one state serves requests: the routes that are answered, and by which groups and targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from ..core.address import Address, Ref
from ..core.resource import Resource
from ..core.simulate import State
from ..kinds.listener import Listener
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.target import Target
from ..kinds.targets import Targets
from ..kinds.traffic import attached_groups, weighted
from .routing import Endpoint, Route, RoutingCache, RoutingEntry, front_of

K = TypeVar("K")
V = TypeVar("V")
R = TypeVar("R", bound=Resource)

Member = tuple[Ref, Target]
"""A group and a target that is registered in it."""


class StateDifference(NamedTuple):
    """A resource before and after a step; None where it does not exist."""

    address: Address
    before: Resource | None
    after: Resource | None


@dataclass(frozen=True)
class TrafficState:
    """A state with indexes of what serves requests.

    filled_by_stack  the groups whose targets the stack registers in any state; others fill the rest
    attached         how many listeners and rules use each group, also at weight 0 or in an attach-only rule
    serving          how many forward requests to each group
    alias_targets    the load balancer of each record
    members          the targets of each group
    listeners        the listeners of each load balancer
    since            what the step before this state changed
    """

    state: State
    filled_by_stack: frozenset[Ref]
    attached: Mapping[Ref, int]
    serving: Mapping[Ref, int]
    alias_targets: Mapping[Address, Ref]
    members: Mapping[Ref, tuple[Target, ...]]
    listeners: Mapping[Ref, Sequence[tuple[Address, Listener]]]
    since: Sequence[StateDifference] = ()
    memory: RoutingCache = field(default_factory=RoutingCache, repr=False, compare=False)

    @classmethod
    def first(cls, state: State, filled_by_stack: frozenset[Ref] = frozenset()) -> TrafficState:
        """The state before any step."""
        return replace(cls({}, filled_by_stack, {}, {}, {}, {}, {}).then(state), since=())

    def then(self, state: State) -> TrafficState:
        """The state after a step. It shares with this one what the step does not change, so many states stay small."""
        if state == self.state:
            return self
        differences = list(_differences(self.state, state))
        places = [d for d in differences if isinstance(d.after or d.before, Listener | Rule)]
        same_listeners = not any(isinstance(d.after or d.before, Listener) for d in places)
        return TrafficState(
            state,
            self.filled_by_stack,
            _counted(self.attached, places, attached_groups),
            _counted(self.serving, places, weighted),
            _updated(self.alias_targets, differences, _record_and_balancer),
            _updated(self.members, differences, _group_and_members),
            self.listeners if same_listeners else _listeners(state),
            differences,
            self.memory,
        )

    def of(self, model: type[R]) -> list[tuple[Address, R]]:
        """The resources of a kind."""
        return list(resources_of(self.state, model))

    def get(self, model: type[R], ref: Ref | None) -> R | None:
        """The resource that a reference points at, if the state has it and it is of this kind."""
        resource = self.state.get(ref) if isinstance(ref, Address) else None
        return resource if isinstance(resource, model) else None

    def name_of(self, record: Address) -> str:
        """The DNS name of a record, as people type it."""
        found = self.get(Record, record)
        name = found.name if found is not None else record.name
        return f"{name} (IPv6)" if found is not None and found.type == "AAAA" else name

    def rules(self) -> dict[Ref, list[tuple[Address, Rule]]]:
        """The rules of each listener that requests can match, in the order of their priorities."""
        found: dict[Ref, list[tuple[Address, Rule]]] = {}
        for address, rule in sorted(self.of(Rule), key=lambda pair: pair[1].priority):
            if not self.memory.of(rule).attach_only:
                found.setdefault(rule.listener, []).append((address, rule))
        return found

    def endpoints(self, balancer: Ref) -> dict[Endpoint, Address]:
        """Everything that a load balancer serves, with the listener or rule that serves it."""
        found: dict[Endpoint, Address] = {}
        rules = self.rules()
        for address, listener in self.listeners.get(balancer, ()):
            places: list[tuple[Address, Listener | Rule]] = [(address, listener), *rules.get(address, ())]
            for place, resource in places:
                entry = self.memory.of(resource)
                if self._answers(entry):
                    for when in entry.whens:
                        found.setdefault((listener.port, when), place)
        return found

    def routes(self) -> dict[Route, Address]:
        """Every route that is served. Not cached: with many rules it is large, and each state has its own."""
        fronts = [(self.name_of(record), balancer) for record, balancer in self.alias_targets.items()]
        fronts += [(front_of(balancer), balancer) for balancer in self.listeners]
        endpoints = {balancer: self.endpoints(balancer) for _, balancer in fronts}
        return {
            Route(front, port, when): place
            for front, balancer in fronts
            for (port, when), place in endpoints[balancer].items()
        }

    def _answers(self, entry: RoutingEntry) -> bool:
        """True if every request that comes here gets an answer."""
        return entry.without_groups or (bool(entry.groups) and all(map(self._has_targets, entry.groups)))

    def _has_targets(self, group: Ref) -> bool:
        return group not in self.filled_by_stack or bool(self.members.get(group))


def resources_of(state: State, model: type[R]) -> Iterator[tuple[Address, R]]:
    """The resources of a kind."""
    for address, resource in state.items():
        if address.kind == model.kind and isinstance(resource, model):  # isinstance of a pydantic class is slow
            yield address, resource


def _differences(before: State, after: State) -> Iterator[StateDifference]:
    """Compares by identity, since a step shares the resources that it does not change."""
    for address, resource in after.items():
        if before.get(address) is not resource:
            yield StateDifference(address, before.get(address), resource)
    gone = ((address, resource) for address, resource in before.items() if address not in after)
    yield from (StateDifference(address, resource, None) for address, resource in gone)


def _counted(
    counts: Mapping[Ref, int],
    places: Sequence[StateDifference],
    groups_of: Callable[[Resource | None], Iterable[Ref]],
) -> Mapping[Ref, int]:
    """The counts after listeners and rules changed; without the groups that nothing uses any more."""
    new: Counter[Ref] = Counter(counts)
    for place in places:
        new.subtract(groups_of(place.before))
        new.update(groups_of(place.after))
    return {group: count for group, count in new.items() if count} if places else counts


def _listeners(state: State) -> Mapping[Ref, Sequence[tuple[Address, Listener]]]:
    found: dict[Ref, list[tuple[Address, Listener]]] = {}
    for address, listener in resources_of(state, Listener):
        found.setdefault(listener.load_balancer, []).append((address, listener))
    return found


def _updated(
    known: Mapping[K, V],
    differences: Sequence[StateDifference],
    entry_of: Callable[[Address, Resource | None], tuple[K, V] | None],
) -> Mapping[K, V]:
    """The mapping after the resources changed that its entries are made of."""
    old = [entry for difference in differences if (entry := entry_of(difference.address, difference.before))]
    new = [entry for difference in differences if (entry := entry_of(difference.address, difference.after))]
    if not old and not new:
        return known
    gone = {key for key, _ in old}
    return {key: value for key, value in known.items() if key not in gone} | dict(new)


def _record_and_balancer(address: Address, resource: Resource | None) -> tuple[Address, Ref] | None:
    return (address, resource.load_balancer) if isinstance(resource, Record) else None


def _group_and_members(_: Address, resource: Resource | None) -> tuple[Ref, tuple[Target, ...]] | None:
    return (resource.group, resource.members) if isinstance(resource, Targets) else None
