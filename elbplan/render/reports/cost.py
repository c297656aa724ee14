"""What a stack costs, for reports: a line for the header, and a table with the source and date of each price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...cost import StackCost
from ...cost.items import HOURS_PER_MONTH, CostItem
from ..cost import LABEL, status_note
from ..cost import cost_notes as screen_notes
from ..money import cents, plain, rounded
from ..words import address_words


@dataclass(frozen=True)
class CostRow:
    """An item of the bill. A text is empty where it does not apply, and `unknown` where nobody knows."""

    what: str
    resource: str
    quantity: str
    price: str
    hour: str
    month: str
    source: str


@dataclass(frozen=True)
class CostView:
    """The table of costs: before and after the plan, item by item, and remarks."""

    summary: str
    before: Sequence[CostRow]
    after: Sequence[CostRow]
    used: Sequence[CostRow]
    remarks: Sequence[str]


def cost_notes(cost: StackCost | None, verb: str) -> list[tuple[str, str]]:
    """The line of the header, in the words of the screen; none if nothing is known."""
    text = summary(cost, verb) if cost else ""
    return [(LABEL, text)] if text else []


def summary(cost: StackCost, verb: str) -> str:
    """What the plan's screen says about the cost, in one line; for a map what the status says."""
    notes = screen_notes(cost, verb) if verb == "plan" else status_note(cost)
    text = ""
    for _, note in notes:
        text += f"{_between(text, note)}{note}"
    return text


def _between(text: str, note: str) -> str:
    """A command follows its colon, and an amount the sum to which it belongs."""
    return "" if not text else " " if text.endswith(":") or note.startswith("+ ") else "; "


def cost_view(cost: StackCost, verb: str) -> CostView | None:
    """The table; None if AWS bills nothing."""
    if not (cost.items or cost.before_items):
        return None
    before, after = (tuple(map(_row, items)) for items in (cost.before_items, cost.items))
    used, remarks = tuple(map(_row, cost.used)), tuple(_remarks(cost))
    return CostView(summary(cost, verb), () if before == after else before, after, used, remarks)


def _row(item: CostItem) -> CostRow:
    price = "unknown" if item.unit_price is None else f"${plain(item.unit_price)}/{item.unit}"
    return CostRow(
        item.what + (f" ({item.assumed})" if item.assumed else ""),
        address_words(item.address),
        "unknown" if item.quantity is None else plain(item.quantity),
        price,
        "unknown" if item.hour is None else f"${rounded(item.hour, 4)}" if item.hour else "",
        cents(item.month),
        ", ".join(filter(None, (item.source, item.date))),
    )


def _remarks(cost: StackCost) -> list[str]:
    remarks = [f"Not in the sums: {address_words(text)}." for text in cost.unknown]
    for use in cost.capacity:
        if use.basis == "band" and use.unit_price is not None:
            month = use.unit_price * HOURS_PER_MONTH
            remarks.append(
                f"Traffic at {address_words(use.address)} adds about {cents(use.typical * month)} a month "
                f"({use.low} to {use.high} capacity units: {cents(use.low * month)} to {cents(use.high * month)})."
            )
    if cost.zones_saving:
        remarks.append(f"With two zones, a month costs {cents(cost.zones_saving)} less.")
    if cost.overlap:
        remarks.append(f"While old and new exist side by side, an hour costs ${rounded(cost.overlap, 4)} more.")
    return [*remarks, f"Without data transfer and taxes. A month is {HOURS_PER_MONTH} hours."]
