"""The result of a calculation: items, each with its price, and their sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .capacity import CapacityUse

HOURS_PER_MONTH = Decimal(730)
"""As AWS's pricing calculator counts a month: https://calculator.aws"""

HOURS_PER_DAY = Decimal(24)


@dataclass(frozen=True)
class CostItem:
    """One thing that AWS bills.

    address     the resource in the stack: `load_balancer.main`
    what        what it is, for a person: `application load balancer`
    quantity    how many units; None if that is unknown
    unit        `hour`, `GB-month`, `month` or `issue` (of a certificate): what the unit price is for
    unit_price  dollars for one unit; None if no table has the price
    hour        dollars for an hour; 0 for what AWS bills by the month; None if the price or the quantity is unknown
    month       dollars for 730 hours; None if the price or the quantity is unknown
    source      where the price is from; empty without a price
    date        the date of the price, as YYYY-MM-DD; empty without a price
    assumed     what elbplan assumes about the quantity; empty if it assumes nothing
    price_key   the name of the price in the table
    """

    address: str
    what: str
    quantity: Decimal | None
    unit: str
    unit_price: Decimal | None
    hour: Decimal | None
    month: Decimal | None
    source: str = ""
    date: str = ""
    assumed: str = ""
    price_key: str = ""


@dataclass(frozen=True)
class CostSum:
    """Dollars for an hour, a day and a month of 730 hours. A day has no part of what AWS bills by the month."""

    hour: Decimal = Decimal(0)
    day: Decimal = Decimal(0)
    month: Decimal = Decimal(0)


def sum_of(items: Iterable[CostItem]) -> CostSum:
    """The sum of the items whose price is known."""
    known = [item for item in items if item.hour is not None and item.month is not None]
    hour = sum((item.hour for item in known if item.hour is not None), Decimal(0))
    month = sum((item.month for item in known if item.month is not None), Decimal(0))
    return CostSum(hour, hour * HOURS_PER_DAY, month)


def oldest_date(items: Iterable[CostItem]) -> str:
    """The date of the oldest price; empty without a price."""
    oldest = oldest_of(items)
    return oldest.date if oldest else ""


def oldest_of(items: Iterable[CostItem]) -> CostItem | None:
    """The item with the oldest price. Prices of a region differ in age; one that is the same everywhere is left out."""
    dated = [item for item in items if item.date]
    offered = [item for item in dated if item.price_key != "public-ipv4-hour"] or dated
    return min(offered, key=lambda item: item.date, default=None)


@dataclass(frozen=True)
class StackCost:
    """What AWS bills for a stack before and after a plan, in US dollars.

    before, after   the sums of what is known; data transfer is not included
    items           what is billed after the plan
    before_items    what is billed before the plan
    used            what the stack uses and elbplan did not create, such as hosted zones; not in the sums
    unknown         what the sums leave out because its price or its quantity is unknown, for a person
    capacity        the capacity units of each load balancer; those of `band` are not in the sums
    overlap         dollars for an hour in which both sides of all replacements exist, in addition to `after`
    zones_saving    dollars that a month costs less with two zones; 0 if nothing can be saved so
    zones           two zones that have all servers of the stack, by letter; empty if elbplan does not know any
    """

    region: str
    before: CostSum
    after: CostSum
    items: tuple[CostItem, ...] = ()
    before_items: tuple[CostItem, ...] = ()
    used: tuple[CostItem, ...] = ()
    unknown: tuple[str, ...] = ()
    capacity: tuple[CapacityUse, ...] = ()
    overlap: Decimal = Decimal(0)
    zones_saving: Decimal = Decimal(0)
    zones: tuple[str, ...] = ()
    currency: str = "USD"

    @property
    def date(self) -> str:
        """The date of the oldest price in the sums; empty if no price is known."""
        return self._oldest.date if self._oldest else ""

    @property
    def source(self) -> str:
        """Where the oldest price in the sums is from."""
        return self._oldest.source if self._oldest else ""

    @property
    def _oldest(self) -> CostItem | None:
        return oldest_of((*self.items, *self.before_items))
