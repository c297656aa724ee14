"""Prices from AWS's price list: the right product, or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

import pytest

from elbplan.cost.price_list import WANTED, Taken, take_prices
from elbplan.errors import AwsProblem
from elbplan.live.price_list import endpoint_of, read_products

from .price_list import APPLICATION, ORDINARY, PriceListCloud, address, balancer, instance, item

SEOUL = "ap-northeast-2"


def taken(items: Sequence[str], region: str = SEOUL) -> dict[str, Taken]:
    """Returns what is taken for each wanted price."""
    products = [json.loads(text) for text in items]
    return {wanted.name: take_prices(wanted, products, region) for wanted in WANTED}


def prices(items: Sequence[str], region: str = SEOUL) -> dict[str, Decimal]:
    results = taken(items, region).values()
    assert not [problem for result in results for problem in result.problems]
    return {name: price.amount for result in results for name, price in result.prices.items()}


def problems(items: Sequence[str]) -> list[str]:
    return [problem for result in taken(items).values() for problem in result.problems]


def test_each_price_comes_from_its_product() -> None:
    assert prices(ORDINARY) == {
        "application-hour": Decimal("0.024"),
        "lcu": Decimal("0.009"),
        "instance:t3.micro": Decimal("0.014"),
        "instance:m5.large": Decimal("0.118"),
        "public-ipv4-hour": Decimal("0.006"),
        "gp3-gb-month": Decimal("0.095"),
    }


def test_a_price_has_the_date_of_the_price_list() -> None:
    price = taken(ORDINARY)["application-hour"].prices["application-hour"]
    assert (price.source, price.date) == ("AWS price list, AWSELB", "2026-11-20")


TRAPS = {
    "trust store": balancer("TS", "APN2-TS-LoadBalancerUsage", "0.0050000000"),
    "trust store of us-east-1": balancer("TS", "TS-LoadBalancerUsage", "0.0050000000"),
    "Outposts": balancer("OUT", "APN2-Outposts-LoadBalancerUsage", "0.0300000000"),
    "Local Zone": balancer("LAX", "APN2-LAX1-LoadBalancerUsage", "0.0300000000"),
    "location of a Local Zone": balancer("LOC", location="AWS Local Zone"),
    "Wavelength": balancer("WL", location="AWS Wavelength Zone"),
    "another region": balancer("EU", "EU-LoadBalancerUsage", region="eu-west-1"),
    "Classic": balancer("CLB", price="0.0250000000", family="Load Balancer", operation="LoadBalancing"),
    "network": balancer("NLB", family="Load Balancer-Network"),
    "reserved units": balancer("RES", "APN2-ReservedLCUUsage", "0.0080000000", unit="LCU-Hrs"),
    "idle reserved units": balancer("IDLE", "APN2-IdleProvisionedLBCapacity", "0.0080000000"),
    "data": balancer("DATA", "APN2-DataProcessing-Bytes", "0.0080000000"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_looks_like_a_load_balancer_is_not_its_price(trap: str) -> None:
    assert prices([TRAPS[trap], *ORDINARY])["application-hour"] == Decimal("0.024")
    assert prices([*ORDINARY, TRAPS[trap]])["application-hour"] == Decimal("0.024")


@pytest.mark.parametrize("usage", ["LoadBalancerUsage", "EU-LoadBalancerUsage", "UGW1-LoadBalancerUsage"])
def test_the_name_of_the_region_in_a_usage_type_does_not_matter(usage: str) -> None:
    assert prices([balancer("ALB", usage)])["application-hour"] == Decimal("0.024")


@pytest.mark.parametrize("usage", ["TS-LoadBalancerUsage", "APN2-TS-LoadBalancerUsage"])
def test_a_trust_store_has_its_own_price(usage: str) -> None:
    assert prices([balancer("TS", usage, "0.0050000000")]) == {"trust-store-hour": Decimal("0.005")}


def test_two_products_for_one_price_are_a_problem_and_neither_counts() -> None:
    twice = [*ORDINARY, balancer("ALB2", price="0.0260000000")]
    assert "application-hour" not in taken(twice)["application-hour"].prices
    assert problems(twice) == ["application-hour: 2 products have this price: ALB, ALB2"]


def test_two_products_of_one_instance_type_do_not_hide_the_others() -> None:
    result = taken([*ORDINARY, instance("T3B", "t3.micro", "0.0150000000")])["instance:"]
    assert set(result.prices) == {"instance:m5.large"}
    assert result.problems == ["instance:t3.micro: 2 products have this price: T3, T3B"]


@pytest.mark.parametrize(
    "other",
    [
        {"operatingSystem": "Windows"},
        {"tenancy": "Dedicated"},
        {"preInstalledSw": "SQL Std"},
        {"capacitystatus": "UnusedCapacityReservation"},
        {"marketoption": "CapacityBlock"},
        {"location": "AWS Local Zone"},
    ],
)
def test_an_instance_is_linux_shared_and_on_demand(other: dict[str, str]) -> None:
    more = instance("X", "t3.micro", "9.9", **other)
    assert prices([more, *ORDINARY])["instance:t3.micro"] == Decimal("0.014")


def test_an_address_in_use_is_neither_idle_nor_a_block() -> None:
    others = [address("IDLE", "IdleAddress", "0.007"), address("BLOCK", "ContiguousBlock", "0.008")]
    assert prices([*others, *ORDINARY])["public-ipv4-hour"] == Decimal("0.006")


def test_the_first_tier_that_is_not_free_counts() -> None:
    gp3 = {"unit": "GB-Mo", "volumeApiName": "gp3"}
    tiers = item(
        "GP3", "AmazonEC2", "Storage", "APN2-EBS:VolumeUsage.gp3", "0.0000000000", "0.0700000000", "0.06", **gp3
    )
    assert prices([tiers]) == {"gp3-gb-month": Decimal("0.07")}


def test_what_is_free_has_no_price() -> None:
    assert prices([balancer("ALB", price="0.0000000000")]) == {}


def test_another_currency_is_a_problem() -> None:
    assert problems([balancer("ALB", currency="CNY")]) == ["application-hour: its currency is CNY"]


def test_another_unit_is_a_problem() -> None:
    assert problems([balancer("ALB").replace('"Hrs"', '"Quantity"')]) == ["application-hour: its unit is Quantity"]


def test_several_offers_are_a_problem() -> None:
    document = json.loads(balancer("ALB"))
    (offer,) = document["terms"]["OnDemand"].values()
    document["terms"]["OnDemand"]["other"] = offer
    assert problems([json.dumps(document)]) == ["application-hour: it has 2 offers"]


def test_an_item_of_another_form_is_a_problem() -> None:
    document = json.loads(balancer("ALB"))
    del document["terms"]
    (problem,) = problems([json.dumps(document)])
    assert problem.startswith("application-hour: the answer has another form (KeyError")


def test_the_filters_name_the_region_and_the_product() -> None:
    cloud = PriceListCloud()
    wanted = WANTED[0]
    products = read_products(cloud.send, wanted.service, wanted.all_filters(SEOUL), SEOUL)
    assert len(products) == 2
    assert cloud.calls[0].region == "ap-south-1"
    assert cloud.filters(0) == {
        "regionCode": SEOUL,
        "productFamily": APPLICATION,
        "groupDescription": "LoadBalancer hourly usage by Application Load Balancer",
    }
    assert {f["Type"] for f in cloud.calls[0].params["Filters"]} == {"TERM_MATCH"}


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [(SEOUL, "ap-south-1"), ("eu-west-1", "eu-central-1"), ("me-south-1", "eu-central-1"), ("sa-east-1", "us-east-1")],
)
def test_the_price_list_is_asked_where_it_has_an_endpoint(region: str, endpoint: str) -> None:
    assert endpoint_of(region) == endpoint


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "{}", '{"product": 1}'])
def test_an_answer_without_products_is_a_problem(text: str) -> None:
    with pytest.raises(AwsProblem, match="price list cannot be understood"):
        read_products(lambda call: {"PriceList": [text]}, "AWSELB", {}, SEOUL)
