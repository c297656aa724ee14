"""What the stacks of a command cost: the price table of this machine, and the notes of the screens."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from ..core.plan import Plan
from ..cost import Consumptions, PriceTable, StackCost, bundled_prices, stack_cost
from ..cost.prices import parse_table
from ..errors import escaped
from ..render.cost import cost_notes, status_note
from ..render.cost_detail import cost_table
from ..render.style import Style
from .context import App
from .terminal import Terminal


def price_table(app: App) -> PriceTable:
    """The prices of the package, with the newer ones that `elbplan prices refresh` has read."""
    if app.prices is None:
        app.prices = bundled_prices()
        if (cached := _cached(app.terminal)) is not None:
            app.prices = app.prices.with_newer(cached)
    return app.prices


def cache_file(terminal: Terminal) -> Path:
    """The file of the refreshed prices, where this system keeps what can be read again."""
    environ = terminal.environ
    if base := environ.get("XDG_CACHE_HOME"):
        return Path(base) / "elbplan" / "prices.json"
    if sys.platform == "darwin":
        return Path(os.path.expanduser("~/Library/Caches")) / "elbplan" / "prices.json"
    if sys.platform == "win32" and (base := environ.get("LOCALAPPDATA")):
        return Path(base) / "elbplan" / "Cache" / "prices.json"
    return Path(os.path.expanduser("~/.cache")) / "elbplan" / "prices.json"


def _cached(terminal: Terminal) -> PriceTable | None:
    """The refreshed prices; None if there are none. Warns about a file that cannot be read."""
    file = cache_file(terminal)
    try:
        return parse_table(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or escaped(str(error))
        terminal.err(
            f"warning: {escaped(str(file))} is ignored: {reason}",
            "  hint: delete it, or run elbplan prices refresh; until then the prices of the package count",
        )
        return None


def cost_of(app: App, plan: Plan, consumed: Consumptions | None = None) -> StackCost:
    """What the stack of this plan costs before and after it."""
    return stack_cost(plan, price_table(app), app.traffic.get(plan.stack), consumed)


def notes_of(app: App, verb: str, plan: Plan, consumed: Consumptions | None = None) -> Sequence[tuple[str, str]]:
    """The notes on the cost for the screen of a command."""
    cost = cost_of(app, plan, consumed)
    return status_note(cost) if verb == "status" else cost_notes(cost, verb)


def table_of(app: App, plan: Plan, style: Style, consumed: Consumptions | None = None) -> list[Text]:
    """The table of `--detail`."""
    return cost_table(cost_of(app, plan, consumed), style)
