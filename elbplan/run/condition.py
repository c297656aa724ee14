"""Judges the status of a stack: what needs a look, worst first, and the exit code that tells it to a script. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ..core.plan import Plan
from ..kinds.aws.expiry import Expiry, expiry_of
from ..kinds.aws.moments import seconds_of
from ..kinds.certificate import Certificate
from .status import GroupHealth, StackStatus

Condition = Literal[
    "unreadable",
    "down",
    "degraded",
    "unfinished",
    "expired",
    "expiring",
    "overdue",
    "drifted",
    "refused",
    "pending",
    "specless",
    "held",
    "locked",
]
"""What needs a look, from the worst on. A stack without a condition is in sync and healthy.

unreadable   its spec, its migrations or AWS cannot be read
down         no target is healthy, or a load balancer is not active
degraded     some targets are not healthy
unfinished   the last run failed, was interrupted or died, and there is still something to do
expired, expiring   a certificate is no longer valid, or not for 30 days more
overdue      its `expires:` is past
drifted      others changed AWS since the last run
refused      apply refuses the change
pending      the spec or a migration wants a change
specless     no spec is found, so nothing can be compared
held         a migration waits at a hold
locked       a run has the lock, and its end is not recorded
"""

WORST_FIRST: tuple[Condition, ...] = get_args(Condition)
NOT_SERVING = ("down", "degraded", "expired")
TO_APPLY = ("unreadable", "unfinished", "drifted", "refused", "pending", "held")
ACTIVE = ("active", "active_impaired")
SERVING_EXIT, PENDING_EXIT = 3, 2
DAY = 86400
WARNED_DAYS = 30
"""ACM renews a certificate 60 days before its end. If it has not done so 30 days later, something is wrong.

https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
"""


Renewal = Literal["records", "authority", "mail", "files"]


@dataclass(frozen=True)
class CertificateEnd:
    """When a certificate of the stack ends; `days` is negative after that.

    renewal   how it is renewed: AWS does it for `records` and `authority`; a person must act for `mail` and `files`
    """

    name: str
    domains: tuple[str, ...]
    expires: str
    days: int
    renewal: Renewal = "records"


def conditions_of(status: StackStatus) -> tuple[Condition, ...]:
    """What needs a look, worst first; empty for a stack that is in sync and healthy."""
    return tuple(
        sorted({*_health(status), *_certificates(status), *_end(status), *_sync(status)}, key=WORST_FIRST.index)
    )


def rank_of(status: StackStatus) -> tuple[int, ...]:
    """Sorts stacks, the worst first. Of two stacks with the same worst condition, the next worse one decides."""
    return (*map(WORST_FIRST.index, conditions_of(status)), len(WORST_FIRST))


def exit_code_of(status: StackStatus) -> int:
    """The code of `status --exit-code` without an error: 3 does not serve, 2 something is to be applied, 0 fine."""
    found = conditions_of(status)
    if any(condition in NOT_SERVING for condition in found):
        return SERVING_EXIT
    return PENDING_EXIT if any(condition in TO_APPLY for condition in found) else 0


def used_groups(status: StackStatus) -> list[GroupHealth]:
    """The groups that get requests; all groups if no listener forwards to any."""
    groups = list(status.health.values())
    return [group for group in groups if group.in_use] or groups


def load_balancers(plan: Plan) -> list[tuple[str, str]]:
    """The DNS name and the state of each load balancer of the stack."""
    lives = [live for address, live in plan.lives.items() if address.kind == "load_balancer"]
    return [(live.facts.get("dns_name", live.id), live.facts.get("state", "unknown")) for live in lives]


def certificate_ends(status: StackStatus) -> list[CertificateEnd]:
    """The stack's certificates that AWS has issued, the one that ends first at first."""
    found = []
    for address, live in status.plan.lives.items():
        expires = live.facts.get("expires", "")
        end = seconds_of(expires)
        if isinstance(live.model, Certificate) and end is not None:
            wanted = status.plan.desired.get(address, live.model)
            domains = wanted.domains if isinstance(wanted, Certificate) else live.model.domains
            days = int((end - status.runs.now) // DAY)
            found.append(CertificateEnd(address.label, domains, expires, days, renewal_of(live.model)))
    return sorted(found, key=lambda end: end.expires)


def renewal_of(certificate: Certificate) -> Renewal:
    """How a certificate is renewed."""
    if certificate.imported:
        return "files"
    if certificate.authority:
        return "authority"
    return "mail" if certificate.validation == "EMAIL" else "records"


RENEWAL: Mapping[Renewal, str] = {
    "records": "ACM should have renewed it; is its validation record there?",
    "authority": "ACM should have renewed it; is its private authority active?",
    "mail": "ACM renews it when somebody approves the mail that it sends",
    "files": "AWS does not renew an imported certificate: write the new one into its files, and apply",
}
"""What to do about a certificate that ends soon."""


def _health(status: StackStatus) -> Iterator[Condition]:
    groups = used_groups(status)
    healthy, total = sum(group.healthy for group in groups), sum(group.total for group in groups)
    inactive = any(state not in ACTIVE for _, state in load_balancers(status.plan))
    if inactive or (groups and not healthy):
        yield "down"
    elif healthy < total:
        yield "degraded"


def _certificates(status: StackStatus) -> Iterator[Condition]:
    days = [end.days for end in certificate_ends(status)]
    if any(left < 0 for left in days):
        yield "expired"
    elif any(left < WARNED_DAYS for left in days):
        yield "expiring"


def expiry_of_status(status: StackStatus) -> Expiry | None:
    """When the stack expires, as far as something of it exists; None if never."""
    return expiry_of(status.plan.desired, status.plan.lives) if status.plan.lives else None


def _end(status: StackStatus) -> Iterator[Condition]:
    expiry = expiry_of_status(status)
    if expiry is not None and expiry.is_past(status.runs.now):
        yield "overdue"


def _sync(status: StackStatus) -> Iterator[Condition]:
    """A run that goes on explains why something is pending, so the rest is not judged."""
    if status.problem or (status.files and status.files.wrong):
        yield "unreadable"
    if status.plan.refusals:
        yield "refused"
    if status.specless:
        yield "specless"
    if status.runs.lock == "held":
        yield "locked"
        return
    if status.runs.lock == "dead":
        yield "unfinished"
    yield from _by_migrations(status) if status.files else _by_spec(status)


def _by_spec(status: StackStatus) -> Iterator[Condition]:
    if status.plan.empty:
        return
    words: dict[str, Condition] = {"unfinished": "unfinished", "drift": "drifted"}
    yield words.get(status.cause if status.plan.lives else "", "pending")


def _by_migrations(status: StackStatus) -> Iterator[Condition]:
    assert status.files is not None
    states = {row.state for row in status.files.rows}
    if "begun" in states:
        yield "unfinished"
    if status.files.drift:
        yield "drifted"
    if "held" in states:
        yield "held"
    if status.files.uncovered or ("held" not in states and states & {"pending", "rolled-back"}):
        yield "pending"
