"""A film: the states that a plan or a migration leads through, and the step between each two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..core.address import Address, Ref
from ..core.simulate import State, states_of
from ..kinds.traffic import known_empty, spare_balancers, target_group_of
from .traffic_state import Member, Route, StateDifference, TrafficState

if TYPE_CHECKING:
    from ..core.kind import Kinds, Owner
    from ..core.plan import Plan
    from ..core.resource import Resource

NOTHING_HAPPENS = ("adopt", "release", "moved")
"""Steps that change whose something is, or what it is called; AWS serves on as it did."""

PERSON = None


@dataclass(frozen=True)
class TimelineStep:
    """What happens between two states. `hold` are the seconds of a hold, None where it waits for a person."""

    do: str
    what: Address | None = None
    until: str = ""
    hold: float | None = 0

    @property
    def person(self) -> bool:
        return self.do == "hold" and self.hold is PERSON

    def holds(self, seconds: float) -> bool:
        """Does it let the world be for so long?"""
        return self.do == "hold" and (self.hold is PERSON or self.hold >= seconds)


@dataclass(frozen=True)
class Transition:
    """One step with the states on both sides of it."""

    index: int
    step: TimelineStep
    before: TrafficState
    after: TrafficState

    @property
    def changed(self) -> Sequence[StateDifference]:
        """What the step changes, before and after; None where it was or is not there."""
        return () if self.after is self.before else self.after.since

    def came(self, *kinds: str) -> Iterator[tuple[Address, Any, Any]]:
        """What is new or otherwise after the step, with what it was before, of these kinds."""
        return (one for one in self.changed if one[2] is not None and one[0].kind in kinds)

    def waits(self, kind: str, gate: str) -> bool:
        """Is it a wait for this gate of such a resource?"""
        cut = self.step
        return cut.do == "wait" and cut.until == gate and cut.what is not None and cut.what.kind == kind

    def address(self, usual: Address) -> Address:
        """What the step is about."""
        return self.step.what or usual


@dataclass(frozen=True)
class Timeline:
    """S0 .. Sn, and what is known of S0 beyond the models.

    healthy   the targets that AWS finds healthy at the start
    unready   balancers and certificates that are there at the start and not ready yet
    spare     balancers that an interrupted run left and that never served
    empty     groups of which AWS says that they have no targets at the start
    places    the subnets of servers that are none of the stack's, where they are known
    marks     what tells states apart when a file is resumed; empty where nothing is resumed by looking
    children  what AWS deletes together with these, although the stack did not make it
    taken_over  the records that are taken from another elbplan stack
    """

    states: Sequence[TrafficState]
    steps: Sequence[TimelineStep]
    kinds: Kinds
    healthy: frozenset[Address] = frozenset()
    unready: frozenset[Address] = frozenset()
    spare: frozenset[Address] = frozenset()
    empty: frozenset[Address] = frozenset()
    places: Mapping[Ref, Ref] = field(default_factory=dict)
    marks: Sequence[str] = ()
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    taken_over: Mapping[Address, Owner] = field(default_factory=dict)

    @classmethod
    def of(cls, states: Iterable[State], cuts: Sequence[TimelineStep], kinds: Kinds) -> Timeline:
        """The film of these states, with every default said."""
        settled = _Settled(kinds)
        row = [settled.state(state) for state in states]
        worlds = [TrafficState.first(row[0], settled.pooled)]
        for state in row[1:]:
            worlds.append(worlds[-1].then(state))
        return cls(worlds, cuts, kinds)

    @property
    def start(self) -> TrafficState:
        return self.states[0]

    @property
    def end(self) -> TrafficState:
        return self.states[-1]

    @cached_property
    def transitions(self) -> list[Transition]:
        """Each step with the states around it."""
        return [
            Transition(index, cut, before, after)
            for index, (cut, before, after) in enumerate(zip(self.steps, self.states, self.states[1:], strict=False))
        ]

    @cached_property
    def lost(self) -> list[Mapping[Route, Address]]:
        """For each step the routes that are served before it and not after it, each with the place that served it."""
        found: list[Mapping[Route, Address]] = []
        known: tuple[TrafficState, dict[Route, Address]] = (self.start, self.start.routes())
        for frame in self.transitions:
            if not _may_lose_routes(frame):
                found.append({})
                continue
            before = known[1] if known[0] is frame.before else frame.before.routes()
            known = (frame.after, frame.after.routes())
            found.append({route: place for route, place in before.items() if route not in known[1]})
        return found

    @cached_property
    def verified(self) -> list[frozenset[Member]]:
        """For each state, the targets that were seen healthy by then: at the start those that get requests."""
        start = self.start
        groups = {*start.serving, *(target_group_of(start.state[a]) for a in self.healthy if a in start.state)}
        seen = [frozenset((g, m) for g in groups if g is not None for m in start.members.get(g, ()))]
        for frame in self.transitions:
            more: frozenset[Member] = frozenset()
            if frame.waits("targets", "healthy"):
                group = target_group_of(frame.after.state.get(frame.address(NOBODY)))
                if group is not None and group in frame.after.attached:
                    more = frozenset((group, member) for member in frame.after.members.get(group, ()))
            seen.append(seen[-1] | more)
        return seen

    @cached_property
    def filled(self) -> list[frozenset[Ref]]:
        """For each state, the groups that others fill and that serve from the start, or were waited for by then."""
        seen = [frozenset(self.start.serving)]
        for frame in self.transitions:
            waited = frame.waits("target_group", "healthy") and frame.step.what in frame.after.attached
            seen.append(seen[-1] | ({frame.address(NOBODY)} if waited else frozenset()))
        return seen

    def is_verified(self, group: Ref, index: int) -> bool:
        """Was any of this group's targets seen healthy by state `index`? One outside the stack is somebody else's."""
        world = self.states[index]
        if group not in world.filled_by_stack:
            return not isinstance(group, Address) or group in self.filled[index]
        return any((group, member) in self.verified[index] for member in world.members.get(group, ()))


NOBODY = Address("", "")
ROUTES = ("listener", "rule", "record", "targets")
"""The kinds that decide which routes answer."""


def _may_lose_routes(frame: Transition) -> bool:
    """False where a step only adds to what answers: then nobody need look at all routes, of which there may be many."""
    return any(before is not None and address.kind in ROUTES for address, before, _ in frame.changed)


class _Settled:
    """States with AWS's defaults said; each resource is settled once, however many states it stands in."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._given: list[Resource] = []
        """Kept alive, since another resource might get the id of one that is gone."""
        self._settled: dict[int, Resource] = {}
        self._with_ports: dict[tuple[int, int | None], Resource] = {}

    def state(self, state: State) -> State:
        """The same state, settled; each target has its port."""
        settled = self._each(state)
        ports = {a: self._with_port(settled, a) for a in settled if a.kind == "targets"}
        return {**settled, **ports}

    def _each(self, state: State) -> dict[Address, Resource]:
        known = self._settled
        try:
            return {address: known[id(resource)] for address, resource in state.items()}
        except KeyError:
            for address, resource in state.items():
                if id(resource) not in known:
                    self._given.append(resource)
                    known[id(resource)] = self._kinds[address.kind].with_live_defaults(resource, resource)
            return {address: known[id(resource)] for address, resource in state.items()}

    def _with_port(self, state: State, address: Address) -> Resource:
        """Two targets that are registered on the same port are the same, whether a file names the port or not."""
        targets = state[address]
        pool = target_group_of(targets)
        port = getattr(state.get(pool), "port", None) if isinstance(pool, Address) else None
        key = (id(targets), port)
        if key not in self._with_ports:
            as_registered = targets.model_copy(update={"group_port": port})
            self._with_ports[key] = self._kinds[address.kind].with_live_defaults(targets, as_registered)
        return self._with_ports[key]

    @property
    def pooled(self) -> frozenset[Ref]:
        """The groups whose targets any of the states speaks of."""
        groups = (target_group_of(resource) for resource in self._settled.values() if resource.kind == "targets")
        return frozenset(group for group in groups if group is not None)


def timeline_of(plan: Plan, kinds: Kinds) -> Timeline:
    """The film of a plan, with what the live facts say."""
    start: State = {address: live.model for address, live in plan.lives.items()}
    cuts = [TimelineStep(step.do, step.address, step.until) for step in plan.steps]
    film = Timeline.of(states_of(start, plan.steps), cuts, kinds)
    healthy = {a for a, live in plan.lives.items() if a.kind == "targets" and live.facts.get("state") == "healthy"}
    unready = {a for a, live in plan.lives.items() if a.kind in KINDS_WITH_GATES and kinds[a.kind].pending_gate(live)}
    spare, empty = spare_balancers(plan.lives), known_empty(plan.lives)
    return replace(film, healthy=frozenset(healthy), unready=frozenset(unready), spare=spare, empty=empty)


KINDS_WITH_GATES = ("load_balancer", "certificate")
"""What is asked for and ready only some time later."""
