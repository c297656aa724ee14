"""JSON documents of plans and runs. Within a schema version, elbplan can add fields but never removes one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.hazard import Hazard
from ..core.hidden import redacted
from ..core.plan import Plan, Remaining, Step
from ..core.resource import differing_fields, plain
from ..run.outcome import Event, Outcome
from .causes import cause_documents
from .denials import denial_document
from .expiry import expiry_document, plan_expiry
from .problems import refusal_documents
from .servers import servers_document

SCHEMA = 1


def plan_document(plans: Sequence[Plan]) -> dict[str, Any]:
    """Returns the document of `plan --json`."""
    return {"schema": SCHEMA, "stacks": [stack_document(plan) for plan in plans]}


def stack_document(plan: Plan) -> dict[str, Any]:
    """Returns the plan of one stack."""
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
        "expires": expiry_document(plan_expiry(plan)),
        "stays": list(plan.stays),
        "unread": list(plan.unread),
        "unchecked": list(plan.unchecked),
        "warnings": list(plan.warnings),
        "ignored": [{"address": str(each.address), "fields": list(each.fields)} for each in plan.ignored],
        "refusals": refusal_documents(plan.refusals),
        "servers": servers_document(plan.servers),
        "replaced": {str(address): text for address, text in plan.replaced.items()},
        "restored": {str(address): text for address, text in plan.restored.items()},
        "not_restored": {str(address): text for address, text in plan.not_restored.items()},
    }  # fmt: skip


def remaining_document(left: Remaining) -> dict[str, str]:
    """Returns a resource that AWS bills after a destroy, with the command that ends it."""
    return {"kind": left.kind, "id": left.id, **left.facts, "text": left.text, "command": left.command}


def hazard_document(hazard: Hazard, plan: Plan) -> dict[str, Any]:
    """Returns a hazard; `step` is the id of the step that causes it."""
    return {
        "name": hazard.name,
        "address": str(hazard.address),
        "text": hazard.text,
        "remedy": hazard.remedy,
        "step": plan.steps[hazard.step].id,
    }


def step_document(step: Step) -> dict[str, Any]:
    """Returns a step without empty fields."""
    document: dict[str, Any] = {
        "id": step.id,
        "phase": step.phase,
        "do": step.do,
        "address": str(step.address),
        "why": step.why,
        "needs": list(step.needs),
    }
    if step.name:
        document["name"] = step.name
    if step.do == "wait":
        document |= {"until": step.until, "timeout": step.timeout}
    if step.do == "update" and step.before and step.after:
        document["changes"] = {
            field: _pair(getattr(step.before, field), getattr(step.after, field))
            for field in differing_fields(step.before, step.after)
        }
    if step.moves:
        document["moves"] = {str(address): place for address, place in step.moves.items()}
    return document


def _pair(old: Any, new: Any) -> list[Any]:
    """Returns the old and new value, without values of variables."""
    return [plain(redacted(old, new)), plain(redacted(new, old))]


def event_document(stack: str, event: Event, at: str) -> dict[str, Any]:
    """Returns the document of one line of `apply --json`; `at` is the time of day in UTC."""
    step = event.step
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "type": event.what,
        "at": at,
        "stack": stack,
        "step": {"id": step.id, "phase": step.phase, "do": step.do, "address": str(step.address)},
        "text": event.text,
        "seconds": round(event.seconds, 3),
    }
    if event.what in ("done", "failed", "skipped"):
        document["took"] = round(event.took, 3)
    if event.hint:
        document["hint"] = event.hint
    if event.denied:
        document |= denial_document(event.denied, stack)
    if event.causes:
        document["causes"] = cause_documents(event.causes)
    if event.gives_up:
        document |= {"usual": event.usual, "gives_up": event.gives_up}
    return document


def summary_document(
    plan: Plan, outcome: Outcome, exit_code: int, urls: Sequence[str] = (), *, at: str = ""
) -> dict[str, Any]:
    """Returns the document of a stack's last line in `apply --json`; `at` is the time of day in UTC."""
    return {
        "schema": SCHEMA,
        "type": "summary",
        "at": at,
        "stack": plan.stack,
        "account": plan.account,
        "region": plan.region,
        "done": len(outcome.done),
        "failed": len(outcome.failed),
        "skipped": len(outcome.skipped),
        "seconds": round(outcome.seconds, 3),
        "answers": list(urls),
        "exit": exit_code,
        **({"remaining": [remaining_document(left) for left in plan.remaining]} if plan.remaining else {}),
    }
