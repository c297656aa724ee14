"""The stack of a beginner's course costs what AWS's price list says: item by item, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest

from elbplan.cost import CostItem, StackCost, bundled_prices, stack_cost
from tests.render.plans import plan

COURSE = """
name: course
region: {region}
zones: [a, c]
domain: api.example.com
servers: {{count: 2}}
targets: {{port: 80, health: /health}}
"""

# Load balancer, its two IPv4, two instances, their IPv4, their volumes, hosted zone, sum of a month, sum of a day.
TABLE = """
us-east-1       16.43  7.30  15.18  7.30  1.28  .50  47.99  1.56
ap-northeast-2  16.43  7.30  18.98  7.30  1.46  .50  51.96  1.69
ap-northeast-1  17.74  7.30  19.86  7.30  1.54  .50  54.23  1.77
eu-west-1       18.40  7.30  16.64  7.30  1.41  .50  51.55  1.68
eu-central-1    19.71  7.30  17.52  7.30  1.52  .50  53.85  1.75
sa-east-1       24.82  7.30  24.53  7.30  2.43  .50  66.88  2.18
"""
ROWS = [line.split() for line in TABLE.split("\n") if line]


def cents(amount: Decimal | None) -> Decimal:
    """Returns dollars as a bill shows them."""
    assert isinstance(amount, Decimal)
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def cost_in(region: str) -> StackCost:
    """Returns the cost of the course's stack, before its first apply."""
    return stack_cost(replace(plan(COURSE.format(region=region)), region=region), bundled_prices())


def month(items: Iterable[CostItem]) -> Decimal:
    return cents(sum((item.month for item in items if item.month is not None), Decimal(0)))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_item_of_the_course_stack(row: list[str]) -> None:
    region, *figures = row
    balancer, addresses, servers, server_addresses, volumes, zone, whole, day = map(Decimal, figures)
    cost = cost_in(region)
    of_balancer = [item for item in cost.items if item.address == "load_balancer.main"]
    of_servers = [item for item in cost.items if item.address.startswith("instance.")]
    assert [cents(item.month) for item in of_balancer] == [balancer, addresses]
    assert month([item for item in of_servers if item.what.startswith("t3.micro")]) == servers
    assert month([item for item in of_servers if item.what == "public IPv4"]) == server_addresses
    assert month([item for item in of_servers if item.unit == "GB-month"]) == volumes
    assert [cents(item.month) for item in cost.used] == [zone]
    assert len(cost.items) == 8
    assert month([*cost.items, *cost.used]) == whole
    assert cents(cost.after.day) == day
