"""Looks for all kinds of leftovers in one region. A kind that elbplan may not read does not hide the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from ..core.call import Answer, Call, ReadProgram
from ..cost import PriceTable
from ..cost.stack import cost_items
from ..live.batch import BatchReader
from .asking import refuse_silence
from .finders import (
    addresses,
    balancers,
    classic_balancers,
    hosted_zones,
    log_buckets,
    nat_gateways,
    reservations,
    volumes,
)
from .leftover import EVERYWHERE, Finding, Leftover, NotChecked, PricedLeftover

Finder = Callable[[str], ReadProgram[Finding]]

OF_REGION: Sequence[Finder] = (
    balancers.find_balancers,
    classic_balancers.find_classic_balancers,
    nat_gateways.find_nat_gateways,
    reservations.find_reservations,
    addresses.find_addresses,
    volumes.find_volumes,
    log_buckets.find_log_buckets,
)
GLOBAL: Sequence[Finder] = (hosted_zones.find_hosted_zones,)
QUICK: Sequence[Finder] = (nat_gateways.find_nat_gateways, addresses.find_addresses, volumes.find_volumes)
"""What a destroy looks for at its end: seven calls at most, whatever the size of the account."""

PERMISSIONS = tuple(
    dict.fromkeys(
        action
        for module in (
            balancers,
            classic_balancers,
            nat_gateways,
            reservations,
            addresses,
            volumes,
            hosted_zones,
            log_buckets,
        )
        for action in module.PERMISSIONS
    )
)

NOT_LOOKED_AT = (
    "snapshots and images, other logs in S3 and CloudWatch, VPC endpoints, and what is not a part of load balancing"
)
"""What AWS may bill and elbplan does not look for: an account can have thousands of them."""


def find(send: Callable[[Call], Answer], region: str, finders: Sequence[Finder] = OF_REGION) -> Finding:
    """The leftovers of a region, and what could not be checked. Raises AwsProblem if the region does not answer."""
    findings: list[Finding] = BatchReader(send).run([finder(region) for finder in finders])
    leftovers: list[Leftover] = [leftover for finding in findings for leftover in finding.leftovers]
    missing: list[NotChecked] = [entry for finding in findings for entry in finding.not_checked]
    if all(finding.not_checked for finding in findings) and not leftovers:
        refuse_silence(region, missing)
    return Finding(leftovers, missing)


def priced(leftovers: Sequence[Leftover], prices: PriceTable, home: str) -> list[PricedLeftover]:
    """The leftovers with their prices, the most expensive first. `home` is the region for prices of global things."""
    found = [PricedLeftover(each, cost_items(_price_region(each, home), each.quantities, prices)) for each in leftovers]
    return sorted(found, key=_order)


def _price_region(leftover: Leftover, home: str) -> str:
    return home if leftover.region == EVERYWHERE else leftover.region


def _order(found: PricedLeftover) -> tuple[bool, Decimal, str, str, str]:
    """The most expensive first; what is free last."""
    leftover = found.leftover
    return found.free, -(found.month or Decimal(0)), leftover.region, leftover.kind, leftover.id
