"""The screen of a plan: changes, reasons, order, and a line of counts at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from ..core.address import Address
from ..core.change import Change
from ..core.hidden import redacted
from ..core.kind import Kinds
from ..core.plan import Plan, Remaining
from .differences import BRIEF, change_reason
from .hazards import hazards_screen
from .layout import column, flow, left_and_right
from .phases import phase_lines
from .problems import refusal_lines
from .servers import summary_of, with_names
from .steps import steps_screen
from .style import ACTION_VERBS, COLOURS, HEADINGS, SYMBOLS, Style, count, duration

Note = tuple[str, str]
"""A labelled line between the resources and the counts: `("Downtime", "none")`."""

HAZARDS_NOTE = "Hazards"
"""The label of the note with the hazards of the whole migration that the plan is a part of."""

DOWNTIME_HAZARDS = ("outage", "route-interrupted")
"""The hazards that are sure to lose requests."""

LABEL_WIDTH = 10
"""Width of the labels below the changes."""

NOTE_HEAD = "{:<12}"
"""The label of a note, with the space before its text."""


@dataclass(frozen=True)
class PlanView:
    """Data for the screen besides the plan.

    seconds   the time to read AWS; None: not shown
    next      the next command
    place     a note after the account
    notes     further lines, for example the migration's file or drift
    idle      why there is nothing to do; empty: the usual reason
    undone    what the user must do although the plan has no step; empty: nothing
    cost      what the stack costs before and after
    """

    verb: str = "plan"
    seconds: float | None = None
    detail: bool = False
    next: str = ""
    place: str = ""
    notes: Sequence[Note] = ()
    idle: str = ""
    undone: str = ""
    cost: Sequence[Note] = ()


def plan_screen(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    """Returns the screen of one stack without the line of counts."""
    lines = header(plan, style, view)
    if plan.empty and plan.refusals:
        return [*lines, *refusal_lines(plan.refusals, style)]
    if plan.empty:
        notes = [line for label, text in (*view.notes, *_remarks(plan)) for line in _note(style, label, text)]
        notes += _remaining(plan, style)
        return [
            *lines,
            style.line(view.undone or f"Nothing to do: {view.idle or nothing_to_do_reason(view.verb)}"),
            *notes,
        ]
    for action in HEADINGS:
        changes = [change for change in plan.changes if change.action == action]
        if changes:
            lines += [Text(), style.line((f"{HEADINGS[action]} {len(changes)}", f"bold {COLOURS[action]}"))]
            lines += _changes(changes, kinds, style, plan)
    if view.detail:
        lines += [Text(), *steps_screen(plan, kinds, style)]
    lines += hazards_screen(plan, style, "destroy" if view.verb == "destroy" else "apply")
    lines += refusal_lines(plan.refusals, style)
    lines += _summary(plan, kinds, style, view)
    return lines


def nothing_to_do_reason(verb: str) -> str:
    """Returns why there is nothing to do."""
    return "AWS has no resources of this stack." if verb == "destroy" else "AWS matches the spec."


def header(plan: Plan, style: Style, view: PlanView) -> list[Text]:
    """Returns the stack, region and account, and how much was read."""
    account = f" · account {plan.account}{view.place}"
    left = style.line((f"elbplan {view.verb}", "dim"), " · ", (plan.stack, "bold"), f" · {plan.region}{account}")
    read = count(len(plan.lives), "resource")
    right = "" if view.seconds is None else f"read {read} in {duration(view.seconds)}"
    return left_and_right(style, left, right)


def _changes(changes: Sequence[Change], kinds: Kinds, style: Style, plan: Plan) -> Iterator[Text]:
    """Yields a line for each resource. All groups of a plan have the same columns."""
    title_width = column([kinds[change.address.kind].title for change in plan.changes], 18)
    name_width = column([change.address.label for change in plan.changes], 24)
    symbol_width = max(len(SYMBOLS[change.action]) for change in plan.changes)
    for change in changes:
        kind = kinds[change.address.kind]
        action = "update" if _address(change) in plan.restored else change.action
        head = style.line(
            "  ",
            (f"{SYMBOLS[action]:<{symbol_width}}", f"bold {COLOURS[action]}"),
            f" {kind.title:<{title_width}}  {change.address.label:<{name_width}}  ",
        )
        resource = (change.before if change.action == "stop" else change.after) or change.before
        summary = kind.summary(redacted(resource, change.after)) if resource else ""
        summary = summary_of(resource, summary, plan.servers) if resource else ""
        yield from flow(style, head, summary, "dim", back=symbol_width + 5)
        if reason := _reason(change, plan):
            why = style.line(" " * (symbol_width + 5), ("why: ", COLOURS[change.action]))
            yield from flow(style, why, with_names(reason, plan.servers))
        if replaced := plan.replaced.get(change.address):
            yield from flow(style, style.line(" " * (symbol_width + 5), ("replaces: ", COLOURS["replace"])), replaced)
        if previous := _previous(change, plan):
            label, colour, text = previous
            yield from flow(style, style.line(" " * (symbol_width + 5), (label, COLOURS[colour])), text)


def _address(change: Change) -> Address:
    """Returns the address of the live resource, which is the old side of a replacement, or of the new resource."""
    return change.live.address if change.live else change.address


def _previous(change: Change, plan: Plan) -> tuple[str, str, str] | None:
    """Returns what a deleted record replaced: a label, its colour, and the text."""
    address = _address(change)
    if text := plan.restored.get(address):
        return "back to: ", "create", f"{text}, as before elbplan"
    if text := plan.not_restored.get(address):
        return "before: ", "delete", text
    return None


def _reason(change: Change, plan: Plan) -> str:
    """Returns the reason of a change. A create needs none, nor does a delete of the whole stack."""
    return "" if change.action == "create" or not plan.desired else change_reason(change, BRIEF)


def _summary(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    order: list[Note] = []
    if any(change.action in ("update", "replace") for change in plan.changes) and not view.detail:
        order += [(phase, text) for phase, text in phase_lines(plan, kinds)]
    lines = [Text(), style.line(("In this order", "bold"))] if order else []
    for phase, text in order:
        lines += flow(style, style.line("  ", (f"{phase:<{LABEL_WIDTH}}", "cyan")), text)
    lines.append(Text())
    for label, text in (*view.notes, *view.cost, *(("Stays", text) for text in plan.stays)):
        lines += _note(style, label, text) if text else []
    lines += _remaining(plan, style)
    notes: list[Note] = [
        *_remarks(plan),
        ("Downtime", downtime(plan, noted=HAZARDS_NOTE in dict(view.notes))),
        ("Waits", _waits(plan, kinds, view)),
        ("You", "; ".join(_user_actions(plan, kinds))),
    ]
    for label, text in notes:
        if text:
            lines += _note(style, label, text)
    return lines


def _remarks(plan: Plan) -> list[Note]:
    """What elbplan could not read or check, and what it leaves alone although the stack cannot work with it."""
    return [
        *(("Not read", text) for text in plan.unread),
        *(("Not checked", text) for text in plan.unchecked),
        *(("Warning", text) for text in plan.warnings),
    ]


def _remaining(plan: Plan, style: Style) -> list[Text]:
    """Returns what AWS bills after a destroy, each with the command that ends it."""
    return [line for left in plan.remaining for line in remaining_rows(left, style, NOTE_HEAD.format("Stays"), "bold")]


def remaining_rows(left: Remaining, style: Style, label: str, colour: str = "") -> list[Text]:
    """Returns a resource that stays, and its command on a line of its own, so that it can be copied."""
    return [*flow(style, style.line((label, colour)), left.text), style.line(" " * len(label), left.command)]


def _note(style: Style, label: str, text: str) -> list[Text]:
    return flow(style, style.line((NOTE_HEAD.format(label), "bold")), text)


def downtime(plan: Plan, *, noted: bool = False) -> str:
    """Returns the downtime that the plan causes.

    `noted`: a note shows the hazards of the whole migration, so this part of it cannot promise "none".
    """
    if not plan.changes:
        return ""
    if noted and not plan.hazards:
        return "see the hazards of the migration"
    if downtimes := [hazard for hazard in plan.hazards if hazard.name in DOWNTIME_HAZARDS]:
        return "; ".join(f"{hazard.address}: {hazard.text}" for hazard in downtimes)
    if all(change.action in ("delete", "stop") for change in plan.changes) and not plan.desired:
        return "permanent: the stack is deleted"
    if plan.hazards:
        return "none expected, but see the hazards above"
    if all(change.action == "create" for change in plan.changes):
        return "none" if plan.lives else "none: the stack is new"
    return "none: old resources serve until new ones are ready"


def _waits(plan: Plan, kinds: Kinds, view: PlanView) -> str:
    """Returns the waits of a plan without changes."""
    if plan.changes or view.detail:
        return ""
    return "; ".join(text for _, text in phase_lines(plan, kinds))


def _user_actions(plan: Plan, kinds: Kinds) -> Iterator[str]:
    """Yields what the user must do while apply waits."""
    for step in plan.steps:
        gate = next(
            (gate for gate in kinds[step.address.kind].gates if step.do == "wait" and gate.name == step.until), None
        )
        if gate is not None and gate.ask:
            yield f"while it waits for {step.address}, {gate.ask.format(_arn(plan, step.address))}"


def _arn(plan: Plan, address: Address) -> str:
    """Returns the ARN of a live resource, or a placeholder for a new one."""
    if address in plan.lives:
        return plan.lives[address].id
    name = next((step.name for step in plan.steps if step.do == "create" and step.address == address), "")
    return f"ARN-OF-{name}" if name else "ARN"


def counts(plans: Iterable[Plan], style: Style, next: str = "", failures: str = "") -> list[Text]:
    """Returns the last lines: how many resources are created, changed, replaced and deleted; how many stacks fail."""
    line = _counts(plans, style)
    return [*_with_next(line, style, next), *([style.line((failures, "bold red"))] if failures else [])]


def _counts(plans: Iterable[Plan], style: Style) -> Text:
    summaries = [plan.summary for plan in plans]
    parts = [f"{sum(summary[action] for summary in summaries)} to {verb}" for action, verb in ACTION_VERBS.items()]
    if stops := sum(summary.get("stop", 0) for summary in summaries):
        parts.append(f"{stops} to stop")
    return style.line(("Plan:", "bold"), f" {', '.join(parts)}.")


def _with_next(line: Text, style: Style, next: str) -> list[Text]:
    if not next:
        return [line]
    if line.cell_len + len(next) + 9 > min(style.width, 120):
        return [style.line(("Next        ", "bold"), next), line]
    return left_and_right(style, line, f"next: {next}", "")
