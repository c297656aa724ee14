"""A plan is data: ordered, idempotent steps from one state to another. Preview prints it, apply runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from .address import Address
from .change import Change
from .kind import LiveResource, Phase
from .resource import Resource

if TYPE_CHECKING:
    from .hazard import Hazard

StepAction = Literal["create", "update", "delete", "reorder", "wait", "moved", "adopt", "release"]
"""The last three write nothing but our tags: another address, into our hands, out of them."""


@dataclass(frozen=True)
class Step:
    """One thing that is done, or waited for.

    needs    ids of the steps that must be done before
    before   the resource as this step finds it; None for a create
    after    as it leaves it; None for a delete
    name     the physical name a create gives; the id of what is adopted
    old      what is moved was called so before
    until    the gate a wait stands at, and `within` how many seconds it may take
    moves    the priorities that rules get together, for a move
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
        """Does it change anything in AWS?"""
        return self.do != "wait"


@dataclass(frozen=True)
class Plan:
    """The steps of one stack, in an order in which they could be done one by one.

    lives   what the steps start from: every resource of the stack that AWS has, by address
    stays   what others keep, or elbplan leaves on purpose, when this is done: each with the reason
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

    @property
    def summary(self) -> dict[str, int]:
        """How many resources are created, updated, replaced and deleted."""
        actions = [change.action for change in self.changes]
        return {action: actions.count(action) for action in ("create", "update", "replace", "delete")}

    @property
    def empty(self) -> bool:
        """Nothing to do."""
        return not self.steps
