"""A quantity that AWS bills, without its price."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Quantity(NamedTuple):
    """So many units of something; the fields are those of `CostItem`. `quantity` is None if nobody knows it."""

    address: str
    price_key: str
    what: str
    quantity: Decimal | None
    unit: str = "hour"
    assumed: str = ""
