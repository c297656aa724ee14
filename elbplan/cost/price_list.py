"""The prices that `elbplan prices refresh` looks for in AWS's price list, and how one is taken from its answers. Pure.

Names are no safe way to a product: load balancers of all types share the usage type `LoadBalancerUsage`, with a prefix
that depends on the region, and trust stores (`TS-`), Outposts and Local Zones have names that end in the same way. So
every product must match in all attributes, and two products for one price are an error.

https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/load-balancer-billing-usage-reports.html
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from .prices import CURRENCY, INSTANCE, Price

Product = Mapping[str, Any]
"""One item of GetProducts, parsed from its JSON."""

PREFIX = r"(?:(?!TS-)[A-Z]{2,4}[0-9]?-)?"
"""The part of a usage type that names the region; us-east-1 has none. `TS-` is a trust store, not a region."""

HOURS, UNITS, GIGABYTES = re.compile(r"hrs|hours?", re.I), re.compile(r".*LCU.*", re.I), re.compile(r"GB-mo", re.I)


@dataclass(frozen=True)
class Wanted:
    """A price, and the only products that may be it.

    name        the name of the price; `instance:` stands for every instance type
    filters     attributes that GetProducts filters by, besides the region
    usage       the usage type, without the part that names the region
    unit        the unit of the price
    """

    name: str
    service: str
    usage: str
    unit: re.Pattern[str]
    filters: Mapping[str, str] = field(default_factory=dict)

    def all_filters(self, region: str) -> dict[str, str]:
        """The filters of GetProducts for a region."""
        return {"regionCode": region, **self.filters}

    def matches(self, product: Product, region: str) -> bool:
        """True if the product has all attributes; the filters of the request alone do not decide."""
        attributes = product["product"]["attributes"]
        known = {**attributes, "productFamily": product["product"].get("productFamily", "")}
        wanted = {"locationType": "AWS Region", **self.all_filters(region)}
        return all(known.get(name) == value for name, value in wanted.items()) and bool(
            re.fullmatch(PREFIX + self.usage, attributes.get("usagetype", ""))
        )

    def name_of(self, product: Product) -> str:
        """The name of the product's price."""
        if self.name != INSTANCE:
            return self.name
        return f"{INSTANCE}{product['product']['attributes'].get('instanceType', '')}"


def _balancer(name: str, type: str, description: str, usage: str, unit: re.Pattern[str]) -> Wanted:
    filters = {"productFamily": f"Load Balancer-{type}", "groupDescription": description}
    return Wanted(name, "AWSELB", usage, unit, filters)


def _balancers() -> Iterator[Wanted]:
    for name, units, type in (("application", "lcu", "Application"), ("network", "nlcu", "Network"),
                              ("gateway", "glcu", "Gateway")):  # fmt: skip
        hours = f"LoadBalancer hourly usage by {type} Load Balancer"
        yield _balancer(f"{name}-hour", type, hours, "LoadBalancerUsage", HOURS)
        yield _balancer(units, type, f"Used {type} Load Balancer capacity units-hr", "LCUUsage", UNITS)


APPLICATION = {"productFamily": "Load Balancer-Application"}
NETWORK = {"productFamily": "Load Balancer-Network"}
ON_DEMAND = {
    "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA", "capacitystatus": "Used",
    "marketoption": "OnDemand",
}  # fmt: skip

WANTED: Sequence[Wanted] = (
    *_balancers(),
    Wanted("trust-store-hour", "AWSELB", "TS-LoadBalancerUsage", HOURS, APPLICATION),
    Wanted("reserved-lcu", "AWSELB", "ReservedLCUUsage", UNITS, APPLICATION),
    Wanted("reserved-nlcu", "AWSELB", "ReservedLCUUsage", UNITS, NETWORK),
    Wanted(
        "classic-hour",
        "AWSELB",
        "LoadBalancerUsage",
        HOURS,
        {"productFamily": "Load Balancer", "operation": "LoadBalancing"},
    ),
    Wanted("public-ipv4-hour", "AmazonVPC", "PublicIPv4:InUseAddress", HOURS, {"group": "VPCPublicIPv4Address"}),
    Wanted(INSTANCE, "AmazonEC2", r"BoxUsage(?::.+)?", HOURS, ON_DEMAND),
    *(
        Wanted(
            f"{type}-gb-month",
            "AmazonEC2",
            rf"EBS:VolumeUsage\.{type}",
            GIGABYTES,
            {"productFamily": "Storage", "volumeApiName": type},
        )
        for type in ("gp3", "gp2", "io2", "st1", "sc1")
    ),
    Wanted(
        "io1-gb-month",
        "AmazonEC2",
        r"EBS:VolumeUsage\.piops",
        GIGABYTES,
        {"productFamily": "Storage", "volumeApiName": "io1"},
    ),
)


@dataclass(frozen=True)
class Taken:
    """The prices in an answer, and why some of them could not be taken."""

    prices: Mapping[str, Price]
    problems: Sequence[str] = ()


def take_prices(wanted: Wanted, products: Iterable[Product], region: str) -> Taken:
    """The price of each product that matches. Two products for one price are a problem, and neither counts."""
    found: dict[str, list[Product]] = {}
    for product in products:
        if wanted.matches(product, region):
            found.setdefault(wanted.name_of(product), []).append(product)
    prices: dict[str, Price] = {}
    problems = []
    for name, several in found.items():
        try:
            if len(several) > 1:
                skus = ", ".join(sorted(str(product["product"].get("sku")) for product in several))
                raise ValueError(f"{len(several)} products have this price: {skus}")
            price = _price(wanted, several[0])
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            problems.append(f"{name}: the answer has another form ({type(error).__name__}: {error})")
        except ValueError as error:
            problems.append(f"{name}: {error}")
        else:
            prices |= {name: price} if price else {}
    return Taken(prices, problems)


def _price(wanted: Wanted, product: Product) -> Price | None:
    """The price of a product; None if it is free. Raises ValueError for a price that is not one figure in dollars."""
    offers = list(product["terms"]["OnDemand"].values())
    if len(offers) != 1:
        raise ValueError(f"it has {len(offers)} offers")
    tiers = sorted(offers[0]["priceDimensions"].values(), key=lambda tier: Decimal(tier.get("beginRange") or 0))
    for tier in tiers:
        if not wanted.unit.fullmatch(tier["unit"]):
            raise ValueError(f"its unit is {tier['unit']}")
        if CURRENCY not in tier["pricePerUnit"]:
            raise ValueError(f"its currency is {', '.join(tier['pricePerUnit'])}")
    amounts = [Decimal(tier["pricePerUnit"][CURRENCY]) for tier in tiers]
    first = next((amount for amount in amounts if amount), None)
    if first is None:
        return None
    return Price(first.normalize(), f"AWS price list, {wanted.service}", str(product["publicationDate"])[:10])
