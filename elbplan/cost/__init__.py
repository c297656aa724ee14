"""What a stack costs: the price table, the quantities, the sums. Pure, except that it reads the table of the package.

`stack_cost(plan, traffic, prices)` returns a `StackCost`: what AWS bills before and after a plan, item by item. All
amounts are `Decimal`, in US dollars. A price that no table has is `None`, and `unknown` says so; it is never guessed.
"""

from __future__ import annotations

from .capacity import CapacityUse, Consumption, Consumptions
from .items import CostItem, CostSum, StackCost
from .prices import Price, PriceTable, bundled_prices
from .stack import stack_cost

__all__ = [
    "CapacityUse",
    "Consumption",
    "Consumptions",
    "CostItem",
    "CostSum",
    "Price",
    "PriceTable",
    "StackCost",
    "bundled_prices",
    "stack_cost",
]
