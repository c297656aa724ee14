"""The screen of a plan: changes, hazards, order and notes, the next command, and a line of counts at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.text import Text

from ..core.kind import Kinds
from ..core.plan import Plan
from .hazards import hazards_screen
from .layout import WIDEST, flow_items
from .legend import legend
from .notes import NOTE_HEAD, ignored_lines, note, notes_screen, numbered_notes, remaining, unknown
from .plan_view import Note as Note
from .plan_view import PlanView as PlanView
from .problems import refusal_lines
from .rows import change_rows, row_lines, shown_action
from .steps import steps_screen
from .style import ACTION_VERBS, Style, count, duration


def plan_screen(plan: Plan, kinds: Kinds, style: Style, view: PlanView) -> list[Text]:
    """Returns the screen of one stack without the line of counts."""
    lines = header(plan, style, view)
    if plan.empty and plan.refusals:
        return [*lines, *refusal_lines(plan.refusals, style, view.prepare)]
    if plan.empty:
        return [*lines, *_nothing_to_do(plan, style, view)]
    if plan.changes:
        rows = change_rows(plan, kinds, detail=view.detail)
        lines += [*legend({row.action for row in rows}, style), Text(), *row_lines(rows, style)]
    if view.detail:
        lines += [Text(), *steps_screen(plan, kinds, style)]
    lines += hazards_screen(plan, style, "destroy" if view.verb == "destroy" else "apply")
    lines += refusal_lines(plan.refusals, style, view.prepare)
    notes = notes_screen(plan, kinds, style, view)
    return [*lines, *([Text(), *notes] if notes else [])]


def _nothing_to_do(plan: Plan, style: Style, view: PlanView) -> list[Text]:
    reason = view.undone or f"Nothing to do: {view.idle or nothing_to_do_reason(view.verb)}"
    notes = [line for label, text in view.notes for line in note(style, label, text)]
    notes += [*ignored_lines(plan, style), *numbered_notes(style, "Warnings", plan.warnings)]
    return [style.line(reason), *notes, *remaining(plan, style), *unknown(plan, style)]


def nothing_to_do_reason(verb: str) -> str:
    """Returns why there is nothing to do."""
    return "AWS has no resources of this stack." if verb == "destroy" else "AWS matches the spec."


def header(plan: Plan, style: Style, view: PlanView) -> list[Text]:
    """Returns the stack, region and account, and how much was read. A line ends only between two of them."""
    left = style.line((f"elbplan {view.verb}", "dim"), " · ", (plan.stack, "bold"))
    rest = [plan.region, f"account {plan.account}{view.place}"]
    line = left.copy().append(style.line(f" · {' · '.join(rest)}"))
    read = [] if view.seconds is None else _read_texts(plan, view.seconds)
    for text in read:
        gap = min(style.width, WIDEST) - line.cell_len - len(text)
        if gap >= 2:
            return [line.append(" " * gap).append(text, "dim")]
    if line.cell_len <= style.width:
        return [line, *(Text(text, "dim") for text in read[:1])]
    between = style.line(" · ").plain
    return [left, *flow_items(style, Text("  "), [*rest, *read[:1]], gap=between)]


def _read_texts(plan: Plan, seconds: float) -> list[str]:
    """How much was read, first with the number of resources."""
    return [f"read {count(len(plan.lives), 'resource')} in {duration(seconds)}", f"read in {duration(seconds)}"]


def counts(plans: Iterable[Plan], style: Style, next: str = "", failures: str = "") -> list[Text]:
    """Returns the last lines: the next command, which is not wrapped, and how many resources and stacks change or fail.

    A record that takes the place of one that elbplan did not make counts as replaced, as its row shows it.
    """
    command = [style.line((NOTE_HEAD.format("Next"), "bold"), next)] if next else []
    return [*command, _counts(plans, style), *([style.line((failures, "bold red"))] if failures else [])]


def _counts(plans: Iterable[Plan], style: Style) -> Text:
    shown = Counter(shown_action(change, plan) for plan in plans for change in plan.changes)
    shown["replace"] += shown["recreate"] + shown["take-over"]
    parts = [f"{shown[action]} to {verb}" for action, verb in ACTION_VERBS.items()]
    if shown["adopt"]:
        parts.insert(0, f"{shown['adopt']} to adopt")
    if shown["stop"]:
        parts.append(f"{shown['stop']} to stop")
    return style.line(("Plan:", "bold"), f" {', '.join(parts)}.")
