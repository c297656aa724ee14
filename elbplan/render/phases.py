"""Steps and waits in words, and the phase in which a screen shows each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.kind import PHASES, Gate, Kinds, Phase
from ..core.plan import Step
from ..kinds import KINDS

DRAINED, HEALTHY = "drained", "healthy"
"""The gates of targets: requests in flight are finished, and health checks pass."""


PHASE_WORDS: Mapping[Phase, str] = {
    "expand": "prepare",
    "gate": "wait",
    "switch": "switch",
    "contract": "clean up",
    "protect": "protect",
}
"""What the steps of a phase do, in a person's words."""


def displayed_phases(steps: Sequence[Step]) -> dict[str, Phase]:
    """Returns the phase under which the screen shows each step. A wait after a removal belongs to the removal."""
    phases: dict[str, Phase] = {}
    for step in steps:
        needed = [phases[need] for need in step.needs if need in phases]
        latest: Phase = max(needed, key=PHASES.index, default="gate")
        is_late_wait = step.do == "wait" and PHASES.index(latest) > PHASES.index("gate")
        phases[step.id] = latest if is_late_wait else step.phase
    return phases


def gate_of(step: Step, kinds: Kinds) -> Gate | None:
    """Returns the gate of a wait."""
    return next(
        (gate for gate in kinds[step.address.kind].gates if step.do == "wait" and gate.name == step.until), None
    )


def gate_text(step: Step, kinds: Kinds) -> str:
    """Returns the condition of a wait in words."""
    gate = gate_of(step, kinds)
    return gate.what if gate else step.until


def step_text(step: Step) -> str:
    """Returns a step as one line: `create target_group.web`, `wait until the targets are healthy (targets.web)`."""
    if step.do == "moved":
        return f"rename {step.old} to {step.address}"
    if step.do == "wait":
        return f"wait until {gate_text(step, KINDS)} ({step.address})"
    return f"{step.do} {step.address}" + (f" ({len(step.moves)} rules)" if step.moves else "")
