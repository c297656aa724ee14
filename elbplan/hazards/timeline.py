"""A timeline: the states that a plan or a migration goes through, and the step between each two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from ..core.address import Address, Ref
from ..core.foreign import ForeignReference
from ..core.kind import Kinds, Owner
from ..core.plan import Plan
from ..core.resource import Resource
from ..core.simulate import State, states_of
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.certificate import Certificate
from ..kinds.delegation import Delegations
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.record import Record
from ..kinds.rule import Rule
from ..kinds.server_ports import ClosedPort
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..kinds.traffic import known_empty, spare_balancers, target_group_of
from .routing import Route
from .traffic_state import Member, StateDifference, TrafficState, resources_of

R = TypeVar("R", bound=Resource)

NOTHING_HAPPENS = ("adopt", "release", "moved")
"""Steps that change only the owner or the address of a resource; AWS serves as before."""

APPROVAL = None
"""The seconds of a hold that waits for a person's approval."""


@dataclass(frozen=True)
class TimelineStep:
    """What happens between two states. `hold` is the length of a hold in seconds."""

    do: str
    what: Address | None = None
    until: str = ""
    hold: float | None = 0

    @property
    def person(self) -> bool:
        """True for a hold that waits for approval."""
        return self.do == "hold" and self.hold is APPROVAL

    def holds(self, seconds: float) -> bool:
        """True for a hold of at least so many seconds."""
        return self.do == "hold" and (self.hold is APPROVAL or self.hold >= seconds)


@dataclass(frozen=True)
class Transition:
    """One step with the states before and after it."""

    index: int
    step: TimelineStep
    before: TrafficState
    after: TrafficState

    @property
    def changed(self) -> Sequence[StateDifference]:
        """The resources that the step creates, changes or deletes."""
        return () if self.after is self.before else self.after.since

    def changed_to(self, *models: type[R]) -> Iterator[tuple[Address, R | None, R]]:
        """The resources of these kinds that the step creates or changes, before (None if new) and after it."""
        for address, before, after in self.changed:
            if isinstance(after, models):
                yield address, before if isinstance(before, models) else None, after

    def waits(self, model: type[Resource], gate: str) -> bool:
        """True if the step waits for this gate of a resource of this kind."""
        step = self.step
        return step.do == "wait" and step.until == gate and step.what is not None and step.what.kind == model.kind

    def address(self, otherwise: Address) -> Address:
        """The address of the step, if it has one."""
        return self.step.what or otherwise


@dataclass(frozen=True)
class Timeline:
    """S0 .. Sn, and what is known of S0 besides the models.

    healthy     the targets that AWS reports healthy at the start
    not_ready     load balancers and certificates that exist at the start and are not ready yet
    spare       load balancers that an interrupted run created and that never served
    empty       groups for which AWS reports no targets at the start
    places      the subnets of servers outside the stack, where they are known
    marks       the fingerprint of each state, if the file can be resumed; else empty
    children    what AWS deletes together with a resource although the stack did not create it
    references  what others made that refers to a resource, so that AWS refuses its delete
    taken_over  the records that are taken from another elbplan stack
    closed_ports  ports of servers outside the stack that are closed to the load balancer, by the resource that changes
    delegations  what the internet says of the hosted zones of new certificates and records
    users_of_servers  target groups of others in which an instance that a destroy ends is registered
    """

    states: Sequence[TrafficState]
    steps: Sequence[TimelineStep]
    kinds: Kinds
    healthy: frozenset[Address] = frozenset()
    not_ready: frozenset[Address] = frozenset()
    spare: frozenset[Address] = frozenset()
    empty: frozenset[Address] = frozenset()
    places: Mapping[Ref, Ref] = field(default_factory=dict)
    marks: Sequence[str] = ()
    children: Mapping[Address, Sequence[str]] = field(default_factory=dict)
    references: Mapping[Address, Sequence[ForeignReference]] = field(default_factory=dict)
    taken_over: Mapping[Address, Owner] = field(default_factory=dict)
    closed_ports: Mapping[Address, Sequence[ClosedPort]] = field(default_factory=dict)
    delegations: Delegations = field(default_factory=dict)
    users_of_servers: Mapping[Address, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, states: Iterable[State], steps: Sequence[TimelineStep], kinds: Kinds) -> Timeline:
        """The timeline of these states, with AWS's defaults filled in."""
        defaults = _Defaults(kinds)
        filled = [defaults.fill(state) for state in states]
        row = [TrafficState.first(filled[0], defaults.groups_with_targets)]
        for state in filled[1:]:
            row.append(row[-1].then(state))
        return cls(row, steps, kinds)

    @property
    def start(self) -> TrafficState:
        return self.states[0]

    @property
    def end(self) -> TrafficState:
        return self.states[-1]

    @cached_property
    def transitions(self) -> list[Transition]:
        """Each step with the states around it."""
        rows = zip(self.steps, self.states, self.states[1:], strict=False)
        return [Transition(index, step, before, after) for index, (step, before, after) in enumerate(rows)]

    @cached_property
    def lost(self) -> list[Mapping[Route, Address]]:
        """For each step, the routes that are served before it and not after it, with what served them."""
        found: list[Mapping[Route, Address]] = []
        known: tuple[TrafficState, dict[Route, Address]] = (self.start, self.start.routes())
        for transition in self.transitions:
            if not _may_lose_routes(transition):
                found.append({})
                continue
            before = known[1] if known[0] is transition.before else transition.before.routes()
            known = (transition.after, transition.after.routes())
            found.append({route: place for route, place in before.items() if route not in known[1]})
        return found

    @cached_property
    def verified(self) -> list[frozenset[Member]]:
        """For each state, the targets that were seen healthy by then: at the start, those that get requests."""
        start = self.start
        groups = {*start.serving, *(target_group_of(start.state[a]) for a in self.healthy if a in start.state)}
        seen = [frozenset((g, m) for g in groups if g is not None for m in start.members.get(g, ()))]
        for transition in self.transitions:
            seen.append(seen[-1] | _verified_by(transition))
        return seen

    @cached_property
    def filled(self) -> list[frozenset[Ref]]:
        """For each state, the groups that others fill and that serve from the start, or were waited for by then."""
        seen = [frozenset(self.start.serving)]
        for transition in self.transitions:
            group = _group_filled_at(transition)
            seen.append(seen[-1] | ({group} if group is not None and group in transition.after.attached else set()))
        return seen

    def is_verified(self, group: Ref, index: int) -> bool:
        """True if a target of this group was seen healthy by state `index`, or if the group is not of this stack."""
        traffic = self.states[index]
        if group not in traffic.filled_by_stack:
            return not isinstance(group, Address) or group in self.filled[index]
        return any((group, member) in self.verified[index] for member in traffic.members.get(group, ()))


