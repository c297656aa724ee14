"""The words of the status screens: conditions, addresses, certificates, causes and the commands that help."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..core.cause import Cause
from ..core.plan import Plan
from ..run.condition import (
    CertificateEnd,
    Condition,
    certificate_ends,
    conditions_of,
    expiry_of_status,
    load_balancers,
    used_groups,
)
from ..run.status import ChangeCause, StackStatus
from .addresses import urls_at
from .causes import subject_and_reason
from .expiry import short_expiry
from .layout import clock_text
from .style import count, listed
from .words import serving_name, wording

CAUSES: Mapping[ChangeCause, str] = {
    "drift": "others changed AWS since the last run",
    "spec": "the spec changed since the last run",
    "unfinished": "the last run did not finish",
}

NOT_WELL = ("unreadable", "down", "degraded", "expired")
GOING_ON = ("held", "locked")


@dataclass(frozen=True)
class StackCommands:
    """Writes commands for one stack exactly as a person must type them.

    word     the name of the stack, or the path of its spec
    options  the options that select the account, the region and the folder of migrations
    """

    word: str
    options: tuple[str, ...] = ()

    def line(self, verb: str, *more: str) -> str:
        """Returns `elbplan apply svc-00 --allow health-check-changes`."""
        return shlex.join(["elbplan", verb, self.word, *more, *self.options])

    def apply(self, plan: Plan) -> str:
        """Returns the command that applies the plan, with the hazards that it must allow."""
        hazards = ",".join(dict.fromkeys(hazard.name for hazard in plan.hazards))
        return self.line("apply", *(["--allow", hazards] if hazards else []))


def mark_of(conditions: tuple[Condition, ...]) -> tuple[str, str]:
    """Returns the symbol of a stack and its colour."""
    if not conditions:
        return "✓", "green"
    if conditions[0] in NOT_WELL:
        return "✗", "bold red"
    return ("·", "cyan") if conditions[0] in GOING_ON else ("!", "bold yellow")


def headline(status: StackStatus) -> str:
    """Returns `1/2 healthy · drifted`: the health, and every condition, worst first."""
    words = [word for condition in conditions_of(status) if (word := _word(condition, status))]
    health = health_words(status)
    problem = words[:1] if status.problem else []
    return " · ".join(filter(None, [*problem, health, *words[len(problem) :]]))


def health_words(status: StackStatus) -> str:
    """Returns `1/2 healthy`; what is wrong with the load balancer; empty for a stack without targets."""
    groups = used_groups(status)
    total = sum(group.total for group in groups)
    words = [f"load balancer {state}" for _, state in load_balancers(status.plan) if state not in ("active",)]
    if groups:
        words.append(f"{sum(group.healthy for group in groups)}/{total} healthy" if total else "no targets")
    return " · ".join(words)


def _word(condition: Condition, status: StackStatus) -> str:
    """Returns a condition in few words; empty for one that the health tells."""
    if condition in ("down", "degraded"):
        return ""
    last = status.runs.last
    if condition == "unfinished" and last:
        return f"run {last.number} {'died' if status.runs.lock == 'dead' else _end(status)}"
    if condition == "locked" and last:
        return f"run {last.number} is running" if last.state == "running" else "locked"
    if condition == "pending":
        return _pending(status)
    if condition in ("expired", "expiring"):
        return certificate_text(certificate_ends(status)[0], short=True)
    if condition == "overdue" and (expiry := expiry_of_status(status)):
        return short_expiry(expiry, status.runs.now)
    if condition == "unreadable":
        return "cannot be compared" if status.plan.lives else "cannot be read"
    return {"refused": "change refused", "specless": "no spec"}.get(condition, condition)


def _end(status: StackStatus) -> str:
    last = status.runs.last
    return last.state if last and last.state not in ("done", "running", "held") else "not finished"


def _pending(status: StackStatus) -> str:
    if status.files:
        files = [row for row in status.files.rows if row.state in ("pending", "rolled-back")]
        return f"{count(len(files), 'migration')} pending" if files else "changes without a migration"
    if not status.plan.lives:
        return "not created yet"
    changes = sum(status.plan.summary.values())
    return f"{count(changes, 'change')} pending" if changes else "waiting"


def urls_of(plan: Plan) -> list[str]:
    """Returns where the stack answers: its domains, or the DNS names of its load balancers."""
    resources = [*plan.desired.values(), *(live.model for live in plan.lives.values() if not plan.desired)]
    domains = [domain for domain in plan.domains if not domain.startswith("*")]
    names = domains or [name for name, _ in load_balancers(plan) if name]
    return urls_at(names, resources)


NOT_RENEWED = "; imported, so AWS does not renew it"


def certificate_text(end: CertificateEnd, *, short: bool = False) -> str:
    """Returns `certificate 394 days`, or in full `api.example.com, 394 days (until 2027-12-29)`."""
    left = count(abs(end.days), "day")
    if short:
        return f"certificate {left}" if end.days >= 0 else "certificate expired"
    until = f"until {end.expires[:10]}{NOT_RENEWED if end.renewal == 'files' else ''}"
    return f"{listed(list(end.domains), 3)}, {left} ({until})" if end.days >= 0 else (
        f"{listed(list(end.domains), 3)}, expired {left} ago ({end.expires[:10]})"
    )  # fmt: skip


def cause_sentences(status: StackStatus) -> Iterator[str]:
    """Yields why targets are not healthy: `server-c (i-0e64…) is stopped since 04:14Z: start it`."""
    groups = {address: health for address, health in status.health.items() if health in used_groups(status)}
    words = wording(status.plan)
    for address, health in groups.items():
        place = f"{serving_name(address, status.plan.lives)}: " if len(groups) > 1 else ""
        for cause in health.causes:
            yield place + words(cause_sentence(cause, status.runs.now))


def cause_sentence(cause: Cause, now: float) -> str:
    """Returns a cause with its targets, since when, and what to do."""
    who = listed(list(cause.labels), 3)
    text = cause.text + since_words(cause, now)
    if who and text.startswith("it is "):
        text = f"{who} {'is' if len(cause.targets) == 1 else 'are'} {text[len('it is ') :]}"
    else:
        text = subject_and_reason(who, text)
    return f"{text}: {cause.fix}" if cause.fix else text


def since_words(cause: Cause, now: float) -> str:
    """Returns ` since 04:14Z`, with the day if it was not today."""
    return f" since {clock_text(cause.since, now)}" if cause.since else ""
