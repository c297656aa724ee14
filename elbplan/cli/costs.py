"""What the stacks of a command cost, as notes and tables of the screens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rich.text import Text

from ..api.documents import DocumentFacts
from ..core.plan import Plan
from ..cost import StackCost
from ..render.cost import cost_notes, status_note
from ..render.cost_detail import cost_table
from ..render.style import Style
from .context import App
from .price_files import price_table


def facts_of(app: App) -> DocumentFacts:
    """What the documents of a command need besides its plans and results."""
    return DocumentFacts(partial(price_table, app), app.terminal.redacted, app.loaded, app.consumed)


def cost_of(app: App, plan: Plan) -> StackCost:
    """What the stack of this plan costs before and after it."""
    return facts_of(app).cost(plan)


def notes_of(app: App, verb: str, plan: Plan) -> Sequence[tuple[str, str]]:
    """The notes on the cost for the screen of a command."""
    cost = cost_of(app, plan)
    return status_note(cost) if verb == "status" else cost_notes(cost, verb)


def table_of(app: App, verb: str, plan: Plan, style: Style) -> list[Text]:
    """The table of `--detail`; for the status what is billed now."""
    return cost_table(cost_of(app, plan), style, now=verb == "status")
