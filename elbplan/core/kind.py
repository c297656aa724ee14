"""The declaration of a kind of resource. Everything that elbplan knows of a kind is in its declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, Protocol, TypeVar

from .address import Address, AwsId, Ref
from .call import ProbeProgram, ReadProgram, WriteProgram, no_calls
from .cause import Cause, ServerFacts
from .permission import Permission
from .resource import Resource, field_values, immutable, references

R = TypeVar("R", bound=Resource)
Phase = Literal["expand", "gate", "switch", "contract", "protect"]
PHASES: tuple[Phase, ...] = ("expand", "gate", "switch", "contract", "protect")


class Owner(NamedTuple):
    """The stack that owns a resource by its tags, and the resource's address there."""

    stack: str
    address: str

    def __str__(self) -> str:
        return f"stack `{self.stack}`, {self.address}"


@dataclass(frozen=True)
class LiveResource(Generic[R]):
    """A resource in AWS, as a model.

    facts   further values of AWS that other resources may need: `dns_name`, `zone_id`, `state`, `name`
    """

    address: Address
    id: str
    model: R
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found(Generic[R]):
    """The result of reading one kind.

    ours          the resources of each stack
    names_in_use  the AWS names that are taken, each with the id of its holder
    owners, children, stays, unread, unkept, adopting   as in `Foreign`
    """

    ours: Mapping[str, Sequence[LiveResource[R]]]
    names_in_use: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, Owner] = field(default_factory=dict)
    children: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stays: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Sequence[str] = ()
    unkept: Mapping[str, str] = field(default_factory=dict)
    adopting: Collection[str] = ()


@dataclass(frozen=True)
class Scope:
    """The stacks to read, with the resources that their specs want (look-ups are already resolved).

    ending   the stacks will be destroyed: a resource does not belong to a stack just because its spec names it
    everywhere   the plan may lead to a state other than the specs': reads also what only its deletes need
    file_references   the references in migration files, which the specs may not have any more
    deep    reads every load balancer, target group and certificate of the account, and the tags of each
    names   further AWS names that a plan wants to give, with their kinds
    lean    does not read the rules of others, if the stacks have none and want none
    alone   reads only the desired resources, by their names and by the ids to which they refer
    adopt   the AWS ids of the resources that the stacks adopt; the kinds read these as if they had the stack's tags
    """

    region: str
    desired: Mapping[str, Mapping[Address, Resource]]
    ending: bool = False
    everywhere: bool = False
    file_references: Collection[Ref] = ()
    deep: bool = False
    names: Collection[tuple[str, str]] = ()
    lean: bool = False
    alone: bool = False
    adopt: Mapping[str, Mapping[Address, str]] = field(default_factory=dict)

    @property
    def stacks(self) -> tuple[str, ...]:
        return tuple(self.desired)

    def wants(self, *kinds: str) -> bool:
        """True if a spec has a resource of one of these kinds."""
        return any(address.kind in kinds for resources in self.desired.values() for address in resources)

    def wanted(self, model: type[R]) -> Iterable[tuple[str, Address, R]]:
        """Every desired resource of a kind, with its stack and address."""
        for stack, resources in self.desired.items():
            for address, resource in resources.items():
                if isinstance(resource, model):
                    yield stack, address, resource

    def named_ids(self, kind: str) -> set[str]:
        """The AWS ids to which the desired resources of a kind refer: resources outside the stacks."""
        wanted = [r for resources in self.desired.values() for r in resources.values() if r.kind == kind]
        return {ref.value for resource in wanted for ref in references(resource) if isinstance(ref, AwsId)}

    def all_named_ids(self) -> set[str]:
        """The AWS ids to which any desired resource refers."""
        wanted = [resource for resources in self.desired.values() for resource in resources.values()]
        return {ref.value for resource in wanted for ref in references(resource) if isinstance(ref, AwsId)}

    def ids_in_files(self) -> set[str]:
        """The AWS ids to which migration files refer."""
        return {ref.value for ref in self.file_references if isinstance(ref, AwsId)}


