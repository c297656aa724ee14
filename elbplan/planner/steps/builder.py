"""The builder of a plan: drafts of steps, each with its stage and the steps that it waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

from ...core.address import Address
from ...core.change import Diff
from ...core.kind import Gate, Kind, Kinds, NamesInUse, Phase
from ...core.plan import Step, StepAction
from ...core.resource import Resource
from ...kinds.free_priorities import FreePriorities


class Stage(IntEnum):
    """The stages of a plan, in order.

    BEFORE has the deletes of resources that AWS does not allow beside their successors. PROTECT turns on protections
    that would keep an interrupted run from being rolled back.
    """

    BEFORE = 0
    EXPAND = 1
    SWITCH = 2
    CONTRACT = 3
    PROTECT = 4


STAGES: Mapping[Phase, Stage] = {
    "expand": Stage.EXPAND,
    "switch": Stage.SWITCH,
    "contract": Stage.CONTRACT,
    "protect": Stage.PROTECT,
}

NO_MOVES: Mapping[Address, int] = MappingProxyType({})


@dataclass
class StepDraft:
    """A step whose order is not final yet: its stage, and the ids of the steps that it waits for."""

    step: Step
    stage: Stage
    needs: set[str] = field(default_factory=set)


@dataclass
class PlanBuilder:
    """Collects the steps of a plan."""

    kinds: Kinds
    diff: Diff
    desired: Mapping[Address, Resource]
    names: Mapping[Address, str]
    free: FreePriorities
    names_in_use: NamesInUse
    drafts: dict[str, StepDraft] = field(default_factory=dict)
    ready_after: dict[Address, str] = field(default_factory=dict)
    """By address: the step of the stage EXPAND after which other resources can refer to the resource."""

    def kind(self, address: Address) -> Kind[Resource]:
        return self.kinds[address.kind]

    def gate(self, kind: str, name: str) -> Gate:
        """The gate of a kind. Raises StopIteration if the kind has no such gate."""
        return next(gate for gate in self.kinds[kind].gates if gate.name == name)

    def add(
        self,
        stage: Stage,
        phase: Phase,
        do: StepAction,
        address: Address,
        why: str,
        *,
        before: Resource | None = None,
        after: Resource | None = None,
        name: str = "",
        gate: Gate | None = None,
        moves: Mapping[Address, int] = NO_MOVES,
    ) -> str:
        """Adds a step and returns its id, which says what the step does."""
        until, timeout = (gate.name, gate.timeout) if gate else ("", 0)
        id = self._new_id(do, address, until)
        step = Step(
            id, phase, do, address, why, (), before, after, name=name, until=until, timeout=timeout, moves=moves
        )
        self.drafts[id] = StepDraft(step, stage)
        return id

    def _new_id(self, do: StepAction, address: Address, until: str) -> str:
        base = f"{do} {address} {until}".rstrip()
        id, number = base, 1
        while id in self.drafts:
            number += 1
            id = f"{base} {number}"
        return id

    def wait(self, stage: Stage, gate: Gate, address: Address, after: Resource | None, needs: Iterable[str]) -> str:
        """Adds a step that waits at the gate, and returns its id."""
        id = self.add(stage, "gate", "wait", address, f"until {gate.what}", after=after, gate=gate)
        self.drafts[id].needs |= set(needs)
        return id

    def at(self, stage: Stage) -> list[StepDraft]:
        return [draft for draft in self.drafts.values() if draft.stage == stage]
