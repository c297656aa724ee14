"""What a kind of resource declares about itself: the one table of contents that everything else is derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from .address import Address, Ref
from .call import ProbeProgram, ReadProgram, WriteProgram, no_calls
from .resource import Resource

R = TypeVar("R", bound=Resource)
Phase = Literal["expand", "gate", "switch", "contract", "protect"]
PHASES: tuple[Phase, ...] = ("expand", "gate", "switch", "contract", "protect")


class Owner(NamedTuple):
    """The stack that a resource belongs to by its tags, and what that stack calls it."""

    stack: str
    address: str

    def __str__(self) -> str:
        return f"stack `{self.stack}`, {self.address}"


@dataclass(frozen=True)
class LiveResource(Generic[R]):
    """A resource as AWS has it, in our model's words.

    facts   what AWS says beyond the model and others may need: `dns_name`, `zone_id`, `state`, `name`
    """

    address: Address
    id: str
    model: R
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found(Generic[R]):
    """What reading one kind brought: our resources per stack, and who holds the physical names that matter.

    `owners`, `children` and `stays` are as in `Foreign`.
    """

    ours: Mapping[str, Sequence[LiveResource[R]]]
    names_in_use: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stays: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scope:
    """What is to be read: the stacks, and what their specs want (references already looked up).

    ending   the stacks are to end: a spec that names a thing does not make it the stack's
    """

    region: str
    desired: Mapping[str, Mapping[Address, Resource]]
    ending: bool = False

    @property
    def stacks(self) -> tuple[str, ...]:
        return tuple(self.desired)

    def wanted(self, kind: str) -> Iterable[tuple[str, Address, Any]]:
        """Every desired resource of a kind, with its stack."""
        for stack, resources in self.desired.items():
            for address, resource in resources.items():
                if address.kind == kind:
                    yield stack, address, resource


class StepContext(Protocol):
    """Where a step happens: turns references into ids and says what the tags are."""

    @property
    def stack(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def address(self) -> Address: ...
    @property
    def name(self) -> str:
        """The physical name a create gives."""

    @property
    def token(self) -> str:
        """32 hex digits, the same for each try of this step."""

    @property
    def live(self) -> LiveResource[Any] | None:
        """The resource that an update or delete is about."""

    def others(self) -> Sequence[str]:
        """The AWS ids of what else bears this address: the other side of a replacement."""

    def id(self, ref: Ref) -> str:
        """The AWS id of what is pointed at; an `Id` is its own."""

    def fact(self, ref: Ref, name: str) -> str:
        """A fact about what is pointed at, `dns_name` say; empty if AWS never told."""

    def tags(self, resource: Resource) -> dict[str, str]:
        """The ownership tags and the user's own."""


@dataclass(frozen=True)
class Gate:
    """A wait with a name, a deadline in seconds, and one look.

    after   the verbs after which it stands: "create", "update", "delete"
    min_seconds    seconds that must pass in any case
    """

    name: str
    what: str
    timeout: float
    probe: Callable[[Any, StepContext], ProbeProgram]
    after: tuple[str, ...] = ("create",)
    min_seconds: float = 0
    failing_grace: float = 300
    """Seconds for which it may look as if it will fail before that is believed."""
    ask: str = ""
    """What a person must do while it waits; `{}` stands for the resource's ARN."""


def fill_unset(desired: R, live: R, keep: Sequence[str] = ()) -> R:
    """The wanted resource with AWS's values where the spec says nothing (None), `keep` excepted."""
    unsaid = [f for f in type(desired).model_fields if getattr(desired, f) is None and f not in keep]
    return desired.model_copy(update={field: getattr(live, field) for field in unsaid})


def update_in_one_step(before: Any, after: Any, used: AbstractSet[Ref]) -> Sequence[tuple[Phase, Any]]:
    """The way from one model to another in one step."""
    return [("expand", after)]


def create_in_one_step(new: Any, used: AbstractSet[Ref]) -> Sequence[tuple[Phase, Any]]:
    """A birth in one step, before anything switches."""
    return [("expand", new)]


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of AWS resource.

    create_path   the models through which a new one is made, each with its phase
    with_live_defaults  the wanted resource with AWS's own decisions filled in from the live one; comparing is then `==`
    update_path     from one model to another by models between, each with its phase; what serves is never taken before
            what replaces it is there. Both are told which references carry traffic already
    unready the gate that a live one has yet to pass before others can use it; "" if it is ready
    summary    the resource in a few words, for a person
    default_name    the physical name a new one would like, given the stack and the resource; "" for kinds without names
    """

    model: type[R]
    read: Callable[[Scope], ReadProgram[Found[R]]]
    create: Callable[[R, StepContext], WriteProgram]
    update: Callable[[R, R, StepContext], WriteProgram]
    delete: Callable[[R, StepContext], WriteProgram]
    summary: Callable[[R], str]
    permissions: tuple[str, ...]
    create_path: Callable[[R, AbstractSet[Ref]], Sequence[tuple[Phase, R]]] = create_in_one_step
    update_path: Callable[[R, R, AbstractSet[Ref]], Sequence[tuple[Phase, R]]] = update_in_one_step
    pending_gate: Callable[[LiveResource[R]], str] = lambda live: ""
    with_live_defaults: Callable[[R, R], R] = fill_unset
    gates: tuple[Gate, ...] = ()
    default_name: Callable[[str, Address, R], str] = lambda stack, address, resource: ""
    longest_name: int = 32
    reorder: Callable[[Mapping[Address, int], StepContext], WriteProgram] = lambda moves, context: no_calls()
    """Several at once get other places, with no moment between."""
    temporary_resource: Callable[[Address, R, R, AbstractSet[Ref]], tuple[Address, Resource] | None] = (
        lambda address, before, after, used: None
    )
    """What must stand only while one becomes the other: a rule nobody matches, say, that attaches a new group."""
    coexistence_conflict: Callable[[R, R], str] = lambda before, after: ""
    """Why old and new cannot stand side by side; "" where they can."""
    unlocked: Callable[[R], R] = lambda resource: resource
    """The resource as AWS must have it before it can be deleted: without deletion protection."""
    learned: Callable[[R], Mapping[str, str]] = lambda resource: {}
    """Defaults of attributes that elbplan did not know when fingerprints were first written: no difference in one."""
    also_wait_for: Callable[[R, Mapping[Address, Resource]], Iterable[Address]] = lambda resource, desired: ()
    """Resources that should stand first although nothing points at them: a redirect waits for where it sends people."""

    taggable: bool = True
    """Whether AWS takes tags on it. Targets belong to their group, and a record to the balancer it points at."""
    with_implied_references: Callable[[R], R] = lambda resource: resource
    """The desired resource with the references that its own fields imply: the hosted zone of each domain."""
    with_derived_fields: Callable[[Address, R, Mapping[Address, Resource]], R] = lambda address, resource, desired: (
        resource
    )
    """The desired resource with the fields that follow from others of its stack: the names that lead to a balancer."""
    with_other_ids: Callable[[R, Mapping[str, str]], R] = lambda resource, ids: resource
    """The resource with other words for the AWS ids that stand inside its texts."""

    @property
    def name(self) -> str:
        return self.model.kind

    @property
    def title(self) -> str:
        return self.name.replace("_", " ")


NamesInUse = Mapping[str, Mapping[str, str]]
"""Kind by kind: the names that AWS holds in this account, and the id that bears each."""

Kinds = Mapping[str, Kind[Any]]
"""The registry, parents before children; handed in from the command line, so that tests can hand in a toy."""
