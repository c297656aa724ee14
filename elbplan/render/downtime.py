"""Whether a plan loses requests, in one sentence."""

from __future__ import annotations

from ..core.plan import Plan, Step
from ..kinds.record import Record
from .order import healthy_text, needed_by
from .phases import HEALTHY
from .style import listed
from .switches import moves_traffic
from .words import in_words, wording

OUTAGES = ("outage", "route-interrupted")
"""The hazards that are sure to lose requests."""


def downtime(plan: Plan, *, noted: bool = False) -> str:
    """Returns the downtime that the plan causes.

    `noted`: a note shows the hazards of the whole migration, so this part of it cannot promise "none".
    """
    if not plan.changes:
        return ""
    if noted and not plan.hazards:
        return "see the hazards of the migration"
    if outages := [hazard for hazard in plan.hazards if hazard.name in OUTAGES]:
        return wording(plan)("; ".join(f"{hazard.address}: {hazard.text}" for hazard in outages))
    if all(change.action in ("delete", "stop") for change in plan.changes) and not plan.desired:
        return "permanent: the stack is deleted"
    if plan.hazards:
        return "none expected, but see the hazards above"
    if moves := _moves(plan):
        return f"none expected: {moves}"
    return _without_moves(plan)


def _without_moves(plan: Plan) -> str:
    actions = {change.action for change in plan.changes}
    if "replace" in actions:
        return "none expected: the old ones serve until the new ones are ready"
    if actions == {"create"}:
        return "none" if plan.lives or plan.replaced else "none: the stack is new"
    if actions == {"adopt"}:
        return "none: only elbplan's tags change"
    return "none expected: all changes are in place" if actions == {"update"} else "none expected"


def _moves(plan: Plan) -> str:
    """What moves traffic, and the healthy targets that it waits for: `listener 443 moves after 1 of 1 is healthy`."""
    switches = [step for step in plan.steps if moves_traffic(step, plan)]
    healthy = [step for step in needed_by(plan, switches) if step.do == "wait" and step.until == HEALTHY]
    if not switches or not healthy:
        return ""
    names = list(dict.fromkeys(map(_name, switches)))
    return f"{listed(names, 2)} {'moves' if len(names) == 1 else 'move'} after {healthy_text(healthy)}"


def _name(step: Step) -> str:
    return step.after.name if isinstance(step.after, Record) else in_words(step.address)
