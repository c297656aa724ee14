"""Checks how much of the account's quotas is used. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..kinds.aws.service_quota import ServiceQuota
from .check import Check, ok, unknown

NEARLY = 0.9


@dataclass(frozen=True)
class Quota:
    """One quota: what it limits, how much is used (None: a limit for each load balancer), and the most.

    service, code   of Service Quotas, for the command that asks AWS for more; may be empty
    """

    what: str
    used: int | None
    most: int
    service: str = ""
    code: str = ""


def quota_checks(quotas: Sequence[Quota], missing: Sequence[str]) -> Iterator[Check]:
    """Yields a line for each quota that is nearly reached, and one for the rest. `missing`: what AWS did not say."""
    full = [quota for quota in quotas if quota.used is not None and quota.used >= quota.most * NEARLY]
    for quota in full:
        yield _full(quota)
    rest = [quota for quota in quotas if quota not in full]
    if rest:
        yield ok("quotas", ", ".join(map(_text, rest)))
    if missing:
        yield unknown("quotas", f"AWS does not say: {', '.join(missing)}")


def _text(quota: Quota) -> str:
    if quota.used is None:
        return f"{quota.most} {quota.what}"
    return f"{quota.used} of {quota.most} {quota.what}"


def _full(quota: Quota) -> Check:
    assert quota.used is not None
    command = ServiceQuota(quota.service, quota.code).increase(quota.most * 2) if quota.code else ""
    text = f"{_text(quota)} are used{'' if quota.used < quota.most else ': no more can be created'}"
    return Check("quotas", "warning", text, "delete what nobody uses, or ask AWS for more", command)
