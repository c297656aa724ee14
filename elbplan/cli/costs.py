"""What the stacks of a command cost, as notes and tables of the screens."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from ..core.plan import Plan
from ..cost import StackCost, stack_cost
from ..render.cost import cost_notes, status_note
from ..render.cost_detail import cost_table
from ..render.style import Style
from .context import App
from .price_files import price_table


def cost_of(app: App, plan: Plan) -> StackCost:
    """What the stack of this plan costs before and after it."""
    return stack_cost(plan, price_table(app), app.traffic.get(plan.stack), app.consumed.get(plan.stack))


def notes_of(app: App, verb: str, plan: Plan) -> Sequence[tuple[str, str]]:
    """The notes on the cost for the screen of a command."""
    cost = cost_of(app, plan)
    return status_note(cost) if verb == "status" else cost_notes(cost, verb)


def table_of(app: App, verb: str, plan: Plan, style: Style) -> list[Text]:
    """The table of `--detail`; for the status what is billed now."""
    return cost_table(cost_of(app, plan), style, now=verb == "status")
