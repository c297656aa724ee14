"""The hazards of a plan and how to avoid them."""

from __future__ import annotations

from rich.text import Text

from ..core.plan import Plan
from .layout import column, flow
from .phases import step_text
from .style import Style
from .words import wording

REMEDY_LABEL = "safe form: "


def hazards_screen(plan: Plan, style: Style, verb: str = "apply") -> list[Text]:
    """Returns a block for each hazard and the flag that allows all of them."""
    if not plan.hazards:
        return []
    lines = [Text(), style.line((f"Hazards {len(plan.hazards)}", "bold red"))]
    words = wording(plan)
    name = column([hazard.name for hazard in plan.hazards], 24)
    for hazard in plan.hazards:
        head = style.line("  ", (f"{hazard.name:<{name}}", "red"), "  ")
        lines += flow(style, head, words(f"{hazard.address}: {hazard.text}"))
        where = style.line(" " * (name + 4), ("at step: ", "dim"))
        lines += flow(style, where, words(step_text(plan.steps[hazard.step])), "dim")
        remedy, *commands = hazard.remedy.split("\n")
        lines += flow(style, style.line(" " * (name + 4), (REMEDY_LABEL, "green")), remedy)
        lines += [style.line("    ", command) for command in commands]  # not wrapped, so that they can be copied
    names = ",".join(dict.fromkeys(hazard.name for hazard in plan.hazards))
    return [*lines, *flow(style, style.line("  "), f"{verb} does this only with --allow {names}")]
