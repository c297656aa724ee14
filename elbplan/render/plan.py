"""A plan as a screen: what, why, in which order; one line of counts at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from ..core.address import Address
from ..core.change import Change
from ..core.hidden import redacted
from ..core.kind import Kinds
from ..core.plan import Plan
from .differences import BRIEF, change_reason
from .hazards import hazards_screen
from .layout import column, flow, left_and_right
from .phases import phase_lines
from .steps import steps_screen
from .style import ACTION_VERBS, COLOURS, HEADINGS, SYMBOLS, Style, count, duration

Note = tuple[str, str]
"""A line between the resources and the counts: `("Downtime", "none")`."""

HAZARDS_NOTE = "Hazards"
"""The note that names the hazards of a file of which the plan is a part."""

DOWNTIME_HAZARDS = ("outage", "route-interrupted")
"""The hazards by which requests go unanswered for certain."""

LABEL_WIDTH = 10
"""Width of the words at the left of the lower part."""


@dataclass(frozen=True)
class PlanView:
    """What a screen needs besides the plan.

    seconds   how long reading took; None says nothing about it
    next      the command that a person would type next
    notes     further lines that others contribute: which file it comes from, what was changed by hand
    idle      why there is nothing to do, if it is not the usual reason
    undone    what a person must do although the plan has no step; empty if that is nothing
    """

    verb: str = "plan"
    seconds: float | None = None
    detail: bool = False
    next: str = ""
    place: str = ""
    notes: Sequence[Note] = ()
    idle: str = ""
    undone: str = ""


def plan_screen(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    """The whole screen of one stack, without the line of counts."""
    lines = header(plan, style, view)
    if plan.empty:
        told = [line for word, text in view.notes for line in _note(style, word, text)]
        return [
            *lines,
            style.line(view.undone or f"Nothing to do: {view.idle or nothing_to_do_reason(view.verb)}"),
            *told,
        ]
    for action in HEADINGS:
        changes = [change for change in plan.changes if change.action == action]
        if changes:
            lines += [Text(), style.line((f"{HEADINGS[action]} {len(changes)}", f"bold {COLOURS[action]}"))]
            lines += _changes(changes, kinds, style, plan)
    if view.detail:
        lines += [Text(), *steps_screen(plan, kinds, style)]
    lines += hazards_screen(plan, style, "destroy" if view.verb == "destroy" else "apply")
    lines += _lower(plan, kinds, style, view)
    return lines


def nothing_to_do_reason(verb: str) -> str:
    """Why there is nothing to do."""
    return "AWS has nothing of this stack." if verb == "destroy" else "AWS is as the spec says."


def header(plan: Plan, style: Style, view: PlanView) -> list[Text]:
    """Which stack, where, and how much was read."""
    account = f" · account {plan.account}{view.place}"
    left = style.line((f"elbplan {view.verb}", "dim"), " · ", (plan.stack, "bold"), f" · {plan.region}{account}")
    read = count(len(plan.lives), "resource")
    right = "" if view.seconds is None else f"read {read} in {duration(view.seconds)}"
    return left_and_right(style, left, right)


def _changes(changes: Sequence[Change], kinds: Kinds, style: Style, plan: Plan) -> Iterator[Text]:
    """One line a resource; columns are the same in all groups of a plan."""
    title = column([kinds[c.address.kind].title for c in plan.changes], 18)
    name = column([_name(c) for c in plan.changes], 24)
    mark = max(len(SYMBOLS[c.action]) for c in plan.changes)
    for change in changes:
        kind = kinds[change.address.kind]
        head = style.line(
            "  ",
            (f"{SYMBOLS[change.action]:<{mark}}", f"bold {COLOURS[change.action]}"),
            f" {kind.title:<{title}}  {_name(change):<{name}}  ",
        )
        resource = change.after or change.before
        told = kind.summary(redacted(resource, change.after)) if resource else ""
        yield from flow(style, head, told, "dim", back=mark + 5)
        if because := _because(change, plan):
            why = style.line(" " * (mark + 5), ("why: ", COLOURS[change.action]))
            yield from flow(style, why, because)


def _name(change: Change) -> str:
    return f"{change.address.name}{' (old)' if change.address.deposed else ''}"


def _because(change: Change, plan: Plan) -> str:
    """A create explains itself; so does a delete where everything goes."""
    return "" if change.action == "create" or not plan.desired else change_reason(change, BRIEF)


def _lower(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    notes: list[Note] = []
    if any(change.action in ("update", "replace") for change in plan.changes) and not view.detail:
        notes += [(phase, text) for phase, text in phase_lines(plan, kinds)]
    lines = [Text(), style.line(("In this order", "bold"))] if notes else []
    for word, text in notes:
        lines += flow(style, style.line("  ", (f"{word:<{LABEL_WIDTH}}", "cyan")), text)
    lines.append(Text())
    waits, asks = ("Waits", _waits(plan, kinds, view)), ("You", "; ".join(_asks(plan, kinds)))
    stays = [("Stays", text) for text in plan.stays]
    felt = ("Downtime", downtime(plan, noted=HAZARDS_NOTE in dict(view.notes)))
    for word, text in (*view.notes, *stays, felt, waits, asks):
        if text:
            lines += _note(style, word, text)
    return lines


def _note(style: Style, word: str, text: str) -> list[Text]:
    return flow(style, style.line((f"{word:<{LABEL_WIDTH + 2}}", "bold")), text)


def downtime(plan: Plan, *, noted: bool = False) -> str:
    """What traffic notices; where hazards of the whole file are `noted`, the plan of a part of it cannot say none."""
    if not plan.changes:
        return ""
    if noted and not plan.hazards:
        return "see the hazards of the file"
    if felt := [hazard for hazard in plan.hazards if hazard.name in DOWNTIME_HAZARDS]:
        return "; ".join(f"{hazard.address}: {hazard.text}" for hazard in felt)
    if all(change.action == "delete" for change in plan.changes) and not plan.desired:
        return "this stack stops answering, for good"
    if plan.hazards:
        return "none foreseen, but see the hazards above"
    if all(change.action == "create" for change in plan.changes):
        return "none" if plan.lives else "none: nothing of this stack is there yet"
    return "none: the old serves until the new is ready"


def _waits(plan: Plan, kinds: Kinds, view: PlanView) -> str:
    """A plan without changes still has something to wait for."""
    if plan.changes or view.detail:
        return ""
    return "; ".join(text for _, text in phase_lines(plan, kinds))


def _asks(plan: Plan, kinds: Kinds) -> Iterator[str]:
    """What a person must do while apply waits, since nobody else will."""
    for step in plan.steps:
        gate = next((g for g in kinds[step.address.kind].gates if step.do == "wait" and g.name == step.until), None)
        if gate is not None and gate.ask:
            yield f"while it waits for {step.address}, {gate.ask.format(_arn(plan, step.address))}"


def _arn(plan: Plan, address: Address) -> str:
    """The ARN of what is there, or the name of what will be."""
    if address in plan.lives:
        return plan.lives[address].id
    name = next((step.name for step in plan.steps if step.do == "create" and step.address == address), "")
    return f"ARN-OF-{name}" if name else "ARN"


def counts(plans: Iterable[Plan], style: Style, next: str = "") -> list[Text]:
    """The last line: how many resources are created, changed, replaced, deleted."""
    sums = [plan.summary for plan in plans]
    told = ", ".join(f"{sum(one[action] for one in sums)} to {word}" for action, word in ACTION_VERBS.items())
    line = style.line(("Plan:", "bold"), f" {told}.")
    if not next:
        return [line]
    if line.cell_len + len(next) + 9 > min(style.width, 120):
        return [style.line(("Next        ", "bold"), next), line]
    return left_and_right(style, line, f"next: {next}", "")
