"""The prices of what AWS bills after a destroy."""

from __future__ import annotations

from dataclasses import replace

from ..core.plan import Plan, Remaining
from ..cost import PriceTable
from ..cost.items import HOURS_PER_MONTH
from ..cost.prices import INSTANCE
from ..kinds.server_endings import NOT_BILLED_BY_TIME
from .money import plain, rounded

BILLED = "AWS bills it"
"""The words of `Remaining.text` in whose place the price stands."""


def with_prices(plan: Plan, prices: PriceTable) -> Plan:
    """The plan; what stays after a destroy has its price, where the table has it."""
    return replace(plan, remaining=[_priced(left, plan.region, prices) for left in plan.remaining])


def _priced(left: Remaining, region: str, prices: PriceTable) -> Remaining:
    key, more = _price_of(left)
    price = prices.price(region, key) if key else None
    if price is None:
        return replace(left, text=f"{left.text} (price unknown)") if key else left
    by_the_month = key.endswith("-month")
    month = price.amount if by_the_month else price.amount * HOURS_PER_MONTH
    hour = "" if by_the_month else f"${rounded(price.amount, 4)}/h, "
    facts = {"month": str(rounded(month, 2)), **({} if by_the_month else {"hour": plain(price.amount)})}
    name, _, rest = left.text.rpartition(BILLED)  # the last: a Name tag can have these words too
    text = f"{name}AWS bills {hour}${rounded(month, 2)}/month{more}{rest}"
    return replace(left, text=text, facts={**left.facts, **facts})


def _price_of(left: Remaining) -> tuple[str, str]:
    """The name of the price of something that stays, and what the price does not include."""
    if left.kind == "instance":
        type = left.facts.get("type", "")
        billed = type and left.facts.get("state") not in NOT_BILLED_BY_TIME
        return (f"{INSTANCE}{type}", ", plus its volumes and public address") if billed else ("", "")
    return {"elastic_ip": "public-ipv4-hour", "hosted_zone": "hosted-zone-month"}.get(left.kind, ""), ""
