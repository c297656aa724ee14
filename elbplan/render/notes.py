"""The labelled lines below the changes of a plan: order, undo, warnings, cost, downtime, and what stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from ..core.address import Address
from ..core.kind import Kinds
from ..core.plan import Plan, Remaining
from .differences import BRIEF, field_text
from .downtime import downtime
from .follow import leading
from .layout import flow, flow_items
from .order import Moment, moments
from .phases import gate_of
from .plan_view import PlanView
from .rows import shown_action
from .servers import with_names
from .style import Style
from .words import in_words, wording

HAZARDS_NOTE = "Hazards"
"""The label of the note with the hazards of the whole migration that the plan is a part of."""

NOTE_HEAD = "{:<12}"
"""The label of a note, with the space before its text."""


def note(style: Style, label: str, text: str) -> list[Text]:
    """Returns a label and its text, which wraps below its own start."""
    return flow(style, _head(style, label), text)


def _head(style: Style, label: str) -> Text:
    return style.line((NOTE_HEAD.format(label), "bold"))


def notes_screen(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    """Returns the notes of a plan with steps."""
    order = moments(plan, kinds)
    lines = [line for label, text in view.notes if text for line in note(style, label, text)]
    if not view.detail and _order_matters(plan, order):
        numbered = [f"{number} {moment.text}" for number, moment in enumerate(order, 1)]
        lines += flow_items(style, _head(style, "Order"), numbered)
    lines += undo_lines(plan, kinds, order, style, view)
    lines += [*ignored_lines(plan, style), *numbered_notes(style, "Warnings", plan.warnings)]
    lines += [line for label, text in view.cost for line in note(style, label, text)]
    if text := downtime(plan, noted=HAZARDS_NOTE in dict(view.notes)):
        lines += note(style, "Downtime", text)
    lines += user_actions(plan, kinds, style)
    lines += [line for text in plan.stays for line in note(style, "Stays", text)]
    return [*lines, *remaining(plan, style), *unknown(plan, style)]


def numbered_notes(style: Style, label: str, texts: Sequence[str]) -> list[Text]:
    """Returns `Warnings 2` with both texts, each on lines of its own."""
    first, rest = f"{label} {len(texts)}", ""
    heads = [first, *[rest] * (len(texts) - 1)] if texts else []
    return [line for head, text in zip(heads, texts, strict=True) for line in note(style, head, text)]


def ignored_lines(plan: Plan, style: Style) -> list[Text]:
    """Returns what differs from the spec and stays because of `ignore:`. Nothing of it needs an action."""
    return [line for text in ignored_texts(plan) for line in flow(style, _head(style, "Ignored"), text, "dim")]


def ignored_texts(plan: Plan) -> Iterator[str]:
    """Yields each resource with its ignored differences, from the spec to AWS."""
    for change in plan.ignored:
        assert change.before is not None
        assert change.after is not None
        texts = [field_text(change.before, change.after, field, BRIEF) for field in change.fields]
        text = wording(plan)(f"{in_words(change.address)}, {'; '.join(texts)} (spec → AWS, see ignore:)")
        yield with_names(text, plan.servers)


def unknown(plan: Plan, style: Style) -> list[Text]:
    """Returns what elbplan could not read or check."""
    notes = [*(("Not read", text) for text in plan.unread), *(("Not checked", text) for text in plan.unchecked)]
    return [line for label, text in notes for line in note(style, label, text)]


def _order_matters(plan: Plan, order: Sequence[Moment]) -> bool:
    """True if something that serves is changed, replaced or taken over, in several moments."""
    if len(order) < 2:
        return not plan.changes
    return not plan.changes or any(shown_action(change, plan) in SERVING for change in plan.changes)


SERVING = ("update", "replace", "recreate", "take-over")


def undo_lines(plan: Plan, kinds: Kinds, order: Sequence[Moment], style: Style, view: PlanView) -> list[Text]:
    """Returns until when a change can be undone, and the command, which is not wrapped."""
    until = _undo_until(plan, order, late=view.undo_late) if view.undo else ""
    if not until:
        return []
    head, until = _head(style, "Undo"), f"{until}: "
    indent = head.cell_len
    if indent + len(until) + cell_len(view.undo) <= style.width:
        lines = [head.append(f"{until}{view.undo}")]
    else:
        lines = [head.append(until.rstrip()), style.line(" " * indent, view.undo)]
    if not view.undo_late and any(change.action == "update" for change in leading(plan, kinds)):
        lines += flow(style, Text(" " * indent), "(what changes in place stays changed)")
    return lines


def _undo_until(plan: Plan, order: Sequence[Moment], *, late: bool) -> str:
    """Until when, in words; empty if nothing can be undone.

    `apply --rollback` undoes what has not switched traffic yet: until then, the old side of a replacement still serves.
    """
    if late:
        return "at any time"
    replaced = {shown_action(change, plan) for change in plan.changes if change.action == "replace"}
    switch = next((number for number, moment in enumerate(order, 1) if moment.switches), 0)
    return f"until step {switch}" if replaced == {"replace"} and switch > 1 else ""


def remaining(plan: Plan, style: Style) -> list[Text]:
    """Returns what AWS bills after a destroy, each with the command that ends it."""
    return [line for left in plan.remaining for line in remaining_rows(left, style, NOTE_HEAD.format("Stays"), "bold")]


def remaining_rows(left: Remaining, style: Style, label: str, colour: str = "") -> list[Text]:
    """Returns a resource that stays, and its command on a line of its own, so that it can be copied."""
    return [*flow(style, style.line((label, colour)), left.text), style.line(" " * len(label), left.command)]


def user_actions(plan: Plan, kinds: Kinds, style: Style) -> list[Text]:
    """Returns what the user must do while apply waits; a command has a line of its own, so that it can be copied."""
    lines: list[Text] = []
    for step in plan.steps:
        gate = gate_of(step, kinds)
        if gate is not None and gate.ask:
            ask, colon, command = gate.ask.format(_arn(plan, step.address)).partition(": aws ")
            lines += note(style, "You", f"while it waits for {in_words(step.address)}, {ask}{colon[:1]}")
            lines += [style.line(" " * len(NOTE_HEAD.format("")), f"aws {command}")] if command else []
    return lines


def _arn(plan: Plan, address: Address) -> str:
    """Returns the ARN of a live resource, or a placeholder for a new one."""
    if address in plan.lives:
        return plan.lives[address].id
    name = next((step.name for step in plan.steps if step.do == "create" and step.address == address), "")
    return f"ARN-OF-{name}" if name else "ARN"
