"""In which order it happens, in a few lines: expand, gate, switch, contract, protect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from ..core.address import Address
from ..core.kind import PHASES, Kinds, Phase
from ..core.plan import Plan, Step
from .style import listed

VERBS: Mapping[str, str] = {
    "create": "create",
    "update": "change",
    "delete": "delete",
    "reorder": "reorder the rules of",
    "moved": "rename to",
    "adopt": "adopt",
    "release": "release",
}
UPDATE_PARTS: Mapping[str, str] = {
    "expand": "prepare",
    "switch": "move traffic at",
    "contract": "tidy",
    "protect": "protect",
}
"""An update in several steps: take in the new, turn to it, let go of the old."""


def phase_lines(plan: Plan, kinds: Kinds) -> list[tuple[Phase, str]]:
    """For each phase that occurs, what it does, in order."""
    rows = displayed_phases(plan.steps)
    updates = Counter(step.address for step in plan.steps if step.do == "update")
    halves = {address for address, times in updates.items() if times > 1}
    told = []
    for phase in PHASES:
        steps = [step for step in plan.steps if rows[step.id] == phase]
        if steps:
            told.append((phase, "; ".join(_pieces(steps, phase, halves, kinds))))
    return told


def displayed_phases(steps: Sequence[Step]) -> dict[str, Phase]:
    """The phase in which each step is told: a wait behind a removal belongs to the removal."""
    rows: dict[str, Phase] = {}
    for step in steps:
        behind = [rows[need] for need in step.needs if need in rows]
        late: Phase = max(behind, key=PHASES.index, default="gate")
        waits_late = step.do == "wait" and PHASES.index(late) > PHASES.index("gate")
        rows[step.id] = late if waits_late else step.phase
    return rows


def _pieces(steps: Sequence[Step], phase: Phase, halves: AbstractSet[Address], kinds: Kinds) -> Iterator[str]:
    """Steps that do the same are told together; of a removal, where order matters, only neighbours."""
    runs: list[tuple[str, list[str]]] = []
    for step in steps:
        verb = _verb(step, halves, kinds)
        same = [names for said, names in (runs[-1:] if phase == "contract" else runs) if said == verb]
        names: list[str] = same[0] if same else []
        if not same:
            runs.append((verb, names))
        if str(step.address) not in names:
            names.append(str(step.address))
    for verb, names in runs:
        yield f"{verb} ({listed(names)})" if verb.startswith("wait") else f"{verb} {listed(names)}"


def _verb(step: Step, halves: AbstractSet[Address], kinds: Kinds) -> str:
    if step.do == "wait":
        return f"wait until {gate_text(step, kinds)}"
    if step.do == "update" and (step.address in halves or step.phase == "protect"):
        return UPDATE_PARTS[step.phase]
    return VERBS[step.do]


def gate_text(step: Step, kinds: Kinds) -> str:
    """What a wait waits for, in words."""
    gates = kinds[step.address.kind].gates
    return next((gate.what for gate in gates if gate.name == step.until), step.until)


def step_text(step: Step) -> str:
    """`create target_group.web`, `wait targets.web healthy`: a step in a line of a log."""
    verb = {"reorder": "reorder", "moved": "rename"}.get(step.do, step.do)
    if step.do == "moved":
        return f"{verb} {step.old} to {step.address}"
    tail = f" {step.until}" if step.until else f" ({len(step.moves)} rules)" if step.moves else ""
    return f"{verb} {step.address}{tail}"
