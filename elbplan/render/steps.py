"""The numbered steps of a plan for --detail: what each does, and what it waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.cells import cell_len
from rich.text import Text

from ..core.kind import Kinds
from ..core.plan import Plan, Step
from .differences import differences
from .layout import column, flow, padded
from .order import step_sentences
from .phases import PHASE_WORDS, displayed_phases
from .servers import with_names
from .style import Style, duration
from .words import wording

NUMBER_AND_PHASE = 17
"""The columns before the text of a step."""

LEAST_FACTS = 16
"""Columns that the facts of a step need beside its text."""

PHASE_COLOURS: Mapping[str, str] = {
    "expand": "green",
    "gate": "cyan",
    "switch": "magenta",
    "contract": "red",
    "protect": "blue",
}


def steps_screen(plan: Plan, kinds: Kinds, style: Style) -> list[Text]:
    """Returns the steps in a valid order. Steps that do not need each other run in parallel."""
    numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
    phases, words = displayed_phases(plan.steps), wording(plan)
    texts = {id: style.clean(text) for id, text in step_sentences(plan, kinds).items()}
    room = style.width - NUMBER_AND_PHASE - LEAST_FACTS
    width = min(column(list(texts.values()), 44), room)
    lines = [style.line((f"Steps {len(plan.steps)}", "bold"))]
    for step in plan.steps:
        phase = phases[step.id]
        head = style.line(f"  {numbers[step.id]:>3}  ", (f"{PHASE_WORDS[phase]:<9}", PHASE_COLOURS[phase]), " ")
        facts = with_names(words("; ".join(_facts(step, numbers))), plan.servers)
        lines += _step(style, head, texts[step.id], width, facts)
    return lines


def _step(style: Style, head: Text, text: str, width: int, facts: str) -> list[Text]:
    """The lines of a step. Its facts begin beside a short text, and below a long one."""
    indent = head.cell_len
    if cell_len(text) <= width:
        return flow(style, head.append(f"{padded(text, width)}  "), facts, "dim", back=indent)
    lines = flow(style, head, text)
    return [*lines, *(flow(style, Text(" " * indent), facts, "dim") if facts else [])]


def _facts(step: Step, numbers: Mapping[str, int]) -> Iterator[str]:
    if step.do == "create" and step.name:
        yield f"named {step.name}"
    if step.do == "wait":
        yield f"up to {duration(step.timeout)}"
    if step.do == "update" and step.before and step.after:
        yield differences(step.before, step.after)
        if step.why.startswith("attach"):
            yield step.why
    if step.do == "reorder":
        yield ", ".join(f"{address.name} to {place}" for address, place in step.moves.items())
    needs = sorted(numbers[need] for need in step.needs if need in numbers)
    if needs:
        yield f"after {', '.join(map(str, needs))}"
