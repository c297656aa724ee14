"""A short summary of a plan's order: expand, gate, switch, contract, protect."""

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
    "stop": "stop",
    "reorder": "reorder the rules of",
    "moved": "rename to",
    "adopt": "adopt",
    "release": "release",
}
UPDATE_PARTS: Mapping[str, str] = {
    "expand": "prepare",
    "switch": "move traffic at",
    "contract": "clean up",
    "protect": "protect",
}
"""The parts of an update in several steps: attach the new resource, move traffic, detach the old one."""


def phase_lines(plan: Plan, kinds: Kinds) -> list[tuple[Phase, str]]:
    """Returns a summary of each phase of the plan, in order."""
    phases = displayed_phases(plan.steps)
    updates = Counter(step.address for step in plan.steps if step.do == "update")
    partial_updates = {address for address, times in updates.items() if times > 1}
    lines = []
    for phase in PHASES:
        steps = [step for step in plan.steps if phases[step.id] == phase]
        if steps:
            lines.append((phase, "; ".join(_step_groups(steps, phase, partial_updates, kinds))))
    return lines


def displayed_phases(steps: Sequence[Step]) -> dict[str, Phase]:
    """Returns the phase under which the screen shows each step. A wait after a removal belongs to the removal."""
    phases: dict[str, Phase] = {}
    for step in steps:
        needed = [phases[need] for need in step.needs if need in phases]
        latest: Phase = max(needed, key=PHASES.index, default="gate")
        is_late_wait = step.do == "wait" and PHASES.index(latest) > PHASES.index("gate")
        phases[step.id] = latest if is_late_wait else step.phase
    return phases


def _step_groups(
    steps: Sequence[Step], phase: Phase, partial_updates: AbstractSet[Address], kinds: Kinds
) -> Iterator[str]:
    """Groups steps with the same verb. In a removal, where order matters, groups only neighbours."""
    groups: list[tuple[str, list[str]]] = []
    for step in steps:
        verb = _verb(step, partial_updates, kinds)
        same = [names for group_verb, names in (groups[-1:] if phase == "contract" else groups) if group_verb == verb]
        names: list[str] = same[0] if same else []
        if not same:
            groups.append((verb, names))
        if str(step.address) not in names:
            names.append(str(step.address))
    for verb, names in groups:
        yield f"{verb} ({listed(names)})" if verb.startswith("wait") else f"{verb} {listed(names)}"


def _verb(step: Step, partial_updates: AbstractSet[Address], kinds: Kinds) -> str:
    if step.do == "wait":
        return f"wait until {gate_text(step, kinds)}"
    if step.do == "update" and (step.address in partial_updates or step.phase == "protect"):
        return UPDATE_PARTS[step.phase]
    return VERBS[step.do]


def gate_text(step: Step, kinds: Kinds) -> str:
    """Returns the condition of a wait in words."""
    gates = kinds[step.address.kind].gates
    return next((gate.what for gate in gates if gate.name == step.until), step.until)


def step_text(step: Step) -> str:
    """Returns a step as one line: `create target_group.web`, `wait targets.web healthy`."""
    verb = {"reorder": "reorder", "moved": "rename"}.get(step.do, step.do)
    if step.do == "moved":
        return f"{verb} {step.old} to {step.address}"
    tail = f" {step.until}" if step.until else f" ({len(step.moves)} rules)" if step.moves else ""
    return f"{verb} {step.address}{tail}"
