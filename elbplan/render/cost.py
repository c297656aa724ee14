"""What a stack costs, as notes of a plan and of the status. Amounts are US dollars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from ..cost import CapacityUse, CostItem, CostSum, StackCost
from ..cost.items import HOURS_PER_MONTH
from ..cost.prices import INSTANCE
from ..cost.quantities import (
    CHECK_OPTION,
    HEALTH_CHECK,
    HOSTED_ZONE,
    OUTSIDE_CHECK,
    OUTSIDE_OPTION,
)
from ..cost.used import SHIELD
from .money import plain, rounded, whole
from .words import address_words

Note = tuple[str, str]

LABEL = "Cost"
PLURALS = {
    "trust store": "trust stores",
    "health check": "health checks",
    "option of health checks": "options of health checks",
    "hosted zone": "hosted zones",
}
"""Parts of the sum that are words, with their plurals."""
BALANCERS = {"application-hour": "ALB", "network-hour": "NLB", "gateway-hour": "GWLB"}
UNITS = {"lcu": "LCU", "nlcu": "NLCU", "glcu": "GLCU"}


def cost_notes(cost: StackCost, verb: str) -> list[Note]:
    """The notes of a plan: dollars for an hour, a day and a month, before and after it."""
    notes = [_sum_note(cost), *(_destroy_notes(cost) if verb == "destroy" else _plan_notes(cost))]
    first, *more = [text for text in (*notes, *_issue_notes(cost), *_unknown_notes(cost)) if text]
    return [(LABEL, first.removeprefix("+ ")), *(("", text) for text in more)]


def _unknown_notes(cost: StackCost) -> Iterator[str]:
    """What the sums leave out: unknown quantities, and unknown prices with the command that reads them."""
    items = cost.items or cost.before_items
    for item in items:
        if item.quantity is None:
            yield f"+ {item.what} of {address_words(item.address)}: size unknown"
    prices = [item.what for item in items if item.quantity is not None and item.unit_price is None]
    prices += ["capacity units" for use in cost.capacity if use.unit_price is None]
    if prices:
        yield f"+ price unknown: {', '.join(dict.fromkeys(prices))}; to read it:"
        yield refresh_command(cost.region)


def _issue_notes(cost: StackCost) -> Iterator[str]:
    """What AWS bills when it issues new certificates, and again when it renews them."""
    known = {(item.address, item.price_key) for item in cost.before_items}
    for item in cost.items:
        if item.unit == "issue" and item.unit_price is not None and item.quantity is not None:
            now = "" if (item.address, item.price_key) in known else "now, and "
            amount = f"${plain(item.unit_price * item.quantity)}"
            yield f"+ {amount} {now}with each renewal of {item.address} ({item.what})"


def refresh_command(region: str) -> str:
    """The command that reads the prices of a region from AWS."""
    return f"elbplan prices refresh --region {region}"


def status_note(cost: StackCost) -> list[Note]:
    """One line: what the stack costs as it is."""
    unknown = dict.fromkeys(item.what for item in cost.before_items if item.hour is None)
    more = f" + {', '.join(unknown)}: unknown" if unknown else ""
    return [("cost", f"{_amounts(cost.before)} ({_parts(cost.before_items)}){more}")] if cost.before_items else []


def month_note(costs: Iterable[StackCost]) -> str:
    """`$31/month` for what stacks cost as they are, also together; empty if they cost nothing."""
    each = list(costs)
    amount = sum((cost.before.month for cost in each), Decimal(0))
    unknown = any(item.hour is None for cost in each for item in cost.before_items)
    return f"{_month(amount)}{' + what has an unknown price' if unknown else ''}" if amount or unknown else ""


def _sum_note(cost: StackCost) -> str:
    """Dollars before and after, and what they are for."""
    before, after = cost.before, cost.after
    if not cost.items and not cost.before_items:
        return "$0: nothing of this stack is billed"
    if not cost.items:
        return f"{_hour(before.hour)} → $0 · saves {_day(before.day)}, {_month(before.month)}"
    if not _parts(cost.items):
        return ""  # no price is known
    parts = _parts(cost.items) + _saving(cost)
    if not cost.before_items:
        return f"{_amounts(after)} ({parts})"
    if before == after:
        return f"{_amounts(after)}, as before ({parts})"
    day = f"${rounded(before.day, 2)} → {_day(after.day)}"
    month = f"{whole(before.month)} → {_month(after.month)}"
    return f"{_hour(before.hour)} → {_hour(after.hour)} · {day} · {month} ({parts})"


def _destroy_notes(cost: StackCost) -> Iterator[str]:
    yield "AWS bills a part of an hour as a full hour, also the first" if cost.before_items else ""


def _plan_notes(cost: StackCost) -> Iterator[str]:
    if cost.overlap:
        yield f"while both sides of a replacement exist: {_hour(cost.overlap)} more, for one hour at least"
    bands = [use for use in cost.capacity if use.basis == "band" and use.unit_price is not None]
    if bands:
        low, typical = _months((use, use.low) for use in bands), _months((use, use.typical) for use in bands)
        units = ", ".join(dict.fromkeys(UNITS[use.price_key] for use in bands))
        each = " each" if len(bands) > 1 else ""
        most = f"up to {bands[0].typical} capacity unit ({units}){each}"
        yield f"+ {whole(low)} to {whole(typical)}/month for traffic, {most}"
    for item in cost.used:
        if item.price_key == SHIELD and item.unit_price is not None:
            yield f"+ {_month(item.unit_price)} for Shield Advanced, which the organization pays anyway"


def _months(uses: Iterable[tuple[CapacityUse, Decimal]]) -> Decimal:
    """Dollars of a month for so many capacity units of each load balancer."""
    return sum((use.unit_price * units * HOURS_PER_MONTH for use, units in uses if use.unit_price), Decimal(0))


def _saving(cost: StackCost) -> str:
    if not cost.zones_saving:
        return ""
    zones = f"zones: [{', '.join(cost.zones)}]" if cost.zones else "zones: with two zones"
    return f"; {zones} saves {whole(cost.zones_saving)}"


def _parts(items: Sequence[CostItem]) -> str:
    """`ALB + 4 IPv4 + 2 t3.micro + 16 GB`: what is in the sum."""
    counts: dict[str, Decimal] = {}
    for item in items:
        if item.quantity is not None and item.unit_price is not None:
            counts[_part(item)] = counts.get(_part(item), Decimal(0)) + item.quantity
    order = (*BALANCERS.values(), "IPv4")
    parts = sorted(counts, key=lambda part: order.index(part) if part in order else len(order))
    return " + ".join(_counted(counts[part], part) for part in parts)


def _counted(number: Decimal, part: str) -> str:
    if part in (*BALANCERS.values(), *PLURALS) and number == 1:
        return part
    return f"{plain(number)} {PLURALS.get(part, part)}"


def _part(item: CostItem) -> str:
    if item.price_key.startswith(INSTANCE):
        return item.price_key.removeprefix(INSTANCE)
    names = {**BALANCERS, **UNITS, "public-ipv4-hour": "IPv4", "trust-store-hour": "trust store"}
    names |= dict.fromkeys((HEALTH_CHECK, OUTSIDE_CHECK), "health check")
    names |= dict.fromkeys((CHECK_OPTION, OUTSIDE_OPTION), "option of health checks")
    names |= {HOSTED_ZONE: "hosted zone"}
    return names.get(item.price_key, item.unit.removesuffix("-month"))


def _amounts(amount: CostSum) -> str:
    return f"{_hour(amount.hour)} · {_day(amount.day)} · {_month(amount.month)}"


def _hour(amount: Decimal) -> str:
    return f"${rounded(amount, 4)}/h" if amount else "$0/h"


def _day(amount: Decimal) -> str:
    return f"${rounded(amount, 2)}/day"


def _month(amount: Decimal) -> str:
    return f"{whole(amount)}/month"
