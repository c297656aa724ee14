"""A stack on one screen: is it as the spec says, who changed it last, does it answer?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..core.plan import Plan
from ..run.status import ChangeCause, StackStatus
from .differences import change_reason
from .layout import LABEL_WIDTH, fact_row, flow
from .migrations import migration_rows, migrations_document
from .plan import PlanView, header
from .runs import last_run_text, lock_document, lock_text, run_document
from .style import COLOURS, SYMBOLS, Style, count, listed

MAX_CHANGES = 5
"""Changes that are named; the plan names them all."""

CAUSES: Mapping[ChangeCause, str] = {
    "drift": "AWS was changed by others since the last run",
    "spec": "the spec has changed since the last run",
    "unfinished": "the last run did not finish; apply goes on from there",
}
HEALTHY_STATES = ("active", "active_impaired")


def status_screen(one: StackStatus, style: Style, view: PlanView) -> list[Text]:
    """The whole screen of one stack."""
    return [*header(one.plan, style, view), *_rows(one, style)]


def _rows(one: StackStatus, style: Style) -> Iterator[Text]:
    if one.files is None:
        yield from fact_row(style, "spec", *_verdict(one))
        yield from _pending(one.plan, style)
    else:
        yield from migration_rows(one.files, style, one.runs.now)
    for name, state in load_balancers(one.plan):
        yield from fact_row(style, "load balancer", f"{name}, {state}", "" if state in HEALTHY_STATES else "yellow")
    for address, states in one.health.items():
        well = states.get("healthy", 0) == sum(states.values()) > 0
        name = f"{address.name}{' (old)' if address.deposed else ''}"
        yield from fact_row(style, "targets", f"{name}: {health_text(states)}", "" if well else "yellow")
    yield from fact_row(style, "last run", last_run_text(one.runs) if not one.runs.unknown else "unknown")
    yield from fact_row(style, "lock", lock_text(one.runs), "yellow" if one.runs.holder else "")


def _verdict(one: StackStatus) -> tuple[str, str]:
    if one.plan.empty:
        return ("in sync: AWS is as the spec says" if one.plan.desired else "nothing is wanted"), "green"
    told = f"{count(_pending_count(one.plan), 'change')} pending"
    return (f"{told}: {CAUSES[one.cause]}" if one.cause else told), "yellow"


def _pending_count(plan: Plan) -> int:
    return sum(plan.summary.values())


def _pending(plan: Plan, style: Style) -> Iterator[Text]:
    """The first few changes; a plan of waits only has none."""
    changes = [change for change in plan.changes if change.action != "keep"]
    for change in changes[:MAX_CHANGES]:
        head = style.line(
            " " * (LABEL_WIDTH + 2), (f"{SYMBOLS[change.action]:<3}", COLOURS[change.action]), f" {change.address}  "
        )
        yield from flow(style, head, change_reason(change), "dim", back=LABEL_WIDTH + 6)
    if len(changes) > MAX_CHANGES:
        yield style.line((" " * (LABEL_WIDTH + 2) + f"and {len(changes) - MAX_CHANGES} more", "dim"))


def load_balancers(plan: Plan) -> list[tuple[str, str]]:
    """The name in the DNS and the state of every load balancer of the stack."""
    lives = [live for address, live in plan.lives.items() if address.kind == "load_balancer"]
    return [(live.facts.get("dns_name", live.id), live.facts.get("state", "unknown")) for live in lives]


def health_text(states: Mapping[str, int]) -> str:
    """`2 of 3 healthy (1 unhealthy)`."""
    every = sum(states.values())
    if not every:
        return "no targets"
    rest = [f"{number} {state}" for state, number in sorted(states.items()) if state != "healthy"]
    return f"{states.get('healthy', 0)} of {every} healthy" + (f" ({listed(rest)})" if rest else "")


def status_document(one: StackStatus) -> dict[str, Any]:
    """One stack's part of `status --json`."""
    plan, last = one.plan, one.runs.last
    return {
        "stack": plan.stack,
        "region": plan.region,
        "account": plan.account,
        "in_sync": plan.empty,
        "pending": plan.summary,
        "cause": one.cause,
        "changes": [
            {"action": change.action, "address": str(change.address), "why": change_reason(change)}
            for change in plan.changes
            if change.action != "keep"
        ],
        "lock": lock_document(one.runs),
        "last_run": run_document(last) if last else None,
        "load_balancers": [{"dns_name": name, "state": state} for name, state in load_balancers(plan)],
        "targets": {address.name: dict(states) for address, states in one.health.items()},
        **({"files": migrations_document(one.files)} if one.files else {}),
    }
