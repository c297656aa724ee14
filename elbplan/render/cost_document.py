"""The cost of a stack as JSON."""

from __future__ import annotations

from typing import Any

from ..cost import CapacityUse, CostItem, CostSum, StackCost
from ..cost.items import HOURS_PER_MONTH
from .money import plain, rounded


def cost_document(cost: StackCost) -> dict[str, Any]:
    """The cost as JSON. Amounts are texts, so that no reader makes floats of them."""
    return {
        "currency": cost.currency,
        "before": _sum_document(cost.before),
        "after": _sum_document(cost.after),
        "items": [item_document(item) for item in cost.items],
        "before_items": [item_document(item) for item in cost.before_items],
        "used": [item_document(item) for item in cost.used],
        "capacity": [_capacity_document(use) for use in cost.capacity],
        "unknown": list(cost.unknown),
        "zones_saving": str(rounded(cost.zones_saving, 2)),
        "prices": {"date": cost.date, "source": cost.source},
    }


def _sum_document(amount: CostSum) -> dict[str, str]:
    return {"hour": plain(amount.hour), "day": str(rounded(amount.day, 2)), "month": str(rounded(amount.month, 2))}


def item_document(item: CostItem) -> dict[str, Any]:
    """One thing that AWS bills."""
    return {
        "address": item.address,
        "what": item.what,
        "quantity": None if item.quantity is None else plain(item.quantity),
        "unit": item.unit,
        "unit_price": None if item.unit_price is None else plain(item.unit_price),
        "hour": None if item.hour is None else plain(item.hour),
        "month": None if item.month is None else str(rounded(item.month, 2)),
        "source": item.source,
        "date": item.date,
        "assumed": item.assumed,
    }


def _capacity_document(use: CapacityUse) -> dict[str, Any]:
    price = use.unit_price
    units = {"low": use.low, "typical": use.typical, "high": use.high}
    months = {
        name: None if price is None else str(rounded(price * n * HOURS_PER_MONTH, 2)) for name, n in units.items()
    }
    return {
        "address": use.address,
        "basis": use.basis,
        "units": {name: plain(number) for name, number in units.items()},
        "unit_price": None if price is None else plain(price),
        "month": months,
        **({"problem": use.problem} if use.problem else {}),
    }
