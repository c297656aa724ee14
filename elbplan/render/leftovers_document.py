"""The leftovers as JSON."""

from __future__ import annotations

from typing import Any

from ..leftovers.find import NOT_LOOKED_AT
from ..leftovers.leftover import PricedLeftover
from .cost_document import item_document
from .leftovers import LeftoversView
from .money import plain, rounded
from .other_accounts import not_read_documents


def leftovers_document(view: LeftoversView) -> dict[str, Any]:
    """Returns everything of the screen. Amounts are texts, so that no reader makes floats of them."""
    return {
        "schema": 1,
        "account": view.account,
        "regions": list(view.regions),
        "leftovers": [leftover_document(entry) for entry in view.found],
        "not_checked": [{"what": e.title, "region": e.region, "why": e.why} for e in view.not_checked],
        "problems": [{"region": problem.region, "why": problem.why} for problem in view.problems],
        "not_read": not_read_documents(view.others),
        "not_looked_at": NOT_LOOKED_AT,
        "total": {"currency": "USD", "month": str(rounded(view.month, 2)), "unknown": view.unknown},
        "prices": {"date": view.date},
    }


def leftover_document(entry: PricedLeftover) -> dict[str, Any]:
    """Returns one leftover; `cost` is null if AWS bills nothing of it."""
    leftover = entry.leftover
    return {
        "kind": leftover.kind,
        "id": leftover.id,
        "region": leftover.region,
        "title": leftover.title,
        "why": leftover.why,
        "since": leftover.since or None,
        "since_what": leftover.since_what or None,
        "stack": leftover.stack or None,
        "commands": list(leftover.commands),
        "facts": dict(leftover.facts),
        "cost": None if entry.free else _cost(entry),
    }


def _cost(entry: PricedLeftover) -> dict[str, Any]:
    known = entry.month is not None
    return {
        "hour": plain(entry.cost.hour) if known else None,
        "month": str(rounded(entry.cost.month, 2)) if known else None,
        "date": entry.date or None,
        "items": [item_document(item) for item in entry.items],
    }
