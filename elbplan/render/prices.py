"""The screen and the document of `elbplan prices`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..cost import Price, PriceTable
from ..cost.items import HOURS_PER_MONTH
from ..cost.prices import INSTANCE
from .layout import flow, shortened
from .money import cents, plain, unit_price
from .style import Style

TITLES: Mapping[str, str] = {
    "application-hour": "application load balancer",
    "lcu": "  capacity unit (LCU)",
    "network-hour": "network load balancer",
    "nlcu": "  capacity unit (NLCU)",
    "gateway-hour": "gateway load balancer",
    "glcu": "  capacity unit (GLCU)",
    "classic-hour": "classic load balancer",
    "reserved-lcu": "reserved capacity unit",
    "reserved-nlcu": "reserved capacity unit (NLCU)",
    "trust-store-hour": "trust store",
    "public-ipv4-hour": "public IPv4 address",
    "hosted-zone-month": "hosted zone",
    "shield-subscription-month": "Shield Advanced, for an organization",
    "health-check-month": "health check of an AWS endpoint",
    "outside-health-check-month": "health check of another endpoint",
    "gp3-gb-month": "GB of a gp3 volume",
    "gp2-gb-month": "GB of a gp2 volume",
    "snapshot-gb-month": "GB of a snapshot",
    "log-gb-month": "GB of logs in CloudWatch",
    "nat-hour": "NAT gateway",
}
"""The prices that a table can have besides instances, in the order of the screen."""

COMMON = ("t3.micro", "t3.small", "t3.medium", "t4g.micro", "t4g.small", "t4g.medium", "t2.micro")
"""The instance types of the screen. JSON has all of the table."""


def region_prices(table: PriceTable, region: str) -> dict[str, Price | None]:
    """The prices of a region; None for those that the table does not have."""
    own = table.regions.get(region, {})
    types = dict.fromkeys(
        [*(f"{INSTANCE}{type}" for type in COMMON), *sorted(n for n in own if n.startswith(INSTANCE))]
    )
    return {name: table.price(region, name) for name in (*TITLES, *types)}


def prices_screen(table: PriceTable, region: str, style: Style, refresh: str) -> list[Text]:
    """Returns the prices of a region, with dates and sources."""
    lines = [style.line(("elbplan prices", "dim"), " · ", (region, "bold"), f" · US dollars · table of {table.date}")]
    if region not in table.regions:
        return [
            *lines,
            *flow(style, style.line("  "), f"the table has no prices of {region}; try: {refresh}", "yellow"),
        ]
    prices = region_prices(table, region)
    shown = [name for name in prices if name in TITLES or name.removeprefix(INSTANCE) in COMMON]
    sources = list(dict.fromkeys((p.source, p.date) for name in shown if (p := prices[name])))
    for name in shown:
        lines.append(_row(style, name, prices[name], sources))
    more = len(prices) - len(shown)
    if more:
        lines.append(style.line((f"  and {more} more instance types (--json lists them)", "dim")))
    lines.append(style.line(("Sources", "bold")))
    for number, (source, date) in enumerate(sources, 1):
        lines += flow(style, style.line(f"  [{number}] {date}  "), source)
    if any(prices[name] is None for name in shown):
        lines += flow(style, style.line(("Unknown   ", "bold")), f"{refresh} asks AWS", "yellow")
    return lines


def _row(style: Style, name: str, price: Price | None, sources: list[tuple[str, str]]) -> Text:
    title = TITLES.get(name) or f"{name.removeprefix(INSTANCE)}, Linux"
    width = max(20, min(32, style.width - 44))
    head = f"  {shortened(title, width, '...' if style.ascii else '…'):<{width}}"
    if price is None:
        return style.line(head, ("unknown".rjust(14), "yellow"))
    by_the_month = name.endswith("-month")
    month = price.amount if by_the_month else price.amount * HOURS_PER_MONTH
    unit = "mo" if by_the_month else "h"
    source = f"[{sources.index((price.source, price.date)) + 1}]"
    return style.line(head, f"{f'{unit_price(price.amount)}/{unit}':>14}{f'{cents(month)}/month':>18}  {source}")


def prices_document(table: PriceTable, region: str) -> dict[str, Any]:
    """Returns the prices of a region; null for one that the table does not have."""
    return {
        "schema": 1,
        "region": region,
        "currency": "USD",
        "date": table.date,
        "prices": {name: price and _document(price) for name, price in region_prices(table, region).items()},
    }


def _document(price: Price) -> dict[str, str]:
    return {"price": plain(price.amount), "source": price.source, "date": price.date}


def refreshed_lines(region: str, read: int, changed: Mapping[str, tuple[Price | None, Price]]) -> Iterator[str]:
    """Yields what a refresh has read, and the prices that differ from those before."""
    yield f"{region}: {read} prices read, {len(changed)} differ from the table before"
    for name, (old, new) in changed.items():
        yield f"  {name}: {unit_price(old.amount) if old else 'unknown'} → {unit_price(new.amount)}"
