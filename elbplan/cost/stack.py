"""The cost of a stack before and after a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..core.address import Address
from ..core.plan import Plan
from ..core.traffic_estimate import TrafficEstimate
from ..kinds.load_balancer import LoadBalancer
from .capacity import HIGH, LOW, PRICES, TYPICAL, Basis, CapacityUse, Consumption, Consumptions, capacity_units
from .items import HOURS_PER_MONTH, CostItem, StackCost, sum_of
from .prices import PriceTable
from .quantities import PUBLIC_IPV4, Billed, public_addresses, quantities
from .quantity import Quantity
from .used import used_quantities

FEWEST_ZONES = 2
"""An application load balancer needs two zones."""


def stack_cost(
    plan: Plan, prices: PriceTable, traffic: TrafficEstimate | None = None, consumed: Consumptions | None = None
) -> StackCost:
    """What AWS bills for the stack of this plan, before and after it.

    traffic    the traffic that the spec expects; None: a band of usual figures, which is not in the sums
    consumed   by address, the capacity units that CloudWatch reports for live load balancers
    """
    source = _Prices(plan.region, prices, traffic, consumed or {})
    before, after = _before(plan), _after(plan)
    uses = {side: source.capacity(billed) for side, billed in (("before", before), ("after", after))}
    before_items = tuple(source.items([*quantities(before), *_measured(uses["before"])]))
    items = tuple(source.items([*quantities(after), *_measured(uses["after"])]))
    capacity = tuple(uses["after"] if after.resources else uses["before"])
    return StackCost(
        region=plan.region,
        before=sum_of(before_items),
        after=sum_of(items),
        items=items,
        before_items=before_items,
        used=tuple(source.items(used_quantities(after if after.resources else before))),
        unknown=tuple(_unknown(items if after.resources else before_items, capacity, plan.region)),
        capacity=capacity,
        overlap=_overlap(plan, before_items),
        zones_saving=_zones_saving(after, source),
        zones=_zones(plan),
    )


def cost_items(region: str, found: Iterable[Quantity], prices: PriceTable) -> tuple[CostItem, ...]:
    """These quantities with their prices in a region."""
    return tuple(_Prices(region, prices, None, {}).items(found))


def _before(plan: Plan) -> Billed:
    return Billed({address: live.model for address, live in plan.lives.items()}, plan.lives)


def _after(plan: Plan) -> Billed:
    """The desired resources. What AWS tells of a live resource still counts; one to replace has another address."""
    return Billed(plan.desired, {address: live for address, live in plan.lives.items() if address in plan.desired})


@dataclass(frozen=True)
class _Prices:
    """Turns quantities of a region into items."""

    region: str
    table: PriceTable
    traffic: TrafficEstimate | None
    consumed: Consumptions

    def items(self, found: Iterable[Quantity]) -> Iterator[CostItem]:
        return (self.item(quantity) for quantity in found)

    def item(self, quantity: Quantity) -> CostItem:
        price = self.table.price(self.region, quantity.price_key)
        amount = None if price is None or quantity.quantity is None else price.amount * quantity.quantity
        return CostItem(
            quantity.address,
            quantity.what,
            quantity.quantity,
            quantity.unit,
            price.amount if price else None,
            _by_the_hour(amount, quantity.unit),
            _by_the_month(amount, quantity.unit),
            price.source if price else "",
            price.date if price else "",
            quantity.assumed,
            quantity.price_key,
        )

    def capacity(self, billed: Billed) -> list[CapacityUse]:
        """The capacity units of each load balancer of one side of a plan."""
        balancers = {a: balancer for a, balancer in billed.resources.items() if isinstance(balancer, LoadBalancer)}
        return [self._use(address, balancer, billed, len(balancers) == 1) for address, balancer in balancers.items()]

    def _use(self, address: Address, balancer: LoadBalancer, billed: Billed, alone: bool) -> CapacityUse:
        """An estimate is for the whole stack, so it cannot be divided among several load balancers."""
        price_key = PRICES[balancer.type]
        price = self.table.price(self.region, price_key)
        units, problem = self.consumed.get(address, Consumption(None))
        basis: Basis = "band"
        low, typical, high = LOW, TYPICAL, HIGH
        if units is not None:
            low, typical, high, basis = units, units, units, "cloudwatch"
        elif self.traffic is not None and alone:
            units = capacity_units(address, billed.resources, self.traffic, billed.ids)
            low, typical, high, basis = units, units, units, "traffic"
        amount = price.amount if price else None
        return CapacityUse(str(address), low, typical, high, amount, basis, problem, price_key)


BY_THE_SECOND = ("GB-month", "IOPS-month", "MiB/s-month")


def _by_the_hour(amount: Decimal | None, unit: str) -> Decimal | None:
    """AWS bills volumes by the second, although their prices are for a month; a hosted zone it does not."""
    if amount is None or unit == "hour":
        return amount
    return amount / HOURS_PER_MONTH if unit in BY_THE_SECOND else Decimal(0)


def _by_the_month(amount: Decimal | None, unit: str) -> Decimal | None:
    """An issue is billed when it happens, so it is in no month's sum."""
    if amount is None or unit in ("month", "GB-month"):
        return amount
    return amount * HOURS_PER_MONTH if unit == "hour" else Decimal(0)


def _measured(uses: Iterable[CapacityUse]) -> Iterator[Quantity]:
    """The capacity units that are in the sums: those of an estimate or of CloudWatch."""
    for use in uses:
        if use.basis != "band":
            yield Quantity(use.address, use.price_key, "capacity units", use.typical, "hour", MEASURED[use.basis])


MEASURED = {"traffic": "as `traffic:` in the spec says", "cloudwatch": "the average that CloudWatch reports"}


def _unknown(items: Iterable[CostItem], uses: Iterable[CapacityUse], region: str) -> Iterator[str]:
    """What the sums leave out, each once."""
    found = []
    for item in items:
        if item.quantity is None:
            found.append(f"{item.what} of {item.address}: size unknown")
        elif item.unit_price is None:
            found.append(f"{item.what}: price unknown in {region}")
    found += [f"capacity units: price unknown in {region}" for use in uses if use.unit_price is None]
    yield from dict.fromkeys(found)


def _overlap(plan: Plan, before: Iterable[CostItem]) -> Decimal:
    """What the old sides of all replacements cost in an hour. AWS bills a part of an hour as a full hour."""
    replaced = {str(change.live.address) for change in plan.changes if change.action == "replace" and change.live}
    return sum((item.hour for item in before if item.hour and item.address in replaced), Decimal(0))


def _zones_saving(after: Billed, source: _Prices) -> Decimal:
    """What a month costs less if each load balancer has two zones."""
    price = source.table.price(source.region, PUBLIC_IPV4)
    balancers = [resource for resource in after.resources.values() if isinstance(resource, LoadBalancer)]
    extra = sum(max(0, public_addresses(balancer, after) - FEWEST_ZONES) for balancer in balancers)
    return price.amount * extra * HOURS_PER_MONTH if price else Decimal(0)


def _zones(plan: Plan) -> tuple[str, ...]:
    """The letters of the zones of all servers outside the stack, if they are in two."""
    zones = {facts.zone[-1:] for facts in plan.server_facts.values()}
    return tuple(sorted(zones)) if len(zones) == FEWEST_ZONES and all(zones) else ()
