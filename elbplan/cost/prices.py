"""The price table: dollars by region and name, each price with its source and date."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

SCHEMA = 1
CURRENCY = "USD"
BUNDLED = Path(__file__).parent / "prices.json"

INSTANCE = "instance:"
"""What the name of an instance's price starts with; its type follows."""


class NotAPriceTable(ValueError):
    """Why a text is not a price table."""


@dataclass(frozen=True)
class Price:
    """Dollars for one unit, where the figure is from, and its date as YYYY-MM-DD."""

    amount: Decimal
    source: str
    date: str


@dataclass(frozen=True)
class PriceTable:
    """Prices by region and name.

    everywhere   the prices that are the same in every region of the table
    date         the date of the price list from which most of the table is
    """

    regions: Mapping[str, Mapping[str, Price]]
    everywhere: Mapping[str, Price]
    date: str

    def price(self, region: str, name: str) -> Price | None:
        """The price; None if the table does not have it."""
        if region not in self.regions:
            return None
        return self.regions[region].get(name) or self.everywhere.get(name)

    def with_newer(self, other: PriceTable) -> PriceTable:
        """The table with the prices of the other one that it lacks, or that are at least as new there.

        A price that is as new as this table counts as new, also if this table has a younger one from a page without a
        date of its own.
        """
        regions = {
            region: self._newer(self.regions.get(region, {}), other.regions.get(region, {}))
            for region in sorted({*self.regions, *other.regions})
        }
        return PriceTable(regions, self._newer(self.everywhere, other.everywhere), max(self.date, other.date))

    def _newer(self, old: Mapping[str, Price], new: Mapping[str, Price]) -> dict[str, Price]:
        newer = {name for name, price in new.items() if name not in old or price.date >= min(old[name].date, self.date)}
        return {**old, **{name: new[name] for name in newer}}

    @property
    def prices(self) -> Iterator[Price]:
        """Every price of the table."""
        yield from self.everywhere.values()
        for prices in self.regions.values():
            yield from prices.values()


@cache
def bundled_prices() -> PriceTable:
    """The table of the package."""
    return parse_table(BUNDLED.read_text(encoding="utf-8"))


def parse_table(text: str) -> PriceTable:
    """The table of a JSON text. Raises NotAPriceTable for any other text."""
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA or document["currency"] != CURRENCY:
            raise NotAPriceTable("another version of elbplan wrote it")
        sources = {key: (str(source["text"]), _date(source["date"])) for key, source in document["sources"].items()}
        regions = {str(region): _prices(entry, sources) for region, entry in document["regions"].items()}
        return PriceTable(regions, _prices(document["everywhere"], sources), _date(document["date"]))
    except (KeyError, TypeError, AttributeError, ValueError, InvalidOperation, RecursionError) as error:
        reason = (
            str(error) if isinstance(error, NotAPriceTable) else f"it is not a price table ({type(error).__name__})"
        )
        raise NotAPriceTable(reason) from error


def _prices(entry: Any, sources: Mapping[str, tuple[str, str]]) -> dict[str, Price]:
    return {str(name): Price(_amount(amount), *sources[source]) for name, (amount, source) in entry.items()}


def _amount(text: Any) -> Decimal:
    """Dollars from a text: a number of JSON would be a float."""
    amount = Decimal(text) if isinstance(text, str) else None
    if amount is None or not amount.is_finite() or amount <= 0:
        raise ValueError(f"{text!r} is not a price")
    return amount


def _date(text: Any) -> str:
    return date.fromisoformat(text).isoformat()


def table_text(table: PriceTable) -> str:
    """The JSON text from which `parse_table` makes the same table."""
    keys = {
        source: f"source-{number}"
        for number, source in enumerate(sorted({(price.source, price.date) for price in table.prices}), 1)
    }

    def entries(prices: Mapping[str, Price]) -> dict[str, list[str]]:
        return {n: [f"{p.amount:f}", keys[p.source, p.date]] for n, p in sorted(prices.items())}

    document = {
        "schema": SCHEMA,
        "date": table.date,
        "currency": CURRENCY,
        "sources": {key: {"text": text, "date": day} for (text, day), key in keys.items()},
        "everywhere": entries(table.everywhere),
        "regions": {region: entries(prices) for region, prices in sorted(table.regions.items())},
    }
    return json.dumps(document, indent=1) + "\n"
