"""A film: the states that a plan or a migration leads through, and the step between each two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..address import Address, Ref
from ..routes import known_empty, pool_of, spare_balancers
from ..simulate import State, states
from .world import Member, World

if TYPE_CHECKING:
    from ..foreign import Owner
    from ..kind import Kinds
    from ..plan import Plan
    from ..resource import Resource

NOTHING_HAPPENS = ("adopt", "release", "moved")
"""Steps that change whose something is, or what it is called; AWS serves on as it did."""

PERSON = None


@dataclass(frozen=True)
class Cut:
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
class Frame:
    """One step with the states on both sides of it."""

    index: int
    cut: Cut
    before: World
    after: World

    @cached_property
    def changed(self) -> list[tuple[Address, Any, Any]]:
        """What the step changes, before and after; None where it was or is not there."""
        before, after = self.before.state, self.after.state
        told = [(a, before.get(a), resource) for a, resource in after.items() if before.get(a) is not resource]
        return told + [(a, resource, None) for a, resource in before.items() if a not in after]

    def came(self, *kinds: str) -> Iterator[tuple[Address, Any, Any]]:
        """What is new or otherwise after the step, with what it was before, of these kinds."""
        return (one for one in self.changed if one[2] is not None and one[0].kind in kinds)

    def waits(self, kind: str, gate: str) -> bool:
        """Is it a wait for this gate of such a resource?"""
        cut = self.cut
        return cut.do == "wait" and cut.until == gate and cut.what is not None and cut.what.kind == kind

    def address(self, usual: Address) -> Address:
        """What the step is about."""
        return self.cut.what or usual


@dataclass(frozen=True)
class Film:
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

    worlds: Sequence[World]
    cuts: Sequence[Cut]
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
    def of(cls, states: Iterable[State], cuts: Sequence[Cut], kinds: Kinds) -> Film:
        """The film of these states, with every default said."""
        settled = list(_settled(states, kinds))
        pooled = frozenset(_pools(settled))
        worlds: list[World] = []
        last: State | None = None
        for state in settled:
            worlds.append(worlds[-1] if state == last else World(state, pooled))
            last = state
        return cls(worlds, cuts, kinds)

    @property
    def start(self) -> World:
        return self.worlds[0]

    @property
    def end(self) -> World:
        return self.worlds[-1]

    @cached_property
    def frames(self) -> list[Frame]:
        """Each step with the states around it."""
        return [
            Frame(index, cut, before, after)
            for index, (cut, before, after) in enumerate(zip(self.cuts, self.worlds, self.worlds[1:], strict=False))
        ]

    @cached_property
    def warm(self) -> list[frozenset[Member]]:
        """For each state, the targets that were seen healthy by then: at the start those that get requests."""
        start = self.start
        groups = {*start.serving, *(pool_of(start.state[a]) for a in self.healthy if a in start.state)}
        seen = [frozenset((g, m) for g in groups if g is not None for m in start.members.get(g, ()))]
        for frame in self.frames:
            more: frozenset[Member] = frozenset()
            if frame.waits("targets", "healthy"):
                group = pool_of(frame.after.state.get(frame.address(NOBODY)))
                if group is not None and group in frame.after.attached:
                    more = frozenset((group, member) for member in frame.after.members.get(group, ()))
            seen.append(seen[-1] | more)
        return seen

    @cached_property
    def filled(self) -> list[frozenset[Ref]]:
        """For each state, the groups that others fill and that serve from the start, or were waited for by then."""
        seen = [self.start.serving]
        for frame in self.frames:
            waited = frame.waits("target_group", "healthy") and frame.cut.what in frame.after.attached
            seen.append(seen[-1] | ({frame.address(NOBODY)} if waited else frozenset()))
        return seen

    def is_warm(self, group: Ref, index: int) -> bool:
        """Was any of this group's targets seen healthy by state `index`? One outside the stack is somebody else's."""
        world = self.worlds[index]
        if group not in world.pooled:
            return not isinstance(group, Address) or group in self.filled[index]
        return any((group, member) in self.warm[index] for member in world.members.get(group, ()))


NOBODY = Address("", "")


def _settled(states: Iterable[State], kinds: Kinds) -> Iterator[State]:
    """The same states with AWS's defaults said; each resource is settled once."""
    known: dict[int, tuple[Resource, Resource]] = {}  # the original is kept, or its id might be used again
    for state in states:
        told: dict[Address, Resource] = {}
        for address, resource in state.items():
            if id(resource) not in known:
                known[id(resource)] = (resource, kinds[address.kind].settle(resource, resource))
            told[address] = known[id(resource)][1]
        yield told


def _pools(states: Iterable[State]) -> Iterator[Ref]:
    for state in states:
        for address, resource in state.items():
            if address.kind == "targets" and (group := pool_of(resource)) is not None:
                yield group


def film_of(plan: Plan, kinds: Kinds) -> Film:
    """The film of a plan, with what the live facts say."""
    start: State = {address: live.model for address, live in plan.lives.items()}
    cuts = [Cut(step.do, step.address, step.until) for step in plan.steps]
    film = Film.of(states(start, plan.steps), cuts, kinds)
    healthy = {a for a, live in plan.lives.items() if a.kind == "targets" and live.facts.get("state") == "healthy"}
    unready = {a for a, live in plan.lives.items() if a.kind in GATED and kinds[a.kind].unready(live)}
    spare, empty = spare_balancers(plan.lives), known_empty(plan.lives)
    return replace(film, healthy=frozenset(healthy), unready=frozenset(unready), spare=spare, empty=empty)


GATED = ("load_balancer", "certificate")
"""What is asked for and ready only some time later."""
