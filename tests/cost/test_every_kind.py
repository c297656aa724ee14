"""Every kind has a line in the cost, or a reason why it is free; every price is known, or has a reason why not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from elbplan.core.resource import Resource
from elbplan.cost import bundled_prices
from elbplan.cost.prices import INSTANCE
from elbplan.cost.quantities import BILLED_KINDS, FREE_KINDS, SPOT, Billed, quantities
from elbplan.cost.quantity import Quantity
from elbplan.cost.used import used_quantities
from elbplan.kinds import KINDS
from elbplan.spec import load

from ..knobs.sent import SPECS, versions
from ..knobs.surroundings import write_files
from ..knobs.test_crashes import WORDS

NO_SOURCE = "no source of the price with a date was found: the plan says that it is unknown"
UNKNOWN = {
    "reserved-nlcu": NO_SOURCE,
    **dict.fromkeys(("gp2-gb-month", "gp3-iops-month", "gp3-mibps-month"), NO_SOURCE),
    "detailed-monitoring-month": NO_SOURCE,
    "s3-gb-month": "the size of the logs follows the traffic, so no quantity is known",
}
"""Names of prices that the table of the package lacks, and why."""


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_billed_or_free(kind: str) -> None:
    """A new kind fails here until it has a line, or a reason."""
    parents: tuple[type[Resource], ...] = KINDS[kind].model.__mro__
    assert [model in BILLED_KINDS or model in FREE_KINDS for model in parents].count(True) == 1


def test_every_price_of_the_knob_specs_is_known_or_has_a_reason(tmp_path: Path) -> None:
    write_files(tmp_path)
    lines = [line for name in SPECS for line in _lines(name, {**WORDS, "FILES": str(tmp_path)})]
    keys = {line.price_key for line in lines}
    table = bundled_prices()
    known = {*table.everywhere, *(name for prices in table.regions.values() for name in prices)}
    missing = {key for key in keys - known if not key.startswith((INSTANCE, SPOT))}
    assert missing - set(UNKNOWN) == set(), "no price and no reason"
    assert set(UNKNOWN) - missing == set(), "no knob spec needs this reason"
    assert {"web-acl-month", "private-authority-month", "shield-subscription-month", "trust-store-hour"} <= keys


def _lines(name: str, words: dict[str, str]) -> Iterator[Quantity]:
    for text in versions(name, words):
        (stack,) = load(["-"], stdin=io.StringIO(text))
        yield from quantities(Billed(stack.resources))
        yield from used_quantities(Billed(stack.resources))


def test_every_price_has_a_source_and_a_date() -> None:
    prices = list(bundled_prices().prices)
    assert len(prices) > 200
    assert [price for price in prices if not (price.source and price.date)] == []