def _group_filled_at(transition: Transition) -> Ref | None:
    """The group for whose targets the step waits, if others or an Auto Scaling group fill it."""
    if transition.waits(TargetGroup, "healthy"):
        return transition.step.what
    waits = transition.waits(AutoScalingAttachment, "healthy")
    attachment = transition.after.get(AutoScalingAttachment, transition.step.what) if waits else None
    return attachment.group if attachment is not None else None


NOBODY = Address("", "")
"""Stands in for the address of a step that has none."""

ROUTING = (Listener, Rule, Record, Targets)
"""The kinds that decide which routes are answered."""


def _may_lose_routes(transition: Transition) -> bool:
    """False for a step that only adds such resources: then the routes, which may be many, need no comparison."""
    return any(isinstance(before, ROUTING) for _, before, _ in transition.changed)


def _verified_by(transition: Transition) -> frozenset[Member]:
    """The targets that this step waits for until they are healthy."""
    if not transition.waits(Targets, "healthy"):
        return frozenset()
    targets = transition.after.get(Targets, transition.step.what)
    if targets is None or targets.group not in transition.after.attached:
        return frozenset()
    return frozenset((targets.group, member) for member in transition.after.members.get(targets.group, ()))


class _Defaults:
    """Fills AWS's defaults into states; into each resource once, however many states contain it."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._given: list[Resource] = []
        """Keeps the resources alive, since another resource could get the id() of a deleted one."""
        self._filled: dict[int, Resource] = {}
        self._with_ports: dict[tuple[int, int | None], Resource] = {}

    def fill(self, state: State) -> State:
        """The state with defaults; each target has its port."""
        filled = self._each(state)
        ports = {address: self._with_port(filled, targets) for address, targets in resources_of(filled, Targets)}
        return {**filled, **ports}

    def _each(self, state: State) -> dict[Address, Resource]:
        for address, resource in state.items():
            if id(resource) not in self._filled:
                self._given.append(resource)
                self._filled[id(resource)] = self._kinds[address.kind].with_live_defaults(resource, resource)
        return {address: self._filled[id(resource)] for address, resource in state.items()}

    def _with_port(self, state: State, targets: Targets) -> Resource:
        """A target without a port and one that names its group's port are the same target."""
        group = state.get(targets.group) if isinstance(targets.group, Address) else None
        port = group.port if isinstance(group, TargetGroup) else None
        key = (id(targets), port)
        if key not in self._with_ports:
            as_registered = targets.model_copy(update={"group_port": port})
            self._with_ports[key] = self._kinds[Targets.kind].with_live_defaults(targets, as_registered)
        return self._with_ports[key]

    @property
    def groups_with_targets(self) -> frozenset[Ref]:
        """The groups whose targets any of the states contains."""
        return frozenset(targets.group for targets in self._filled.values() if isinstance(targets, Targets))


def timeline_of(plan: Plan, kinds: Kinds) -> Timeline:
    """The timeline of a plan, with the facts that AWS reports."""
    start: State = {address: live.model for address, live in plan.lives.items()}
    steps = [TimelineStep(step.do, step.address, step.until) for step in plan.steps]
    timeline = Timeline.of(states_of(start, plan.steps), steps, kinds)
    healthy = {a for a, live in plan.lives.items() if a.kind == Targets.kind and live.facts.get("state") == "healthy"}
    unready = {a for a, live in plan.lives.items() if a.kind in KINDS_WITH_GATES and kinds[a.kind].pending_gate(live)}
    spare, empty = spare_balancers(plan.lives), known_empty(plan.lives)
    return replace(timeline, healthy=frozenset(healthy), not_ready=frozenset(unready), spare=spare, empty=empty)


KINDS_WITH_GATES = (LoadBalancer.kind, Certificate.kind)
"""Kinds that AWS creates at once and that are ready only some time later."""
