"""The price table of the package, and tables that a refresh has written."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from elbplan.cost import Price, PriceTable, bundled_prices
from elbplan.cost.prices import BUNDLED, NotAPriceTable, parse_table, table_text

WITH_PRICES = frozenset(
    (
        "us-east-1",
        "us-east-2",
        "us-west-2",
        "us-west-1",
        "ca-central-1",
        "ap-northeast-2",
        "ap-northeast-1",
        "ap-northeast-3",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-south-1",
        "ap-east-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-south-1",
        "eu-central-1",
        "eu-north-1",
        "me-south-1",
        "af-south-1",
        "sa-east-1",
        "us-gov-east-1",
        "us-gov-west-1",
    )
)
WITHOUT_PRICES = frozenset(
    (
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "eu-central-2",
        "eu-south-2",
        "il-central-1",
        "me-central-1",
        "mx-central-1",
    )
)
TYPES = ("t2.micro", "t3.micro", "t3.small", "t3.medium", "t4g.micro", "t4g.small", "t4g.medium")
BALANCERS = ("application-hour", "network-hour", "classic-hour")


def test_the_table_has_every_region() -> None:
    assert set(bundled_prices().regions) == {*WITH_PRICES, *WITHOUT_PRICES}


@pytest.mark.parametrize("region", sorted(WITH_PRICES))
def test_a_region_has_the_prices_of_load_balancers(region: str) -> None:
    found = [bundled_prices().price(region, name) for name in (*BALANCERS, "public-ipv4-hour")]
    assert all(price and price.amount > 0 and price.source and price.date for price in found)


@pytest.mark.parametrize("region", sorted(WITHOUT_PRICES))
def test_a_newer_region_has_no_price_that_nobody_has_read(region: str) -> None:
    assert [bundled_prices().price(region, name) for name in (*BALANCERS, "lcu", "instance:t3.micro")] == [None] * 5


def test_unknown_prices_are_not_guessed() -> None:
    prices = bundled_prices()
    assert prices.price("sa-east-1", "lcu") is None
    assert prices.price("eu-north-1", "instance:t2.micro") is None
    assert prices.price("ap-northeast-2", "instance:x9.huge") is None
    assert prices.price("cn-north-1", "public-ipv4-hour") is None


def test_capacity_units_have_a_price_only_where_a_source_says_so() -> None:
    known = {region for region in bundled_prices().regions if bundled_prices().price(region, "lcu")}
    assert known == {"us-east-1", "ap-northeast-2", "ap-northeast-1", "eu-west-1"}


@pytest.mark.parametrize("type", TYPES)
def test_seoul_has_the_instance_types_of_small_sites(type: str) -> None:
    assert bundled_prices().price("ap-northeast-2", f"instance:{type}")


def test_a_table_is_the_same_after_it_was_written() -> None:
    assert parse_table(table_text(bundled_prices())) == bundled_prices()


DOCUMENT = json.loads(BUNDLED.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        "[" * 100_000,
        json.dumps({**DOCUMENT, "schema": 2}),
        json.dumps({**DOCUMENT, "currency": "CNY"}),
        json.dumps({**DOCUMENT, "date": "soon"}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": ["0", "ipv4"]}}}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": ["-1", "ipv4"]}}}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": ["NaN", "ipv4"]}}}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": [0.008, "ipv4"]}}}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": ["0.008", "nobody"]}}}),
        json.dumps({**DOCUMENT, "regions": {"x": {"lcu": "0.008"}}}),
        json.dumps({key: value for key, value in DOCUMENT.items() if key != "everywhere"}),
    ],
)
def test_any_other_text_is_no_table(text: str) -> None:
    with pytest.raises(NotAPriceTable):
        parse_table(text)


def table(date: str, **prices: str) -> PriceTable:
    return PriceTable({"x": {name: Price(Decimal(text), "s", date) for name, text in prices.items()}}, {}, date)


def amounts(prices: PriceTable) -> dict[str, str]:
    return {name: str(price.amount) for name, price in prices.regions["x"].items()}


def test_newer_prices_count_and_older_ones_do_not() -> None:
    old, new = table("2026-10-15", a="1", b="2"), table("2026-11-20", b="3", c="4")
    assert amounts(old.with_newer(new)) == {"a": "1", "b": "3", "c": "4"}
    assert amounts(new.with_newer(old)) == {"a": "1", "b": "3", "c": "4"}
    assert old.with_newer(new).date == new.with_newer(old).date == "2026-11-20"


def test_a_price_as_new_as_the_table_is_newer_than_one_from_an_undated_page() -> None:
    bundled = replace(table("2026-11-23", a="1"), date="2026-10-15")
    assert amounts(bundled.with_newer(table("2026-11-01", a="2"))) == {"a": "2"}
    assert amounts(bundled.with_newer(table("2026-10-01", a="2"))) == {"a": "1"}
