"""The status screen of one stack: sync, health, addresses, certificates, last run and lock; and its JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..core.plan import Plan
from ..kinds import KINDS
from ..run.condition import (
    WARNED_DAYS,
    Condition,
    certificate_ends,
    conditions_of,
    exit_code_of,
    expiry_of_status,
    load_balancers,
    used_groups,
)
from ..run.status import StackStatus
from .causes import cause_documents, full_rows
from .differences import change_reason
from .drift import drift_sentences
from .errors import Redact, error_document
from .expiry import expiry_document, expiry_text
from .layout import LABEL_WIDTH, fact_row, flow, unbroken_row
from .migrations import migration_rows, migrations_document
from .name_servers import name_servers
from .overview import StatusRow, note_lines
from .plan import header
from .plan_view import PlanView
from .problems import refusal_documents
from .rows import change_rows
from .runs import last_run_text, lock_document, lock_text, run_document, step_lines
from .status_notes import Noted, notes_of
from .status_words import CAUSES, certificate_text, headline, mark_of, urls_of
from .style import COLOURS, SYMBOLS, Style, count, listed
from .words import serving_name, wording

MAX_CHANGES = 5
"""How many changes the screen lists. The plan lists all."""

MOST_STEPS = 8
"""How many steps of the last run the screen lists. `elbplan runs` lists all that are recorded."""

DETAIL = LABEL_WIDTH + 2
SPEC_CONDITIONS: tuple[Condition, ...] = ("unreadable", "drifted", "refused", "specless")
"""The conditions whose notes stand below the row of the spec. Other rows of the screen tell the other conditions."""


def status_screen(row: StatusRow, style: Style, view: PlanView, redact: Redact = str) -> list[Text]:
    """Returns the screen of one stack."""
    conditions = conditions_of(row.status)
    words = headline(row.status) if conditions else "in sync and healthy" if row.status.plan.lives else "nothing to do"
    return [*header(row.status.plan, style, view), style.line("  ", mark_of(conditions), f" {words}"),
            *_rows(row, style, view, redact)]  # fmt: skip


def _rows(row: StatusRow, style: Style, view: PlanView, redact: Redact) -> Iterator[Text]:
    status = row.status
    yield from _spec_rows(row, style, redact)
    for url in urls_of(status.plan):
        yield from unbroken_row(style, "url", url, "cyan")
    for name, state in load_balancers(status.plan):
        text = f"{name}, {state}" if name else state
        yield from unbroken_row(style, "load balancer", text, "" if state == "active" else "yellow")
    for end in certificate_ends(status):
        colour = "" if end.days >= WARNED_DAYS else "yellow" if end.days >= 0 else "red"
        yield from fact_row(style, "certificate", certificate_text(end), colour)
    for zone, servers in name_servers(status.plan).items():
        yield from fact_row(style, "name servers", f"of {zone}: {servers}")
    for text in status.plan.warnings:
        yield from fact_row(style, "warning", text, "yellow")
    words = wording(status.plan)
    for address, health in status.health.items():
        colour = "" if health.healthy == health.total > 0 else "yellow"
        name = serving_name(address, status.plan.lives)
        yield from fact_row(style, "targets", f"{name}: {health_text(health.states)}", colour)
        yield from full_rows(health.causes, style, indent=DETAIL, now=status.runs.now, words=words)
    for label, text in view.cost:
        yield from fact_row(style, label, text)
    if expiry := expiry_of_status(status):
        past = expiry.is_past(status.runs.now)
        yield from fact_row(style, "expires", expiry_text(expiry, status.runs.now), "bold red" if past else "")
        yield from _next_command(row, style, "overdue")
    yield from fact_row(style, "last run", last_run_text(status.runs) if not status.runs.unknown else "unknown")
    if status.runs.last:
        yield from step_lines(status.runs.last, style, indent=DETAIL, most=MOST_STEPS)
    yield from _next_command(row, style, "unfinished")
    yield from fact_row(style, "lock", lock_text(status.runs), "yellow" if status.runs.holder else "")


def _spec_rows(row: StatusRow, style: Style, redact: Redact) -> Iterator[Text]:
    """Yields how AWS differs from the spec or the migrations, and what to do about it."""
    status = row.status
    if status.files is not None:
        yield from migration_rows(status.files, style, status.runs.now)
    elif status.problem is None and not status.specless:
        yield from fact_row(style, "spec", *_sync_text(status))
        if "drifted" not in conditions_of(status):
            yield from _change_rows(status.plan, style)
    notes = notes_of(Noted(status, row.commands, redact, most=MAX_CHANGES), only=SPEC_CONDITIONS)
    yield from note_lines(notes, style, DETAIL if status.problem is None else 2)
    yield from _next_command(row, style, "held")


def _next_command(row: StatusRow, style: Style, condition: Condition) -> Iterator[Text]:
    """Yields only the command for a condition that a row of the screen tells already."""
    notes = notes_of(Noted(row.status, row.commands), only=[condition])
    yield from note_lines((note for note in notes if note[2]), style, DETAIL)


def _sync_text(status: StackStatus) -> tuple[str, str]:
    if status.plan.empty:
        return ("in sync: AWS matches the spec" if status.plan.desired else "the spec has no resources"), "green"
    pending = f"{count(sum(status.plan.summary.values()), 'change')} pending"
    return (f"{pending}: {CAUSES[status.cause]}" if status.cause else pending), "yellow"


def _change_rows(plan: Plan, style: Style) -> Iterator[Text]:
    """Yields the first few changes, in the words of the plan."""
    rows = change_rows(plan, KINDS)
    for row in rows[:MAX_CHANGES]:
        symbol = style.clean(SYMBOLS[row.action])
        head = style.line(" " * DETAIL, (f"{symbol:<3}", COLOURS[row.action]), f" {row.title} {row.name}  ")
        yield from flow(style, head, row.text, "dim", back=DETAIL + 4)
        for mark, note, colour in row.below:
            yield from flow(style, style.line(" " * (DETAIL + 4), (mark, "dim")), note, colour)
    if len(rows) > MAX_CHANGES:
        yield style.line((" " * DETAIL + f"and {len(rows) - MAX_CHANGES} more", "dim"))


def health_text(states: Mapping[str, int]) -> str:
    """Returns `2 of 3 healthy (1 unhealthy)`."""
    total = sum(states.values())
    if not total:
        return "no targets"
    if set(states) == {"unavailable"}:
        return f"{total} of {total} get requests (no health check)"
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
        "conditions": list(conditions_of(status)),
        "exit": status.problem.exit_code if status.problem else exit_code_of(status),
        "healthy": {
            "healthy": sum(group.healthy for group in used_groups(status)),
            "of": sum(group.total for group in used_groups(status)),
        },
        "urls": urls_of(plan),
        "expires": expiry_document(expiry_of_status(status), status.runs.now),
        "certificates": [
            {"name": end.name, "domains": list(end.domains), "expires": end.expires, "days": end.days}
            for end in certificate_ends(status)
        ],
        "drift": drift_sentences(plan) if status.cause == "drift" else [],
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
        **({"error": error_document(status.problem, redact, stack=plan.stack)} if status.problem else {}),
    }
