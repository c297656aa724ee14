"""What the symbols of a plan mean: only those that stand in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rich.text import Text

from .layout import flow_items
from .style import SYMBOLS, Style

MEANINGS: Mapping[str, str] = {
    "create": "create",
    "adopt": "take over as it is: tags only",
    "update": "change in place",
    "recreate": "delete old, then create new",
    "replace": "create new, then delete old",
    "take-over": "take the name over",
    "stop": "stop",
    "delete": "delete",
}


def legend(actions: Collection[str], style: Style) -> list[Text]:
    """Returns a dim line for the symbols of these actions."""
    items = [f"{SYMBOLS[action]} {meaning}" for action, meaning in MEANINGS.items() if action in actions]
    return flow_items(style, Text("  "), items, "dim", gap="   ")
