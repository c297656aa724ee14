"""Plans and runs for programs. The shapes are a promise: fields may be added, none is taken away within a schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.hazard import Hazard
from ..core.hidden import redacted
from ..core.plan import Plan, Step
from ..core.resource import differing_fields, plain
from ..run.outcome import Event, Outcome

SCHEMA = 1


def plan_document(plans: Sequence[Plan]) -> dict[str, Any]:
    """What `plan --json` prints."""
    return {"schema": SCHEMA, "stacks": [stack_document(plan) for plan in plans]}


def stack_document(plan: Plan) -> dict[str, Any]:
    """One stack's part of it."""
    return {
        "stack": plan.stack,
        "account": plan.account,
        "region": plan.region,
        "summary": plan.summary,
        "changes": [
            {"action": change.action, "address": str(change.address), "why": change.because,
             "fields": list(change.fields)}
            for change in plan.changes
        ],
        "steps": [step_document(step) for step in plan.steps],
        "hazards": [hazard_document(hazard, plan) for hazard in plan.hazards],
        "stays": list(plan.stays),
    }  # fmt: skip


def hazard_document(hazard: Hazard, plan: Plan) -> dict[str, Any]:
    """A hazard; `step` is the id of the step that brings it."""
    return {
        "name": hazard.name,
        "address": str(hazard.address),
        "text": hazard.text,
        "safe": hazard.remedy,
        "step": plan.steps[hazard.step].id,
    }


def step_document(step: Step) -> dict[str, Any]:
    """A step; what says nothing is left out."""
    told: dict[str, Any] = {
        "id": step.id,
        "phase": step.phase,
        "do": step.do,
        "address": str(step.address),
        "why": step.why,
        "needs": list(step.needs),
    }
    if step.name:
        told["name"] = step.name
    if step.do == "wait":
        told |= {"until": step.until, "timeout": step.timeout}
    if step.do == "update" and step.before and step.after:
        told["changes"] = {
            field: _pair(getattr(step.before, field), getattr(step.after, field))
            for field in differing_fields(step.before, step.after)
        }
    if step.moves:
        told["moves"] = {str(address): place for address, place in step.moves.items()}
    return told


def _pair(was: Any, will: Any) -> list[Any]:
    """Old and new, without the values of variables."""
    return [plain(redacted(was, will)), plain(redacted(will, was))]


def event_document(stack: str, event: Event) -> dict[str, Any]:
    """One line of `apply --json`."""
    step = event.step
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "type": event.what,
        "stack": stack,
        "step": {"id": step.id, "phase": step.phase, "do": step.do, "address": str(step.address)},
        "text": event.text,
        "seconds": round(event.seconds, 3),
    }
    if event.what in ("done", "failed", "skipped"):
        told["took"] = round(event.took, 3)
    if event.hint:
        told["hint"] = event.hint
    return told


def summary_document(plan: Plan, outcome: Outcome, exit_code: int, answers: Sequence[str] = ()) -> dict[str, Any]:
    """The last line of a stack."""
    return {
        "schema": SCHEMA,
        "type": "summary",
        "stack": plan.stack,
        "account": plan.account,
        "region": plan.region,
        "done": len(outcome.done),
        "failed": len(outcome.failed),
        "skipped": len(outcome.skipped),
        "seconds": round(outcome.seconds, 3),
        "answers": list(answers),
        "exit": exit_code,
    }
