"""The status screen of a stack: sync, last run, lock and health."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from ..core.plan import Plan, Refusal
from ..errors import ElbplanError
from ..run.status import ChangeCause, StackStatus
from .causes import cause_documents, full_rows
from .differences import change_reason
from .errors import Redact, error_document
from .layout import LABEL_WIDTH, fact_row, flow
from .migrations import migration_rows, migrations_document
from .plan import header
from .plan_view import PlanView
from .problems import refusal_documents
from .runs import last_run_text, lock_document, lock_text, run_document
from .style import COLOURS, SYMBOLS, Style, count, listed

MAX_CHANGES = 5
"""How many changes the screen lists. The plan lists all."""

CAUSES: Mapping[ChangeCause, str] = {
    "drift": "others changed AWS since the last run",
    "spec": "the spec changed since the last run",
    "unfinished": "the last run did not finish; apply continues it",
}
HEALTHY_STATES = ("active", "active_impaired")


def status_screen(status: StackStatus, style: Style, view: PlanView, redact: Redact = str) -> list[Text]:
    """Returns the screen of one stack."""
    return [*header(status.plan, style, view), *_rows(status, style, view, redact)]


def _rows(status: StackStatus, style: Style, view: PlanView, redact: Redact) -> Iterator[Text]:
    if status.problem:
        yield from _problem_rows(status.problem, style, redact)
    elif status.files is None:
        yield from fact_row(style, "spec", *_sync_text(status))
        yield from _change_rows(status.plan, style)
    else:
        yield from migration_rows(status.files, style, status.runs.now)
    yield from _refusal_rows(status.plan.refusals, style)
    for name, state in load_balancers(status.plan):
        yield from fact_row(style, "load balancer", f"{name}, {state}", "" if state in HEALTHY_STATES else "yellow")
    for label, text in view.cost:
        yield from fact_row(style, label, text)
    for text in status.plan.warnings:
        yield from fact_row(style, "warning", text, "yellow")
    for address, health in status.health.items():
        states = health.states
        all_healthy = states.get("healthy", 0) == sum(states.values()) > 0
        colour = "" if all_healthy else "yellow"
        yield from fact_row(style, "targets", f"{address.label}: {health_text(states)}", colour)
        yield from full_rows(health.causes, style, indent=LABEL_WIDTH + 2)
    yield from fact_row(style, "last run", last_run_text(status.runs) if not status.runs.unknown else "unknown")
    yield from fact_row(style, "lock", lock_text(status.runs), "yellow" if status.runs.holder else "")


def _problem_rows(problem: ElbplanError, style: Style, redact: Redact) -> Iterator[Text]:
    """Yields why the spec cannot be compared with AWS."""
    for line in redact(problem.what).split("\n"):
        yield from fact_row(style, "error", line, "red")
    if problem.hint:
        yield from fact_row(style, "", f"hint: {redact(problem.hint)}")


def _refusal_rows(refusals: Sequence[Refusal], style: Style) -> Iterator[Text]:
    """Yields why apply refuses the changes."""
    for refusal in refusals:
        for line in refusal.what.split("\n"):
            yield from fact_row(style, "refused", line, "red")
        if refusal.hint:
            yield from fact_row(style, "", f"hint: {refusal.hint}")


def _sync_text(status: StackStatus) -> tuple[str, str]:
    if status.plan.empty:
        return ("in sync: AWS matches the spec" if status.plan.desired else "the spec has no resources"), "green"
    pending = f"{count(sum(status.plan.summary.values()), 'change')} pending"
    return (f"{pending}: {CAUSES[status.cause]}" if status.cause else pending), "yellow"


def _change_rows(plan: Plan, style: Style) -> Iterator[Text]:
    """Yields the first few changes."""
    changes = [change for change in plan.changes if change.action != "keep"]
    for change in changes[:MAX_CHANGES]:
        head = style.line(
            " " * (LABEL_WIDTH + 2), (f"{SYMBOLS[change.action]:<3}", COLOURS[change.action]), f" {change.address}  "
        )
        yield from flow(style, head, change_reason(change), "dim", back=LABEL_WIDTH + 6)
    if len(changes) > MAX_CHANGES:
        yield style.line((" " * (LABEL_WIDTH + 2) + f"and {len(changes) - MAX_CHANGES} more", "dim"))


def load_balancers(plan: Plan) -> list[tuple[str, str]]:
    """Returns the DNS name and the state of each load balancer of the stack."""
    lives = [live for address, live in plan.lives.items() if address.kind == "load_balancer"]
    return [(live.facts.get("dns_name", live.id), live.facts.get("state", "unknown")) for live in lives]


def health_text(states: Mapping[str, int]) -> str:
    """Returns `2 of 3 healthy (1 unhealthy)`."""
    total = sum(states.values())
    if not total:
        return "no targets"
    others = [f"{number} {state}" for state, number in sorted(states.items()) if state != "healthy"]
    return f"{states.get('healthy', 0)} of {total} healthy" + (f" ({listed(others)})" if others else "")


def status_document(status: StackStatus, redact: Redact = str) -> dict[str, Any]:
    """Returns the status of one stack in `status --json`."""
    plan, last = status.plan, status.runs.last
    return {
        "stack": plan.stack,
        "region": plan.region,
        "account": plan.account,
        "in_sync": plan.empty and not status.problem and not plan.refusals,
        "pending": plan.summary,
        "cause": status.cause,
        "changes": [
            {"action": change.action, "address": str(change.address), "why": change_reason(change)}
            for change in plan.changes
            if change.action != "keep"
        ],
        "refusals": refusal_documents(plan.refusals),
        "lock": lock_document(status.runs),
        "last_run": run_document(last) if last else None,
        "warnings": list(plan.warnings),
        "load_balancers": [{"dns_name": name, "state": state} for name, state in load_balancers(plan)],
        "targets": {address.name: dict(health.states) for address, health in status.health.items()},
        "unhealthy": {a.name: cause_documents(health.causes) for a, health in status.health.items() if health.causes},
        **({"files": migrations_document(status.files)} if status.files else {}),
        **({"error": error_document(status.problem, redact)} if status.problem else {}),
    }
