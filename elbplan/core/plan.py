"""Plans: ordered, idempotent steps from one state to another, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from .address import Address
from .cause import Cause, ServerFacts
from .change import Change
from .hazard import Hazard
from .kind import LiveResource, Phase
from .resource import Resource
from .security_edge import SecurityEdge

StepAction = Literal["create", "update", "delete", "stop", "reorder", "wait", "moved", "adopt", "release"]
"""The last three change only elbplan's tags: `moved` the address, `adopt` and `release` the owner."""


@dataclass(frozen=True)
class Remaining:
    """A resource that AWS bills and that stays after a destroy, because elbplan did not create it.

    text     what it is, and what AWS bills
    command  the command that ends it
    facts    more about it, for programs: `name`, `state`, `type`, `address`
    """

    kind: str
    id: str
    text: str
    command: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One action or wait.

    needs    ids of the steps that must be done before
    before   the resource before this step; None for a create
    after    the resource after this step; None for a delete
    name     the AWS name that a create gives; the AWS id of an adopted resource
    old      the former address of a moved resource
    until    the gate of a wait; `timeout` is its deadline in seconds
    moves    the new priorities of rules, for a reorder
    entry    the index of the migration's step that this step comes from; None without a migration
    """

    id: str
    phase: Phase
    do: StepAction
    address: Address
    why: str
    needs: tuple[str, ...] = ()
    before: Resource | None = None
    after: Resource | None = None
    name: str = ""
    until: str = ""
    timeout: float = 0
    moves: Mapping[Address, int] = field(default_factory=dict)
    old: Address | None = None
    entry: int | None = None

    @property
    def writes(self) -> bool:
        """True if the step changes something in AWS."""
        return self.do != "wait"


class ServerLabel(NamedTuple):
    """The name of a server or of its security group, and the state of a server."""

    name: str
    state: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why elbplan does not carry out a plan, and what to do next.

    absent   the account lacks something that the spec names
    """

    what: str
    hint: str = ""
    absent: bool = False


@dataclass(frozen=True)
class Plan:
    """The steps of one stack, in an order in which they can be done one by one.

    lives   the resources of the stack that AWS has before the first step
    stays   resources that remain after the last step although the spec does not want them, each with the reason
    remaining  resources of others that AWS bills after a destroy
    unread  resources that AWS does not let elbplan read, although the spec wants none of them
    warnings   what elbplan leaves as it is although the stack cannot work with it
    servers  by AWS id: the servers outside the stack whose registration changes, and their security groups
    replaced   by the address of a new record: the record sets of others that it replaces
    server_facts  what keeps servers outside the stack from becoming healthy, by their AWS ids
    unchecked  what elbplan could not check, each with the reason
    causes     what keeps a resource from becoming ready, as far as it is known before
    restored   by the address of a deleted record: the record sets that it replaced, and that come back
    not_restored  by the address of a deleted record: the record sets that it replaced, and that do not come back
    refusals   why elbplan does not carry the plan out; the plan shows what else there is to do
    security_path  the connections that security groups must let in, as the plan leaves them; `security_path_now` as
               they are before the plan
    ignored    what differs and stays because of `ignore:`, from the spec to AWS
    file       the spec, as the user named it; empty if nobody knows
    """

    stack: str
    region: str
    account: str
    steps: Sequence[Step] = ()
    changes: Sequence[Change] = ()
    lives: Mapping[Address, LiveResource[Any]] = field(default_factory=dict)
    desired: Mapping[Address, Resource] = field(default_factory=dict)
    domains: tuple[str, ...] = ()
    hazards: Sequence[Hazard] = ()
    stays: Sequence[str] = ()
    remaining: Sequence[Remaining] = ()
    unread: Sequence[str] = ()
    warnings: Sequence[str] = ()
    replaced: Mapping[Address, str] = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()
    servers: Mapping[str, ServerLabel] = field(default_factory=dict)
    server_facts: Mapping[str, ServerFacts] = field(default_factory=dict)
    unchecked: Sequence[str] = ()
    causes: Mapping[Address, Cause] = field(default_factory=dict)
    restored: Mapping[Address, str] = field(default_factory=dict)
    not_restored: Mapping[Address, str] = field(default_factory=dict)
    security_path: Sequence[SecurityEdge] = ()
    security_path_now: Sequence[SecurityEdge] = ()
    ignored: Sequence[Change] = ()
    file: str = ""

    @property
    def summary(self) -> dict[str, int]:
        """How many resources are created, updated, replaced and deleted; and, if there are any, stopped and adopted."""
        actions = [change.action for change in self.changes]
        counts = {action: actions.count(action) for action in ("create", "update", "replace", "delete")}
        return counts | {action: actions.count(action) for action in ("stop", "adopt") if action in actions}

    @property
    def empty(self) -> bool:
        """True if there is nothing to do."""
        return not self.steps
