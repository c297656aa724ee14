"""What Route 53 bills of a stack: zones that it makes and health checks; records are free."""

from __future__ import annotations

from elbplan.core.address import Address
from elbplan.cost.quantities import Billed, quantities
from elbplan.cost.used import used_quantities
from elbplan.kinds.hosted_zone import HostedZone
from elbplan.kinds.record import Record
from elbplan.kinds.route53_health_check import Route53HealthCheck

ZONE = Address("hosted_zone", "own.net")
MAIN = Address("load_balancer", "main")


def keys(resource: object) -> dict[str, int]:
    billed = Billed({Address("x", "x"): resource})  # type: ignore[dict-item]
    return {quantity.price_key: int(quantity.quantity or 0) for quantity in quantities(billed)}


def test_a_check_and_its_options_are_billed_by_the_month() -> None:
    assert keys(Route53HealthCheck(type="HTTP", load_balancer=MAIN)) == {"health-check-month": 1}
    check = Route53HealthCheck(type="HTTPS", load_balancer=MAIN, request_interval=10, measure_latency=True)
    assert keys(check) == {"health-check-month": 1, "health-check-option-month": 3}
    assert keys(Route53HealthCheck(type="TCP", port=1, ip_address="203.0.113.7")) == {"outside-health-check-month": 1}


def test_a_zone_of_the_stack_is_billed_once() -> None:
    record = Record(name="app.own.net", zone=ZONE, load_balancer=MAIN)
    billed = Billed({ZONE: HostedZone(name="own.net"), Address("record", "app.own.net"): record})
    assert [quantity.price_key for quantity in quantities(billed)] == ["hosted-zone-month"]
    assert list(used_quantities(billed)) == []
