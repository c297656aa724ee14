"""A plan while it is drawn: steps that know their stage and, so far, whom they wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address
from ...core.change import Diff
from ...core.kind import Gate, Kind, Kinds, NamesInUse, Phase
from ...core.plan import Step, StepAction
from ...core.resource import Resource
from ...kinds.free_priorities import FreePriorities

BEFORE, EXPAND, SWITCH, CONTRACT, PROTECT = 0, 1, 2, 3, 4
"""The stages. Things go in the first one only where AWS does not let old and new stand side by side. In the last one
comes what would keep an interrupted run from being taken back."""

STAGE: Mapping[str, int] = {"expand": EXPAND, "switch": SWITCH, "contract": CONTRACT, "protect": PROTECT}


@dataclass
class StepDraft:
    """A step while the plan is drawn: which stage it stands in, and whom it waits for so far."""

    step: Step
    stage: int
    needs: set[str] = field(default_factory=set)


@dataclass
class PlanBuilder:
    """The plan while it is drawn."""

    kinds: Kinds
    found: Diff
    desired: Mapping[Address, Resource]
    names: Mapping[Address, str]
    free: FreePriorities
    taken: NamesInUse
    drafts: dict[str, StepDraft] = field(default_factory=dict)
    done: dict[Address, str] = field(default_factory=dict)
    """The last step of the first stage that makes an address ready for those who point at it."""

    def kind(self, address: Address) -> Kind[Any]:
        return self.kinds[address.kind]

    def add(self, stage: int, phase: Phase, do: StepAction, address: Address, why: str, **rest: Any) -> str:
        """A new step, with an id that says what it does."""
        what = f"{address.kind}.{address.name}{'@' + address.deposed if address.deposed else ''}"
        base = f"{do} {what}" + (f" {rest['until']}" if rest.get("until") else "")
        id, again = base, 1
        while id in self.drafts:
            again += 1
            id = f"{base} {again}"
        self.drafts[id] = StepDraft(Step(id, phase, do, address, why, **rest), stage)
        return id

    def wait(self, stage: int, gate: Gate, address: Address, after: Resource | None, *needs: str) -> str:
        """A gate of its own."""
        why = f"until {gate.what}"
        id = self.add(stage, "gate", "wait", address, why, after=after, until=gate.name, timeout=gate.timeout)
        self.drafts[id].needs |= set(needs)
        return id

    def at(self, stage: int) -> list[StepDraft]:
        return [draft for draft in self.drafts.values() if draft.stage == stage]