class StepContext(Protocol):
    """The environment of a step: it resolves references to ids and gives names and tags."""

    @property
    def stack(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def address(self) -> Address: ...
    @property
    def name(self) -> str:
        """The name in AWS that a create gives."""

    @property
    def token(self) -> str:
        """A client token: 32 hex digits, the same for each try of this step."""

    @property
    def live(self) -> LiveResource[Any] | None:
        """The resource that an update or delete changes."""

    @property
    def written(self) -> Mapping[Address, Resource]:
        """The resources that the steps of this run create or change, as they are after it."""

    @property
    def lives(self) -> Mapping[Address, LiveResource[Any]]:
        """The resources of the stack that AWS had when the plan was made."""

    def others(self) -> Sequence[str]:
        """The AWS ids of the other resources with this address: the other side of a replacement."""

    def id(self, ref: Ref) -> str:
        """The AWS id of a referenced resource; an `AwsId` is returned as it is."""

    def fact(self, ref: Ref, name: str) -> str:
        """A fact of a referenced resource, for example `dns_name`; empty if it is unknown."""

    def resource(self, ref: Ref) -> Resource | None:
        """A resource of this stack as the plan wants it; None for every other."""

    def server(self, id: str) -> ServerFacts:
        """What is known of the server with this AWS id."""

    @property
    def known_cause(self) -> Cause | None:
        """What the plan knows to keep this resource from becoming ready."""

    def tags(self, resource: Resource) -> dict[str, str]:
        """The ownership tags and the user's tags."""


@dataclass(frozen=True)
class Gate:
    """A named condition that a step waits for.

    timeout        the deadline in seconds
    after          the actions after which the gate follows: "create", "update", "delete"
    min_seconds    seconds that must pass in any case
    failing_grace  seconds for which the state `failing` is accepted
    ask            what a person must do in the meantime; `{}` stands for the resource's ARN
    usual          how long it usually takes, for a person: `< 1 min`; empty if nobody knows. Experience where AWS's
                   pages name no time
    needed         whether the gate follows an update from one resource to another; before a create there is None
    """

    name: str
    what: str
    timeout: float
    probe: Callable[[Any, StepContext], ProbeProgram]
    after: tuple[str, ...] = ("create",)
    min_seconds: float = 0
    failing_grace: float = 300
    ask: str = ""
    usual: str = ""
    needed: Callable[[Any, Any], bool] = lambda before, after: True


def fill_unset(desired: R, live: R, keep: Sequence[str] = ()) -> R:
    """The wanted resource with the live values of its unset fields (None), except those in `keep`."""
    defaults = field_values(live)
    unset = [name for name, value in field_values(desired).items() if value is None and name not in keep]
    return desired.model_copy(update={name: defaults[name] for name in unset})


def update_in_one_step(before: R, after: R, *_: AbstractSet[Ref]) -> Sequence[tuple[Phase, R]]:
    """An update in one step."""
    return [("expand", after)]


def create_in_one_step(new: R, used: AbstractSet[Ref]) -> Sequence[tuple[Phase, R]]:
    """A create in one step, before anything switches."""
    return [("expand", new)]


@dataclass(frozen=True)
class Kind(Generic[R]):
    """A kind of AWS resource.

    adopt                the writes that make a resource of others the stack's; None: the ownership tags on its id
    release              the writes that give a resource up; None: those tags go from its id
    moved                the writes after a change of the address, which was the first argument; None: a tag on its id
    create_path          the models through which a new resource is created, each with its phase
    update_path          the models from one resource to another, each with its phase. Nothing that serves is removed
                         before its replacement serves. Both paths get the references that carry traffic already;
                         this one also gets those that AWS may refuse beside others
    with_live_defaults   the wanted resource with AWS's decisions from the live one, so that `==` compares the two
    pending_gate         the gate that a live resource must pass before others can use it; "" if it is ready
    summary              the resource in a few words, for a person
    default_name         the AWS name of a new resource, unless the spec gives one; "" for kinds without names
    filter_lag           seconds after a create in which `read` may not find the resource
    reorder              changes the priorities of several resources in one call
    temporary_resource   a resource that exists only during an update, for example a rule that attaches a new group
    coexistence_conflict why the old and the new side of a replacement cannot exist together; "" if they can
    unlocked             the resource without deletion protection, as AWS must have it before a delete
    learned              defaults of attributes that elbplan did not know when it wrote the first fingerprints
    irreversible         the fields whose change from one resource to the other AWS cannot make in place, although it
                         makes other changes of them
    also_wait_for        resources that should exist first although nothing refers to them: a redirect waits for its
                         destination
    """

    model: type[R]
    read: Callable[[Scope], ReadProgram[Found[R]]]
    create: Callable[[R, StepContext], WriteProgram]
    update: Callable[[R, R, StepContext], WriteProgram]
    delete: Callable[[R, StepContext], WriteProgram]
    summary: Callable[[R], str]
    permissions: tuple[Permission, ...]
    adopt: Callable[[R, StepContext], WriteProgram] | None = None
    release: Callable[[R, StepContext], WriteProgram] | None = None
    moved: Callable[[Address, StepContext], WriteProgram] | None = None
    create_path: Callable[[R, AbstractSet[Ref]], Sequence[tuple[Phase, R]]] = create_in_one_step
    update_path: Callable[[R, R, AbstractSet[Ref], AbstractSet[Ref]], Sequence[tuple[Phase, R]]] = update_in_one_step
    pending_gate: Callable[[LiveResource[R]], str] = lambda live: ""
    with_live_defaults: Callable[[R, R], R] = fill_unset
    gates: tuple[Gate, ...] = ()
    default_name: Callable[[str, Address, R], str] = lambda stack, address, resource: ""
    longest_name: int = 32
    filter_lag: float = 0
    reorder: Callable[[Mapping[Address, int], StepContext], WriteProgram] = lambda moves, context: no_calls()
    temporary_resource: Callable[
        [Address, R, R, AbstractSet[Ref], AbstractSet[Ref]], tuple[Address, Resource] | None
    ] = lambda address, before, after, used, alone: None
    coexistence_conflict: Callable[[R, R], str] = lambda before, after: ""
    unlocked: Callable[[R], R] = lambda resource: resource
    learned: Callable[[R], Mapping[str, str]] = lambda resource: {}
    also_wait_for: Callable[[R, Mapping[Address, Resource]], Iterable[Address]] = lambda resource, desired: ()
    irreversible: Callable[[R, R], Collection[str]] = lambda before, after: ()

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

    def replaced_fields(self, before: R, after: R) -> frozenset[str]:
        """The fields because of which AWS needs a new resource; empty if an update in place leads to `after`."""
        old, new = immutable(before), immutable(after)
        fixed = (field for field in {*old, *new} if old.get(field) != new.get(field))
        return frozenset(fixed) | frozenset(self.irreversible(before, after))


NamesInUse = Mapping[str, Mapping[str, str]]
"""For each kind, the names that are taken in this account, with the id of their holder."""

Kinds = Mapping[str, Kind[Any]]
"""The registry of kinds, parents before children."""
