"""The last screen of a run that failed or was interrupted: what users notice, why, and the commands to go on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from ..core.plan import Plan
from ..kinds.quotas import REACHED
from ..run.outcome import Event, Outcome
from .causes import full_rows
from .denials import denial_document
from .layout import flow
from .step_words import failed_text, next_text, resources_text
from .style import RESULT_MARKS, Style, count, duration
from .user_effect import user_effect

LABEL = 8
"""Width of the labels at the left."""


def unfinished_rows(
    plan: Plan, outcome: Outcome, style: Style, again: str, rollback: str, *, destroys: bool
) -> Iterator[Text]:
    """Yields the rows; `again` is the same command, `rollback` the one that removes new resources, if there is one."""
    yield from _head(plan, outcome, style, destroys)
    shown: set[str] = set()
    for event in outcome.failed:
        yield from _failure(event, style, shown)
    if not outcome.failed:
        yield from _interruption(outcome, style)
    left = len(outcome.skipped) + len(outcome.failed)
    if any(event.code in REACHED for event in outcome.failed):
        advice = "a quota is reached: raise it or make the spec smaller, then run:"
        yield from flow(style, _label("then", style), advice)
        yield style.line(" " * (LABEL + 2), again)
    else:
        yield from command_rows(style, "then", again, f"goes on, {count(left, 'step')} left")
    if rollback and not_switched(outcome):
        yield from command_rows(style, "or", rollback, "undo: removes what is new")


def _head(plan: Plan, outcome: Outcome, style: Style, destroys: bool) -> Iterator[Text]:
    mark, colour = RESULT_MARKS["failed" if outcome.failed else "held"]
    word = "stopped" if outcome.failed or not outcome.interrupted else "interrupted"
    effect = "" if destroys else f" {user_effect(plan, outcome)}"
    text = f"{word} after {duration(outcome.seconds)}.{effect}"
    yield from flow(style, style.line((mark, colour), (f" {plan.stack}: ", "bold")), text, back=2)


def _failure(event: Event, style: Style, shown: set[str]) -> Iterator[Text]:
    """Why a step failed and what to do about that; an advice that several failures share stands once."""
    yield from flow(style, style.line("  ", (f"{'why':<{LABEL}}", "yellow")), failed_text(event))
    if event.causes:
        yield from full_rows(event.causes, style, indent=2, first_label="")
    elif event.hint and event.hint not in shown:
        yield from flow(style, style.line("  ", (f"{'fix':<{LABEL}}", "green")), event.hint)
    shown.add(event.hint)


def _interruption(outcome: Outcome, style: Style) -> Iterator[Text]:
    done = [step for step in outcome.done if step.writes]
    if done:
        yield from flow(style, _label("done", style), resources_text(done))
    if outcome.skipped:
        yield from flow(style, _label("next", style), next_text(outcome.skipped[0]))


def command_rows(style: Style, label: str, command: str, note: str) -> Iterator[Text]:
    """Yields a command in one line, to be copied. A note stands at its right, or above it if there is no room."""
    row, right = _label(label, style), style.line((f"  {note}", "dim"))
    text = style.line(command)
    if row.cell_len + text.cell_len + right.cell_len <= style.width:
        yield row.append_text(text).append_text(right)
    else:
        yield row.append_text(style.line((f"{note}:", "dim")))
        yield style.line(" " * (LABEL + 2)).append_text(text)


def _label(label: str, style: Style) -> Text:
    return style.line("  ", (f"{label:<{LABEL}}", "bold"))


def not_switched(outcome: Outcome) -> bool:
    """True if the run ended before traffic moved from an old resource to a new one."""
    steps = [*outcome.skipped, *(event.step for event in outcome.failed)]
    switch_pending = any(step.phase == "switch" and step.before is not None for step in steps)
    failed_switch = any(event.step.phase == "switch" and event.step.writes for event in outcome.failed)
    return switch_pending and not failed_switch and not any(step.phase == "switch" for step in outcome.done)


def outcome_error(outcome: Outcome, code: int) -> dict[str, Any]:
    """Returns the error document of a run that began and did not finish."""
    first = outcome.failed[0] if outcome.failed else None
    if first is None:
        what, hint = outcome.lost or "interrupted", "run the same command again to go on"
    else:
        more = f", and {count(len(outcome.failed) - 1, 'more step')} failed" if len(outcome.failed) > 1 else ""
        what, hint = failed_text(first) + more, first.hint
    kind = "step failed" if first else "lock lost" if outcome.lost else "interrupted"
    document: dict[str, Any] = {"what": what, "hint": hint, "code": code, "kind": kind}
    document |= {"aws_code": first.code} if first and first.code else {}
    return document | (denial_document(first.denied) if first and first.denied else {})
