"""When a stack expires, as words and as JSON."""

from __future__ import annotations

from typing import Any

from ..core.duration import parse_duration
from ..core.plan import Plan
from ..core.utc import log_time
from ..kinds.aws.expiry import Expiry, expiry_of
from .layout import clock_text
from .runs import ago
from .style import duration

LABEL = "Expires"


def plan_expiry(plan: Plan) -> Expiry | None:
    """When the stack of a plan expires; None if never."""
    return expiry_of(plan.desired, plan.lives)


def expiry_note(plan: Plan, now: float, command: str) -> list[tuple[str, str]]:
    """Returns the note of a plan: when the stack expires, and the command that deletes it then."""
    expiry = plan_expiry(plan)
    if expiry is None:
        return []
    since = "" if expiry.is_past(now) else "from then on, "
    return [(LABEL, f"{expiry_text(expiry, now)}; {since}{command} deletes the stack")]


def expiry_text(expiry: Expiry, now: float) -> str:
    """Returns `8 h after its creation: 23:05Z, in 6 h 30 min`, or `2026-12-01 18:00Z, 3 h ago`."""
    after = f"{duration(parse_duration(expiry.text))} after its creation" if expiry.lasts else ""
    if expiry.at is None:
        return after or expiry.text
    moment = clock_text(log_time(expiry.at), now)
    when = ago(now - expiry.at) if expiry.is_past(now) else f"in {_left(expiry.at - now)}"
    return f"{after}: {moment}, {when}" if after else f"{moment}, {when}"


def short_expiry(expiry: Expiry, now: float) -> str:
    """Returns `expired 3 h ago`, `expires in 6 h 30 min`, or `expires 8 h after its creation`."""
    if expiry.at is None:
        return f"expires {expiry_text(expiry, now)}"
    return f"expired {ago(now - expiry.at)}" if expiry.is_past(now) else f"expires in {_left(expiry.at - now)}"


def _left(seconds: float) -> str:
    """Minutes up to two days, days after that."""
    days = int(seconds // 86400)
    return f"{days} days" if days >= 2 else duration(max(60, seconds // 60 * 60))


def expiry_document(expiry: Expiry | None, now: float | None = None) -> dict[str, Any] | None:
    """Returns the expiry for programs: as the spec says it, its moment, and whether that is past; null without one."""
    if expiry is None:
        return None
    document: dict[str, Any] = {"spec": expiry.text, "at": None if expiry.at is None else log_time(expiry.at)}
    return document | ({} if now is None else {"past": expiry.is_past(now)})
