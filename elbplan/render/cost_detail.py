"""The table of `--detail`: every item of the cost with quantity, unit price and month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from ..cost import CapacityUse, CostItem, StackCost
from ..cost.items import HOURS_PER_MONTH
from .cost import UNITS
from .layout import flow, shortened
from .money import cents, plain, unit_price
from .style import Style
from .words import address_words

NOT_INCLUDED = (
    "data transfer to the internet and between zones, logs, taxes, free tier and credits; "
    "addresses of your own range (BYOIP) cost nothing"
)
FREE = "certificates of ACM that cannot be exported, run records and locks in Parameter Store, alias records"
PER = {"hour": "h", "month": "mo", "GB-month": "GB-mo", "issue": "issue"}
BASES: Mapping[str, str] = {
    "band": "capacity units: a range without an estimate, not in the sum",
    "traffic": "capacity units: in the sum, as traffic: says",
    "cloudwatch": "capacity units: in the sum, as CloudWatch reports for the last 24 hours",
}


def cost_table(cost: StackCost, style: Style, *, now: bool = False) -> list[Text]:
    """The items with quantity, unit price and month; then what is assumed, left out, unknown and free.

    The items are those after the plan; if nothing is billed then, or with `now`, those before it.
    """
    after = not now and (bool(cost.items) or not cost.before_items)
    items = cost.items if after else cost.before_items
    lines = [style.line(("Cost in detail" if after or now else "Cost until now", "bold"))]
    lines += _item_rows(style, items)
    lines.append(_row(style, "Sum", "", "", cents((cost.after if after else cost.before).month), colour="bold"))
    lines += _item_rows(style, cost.used, "(used, not created by elbplan, not in the sum)")
    for use in cost.capacity:
        lines += _capacity_rows(style, use)
    notes = [
        ("Assumed", "; ".join(dict.fromkeys(f"{item.what}: {item.assumed}" for item in items if item.assumed))),
        ("Unknown", "; ".join(cost.unknown)),
        ("Left out", NOT_INCLUDED),
        ("Free", FREE),
        ("Prices", f"US dollars, {cost.source}, {cost.date}; a month is 730 hours" if cost.date else ""),
    ]
    for label, text in notes:
        lines += flow(style, style.line((f"  {label:<10}", "dim")), text) if text else []
    return lines


def _item_rows(style: Style, items: Sequence[CostItem], note: str = "") -> Iterator[Text]:
    address = ""
    for item in items:
        if item.address != address:
            yield from flow(style, style.line(f"  {address_words(item.address)}  "), note, "dim", back=4)
        address = item.address
        yield _row(style, item.what, _quantity(item), _unit_price(item), cents(item.month))


def _row(style: Style, what: str, quantity: str, price: str, month: str, colour: str = "") -> Text:
    width = max(12, min(40, style.width - 42))
    what = shortened(what, width, "..." if style.ascii else "…")
    return style.line((f"    {what:<{width}}{quantity:>11}{price:>15}{month:>12}".rstrip(), colour))


def _quantity(item: CostItem) -> str:
    if item.quantity is None:
        return "?"
    return f"{plain(item.quantity)} GB" if item.unit == "GB-month" else plain(item.quantity)


def _unit_price(item: CostItem) -> str:
    if item.unit_price is None:
        return "unknown"
    return f"{unit_price(item.unit_price)}/{PER[item.unit]}"


def _capacity_rows(style: Style, use: CapacityUse) -> Iterator[Text]:
    """A range has three rows: idle, typical, busy. Other units are items of their own."""
    unit = UNITS[use.price_key]
    yield from flow(style, style.line(f"  {address_words(use.address)}  "), BASES[use.basis], "dim", back=4)
    rows = [("idle", use.low), ("typical for a small site", use.typical), ("busy", use.high)]
    for what, units in rows if use.basis == "band" else ():
        price = None if use.unit_price is None else use.unit_price * units * HOURS_PER_MONTH
        per_hour = "unknown" if use.unit_price is None else f"{unit_price(use.unit_price)}/h"
        yield _row(style, what, f"{plain(units)} {unit}", per_hour, cents(price))
    if use.problem:
        yield from flow(style, style.line("    "), use.problem, "yellow")
