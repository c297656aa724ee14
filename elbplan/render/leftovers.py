"""The screen of `elbplan leftovers`: what AWS bills although it serves nobody, each with the command that ends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.cells import cell_len
from rich.text import Text

from ..cost.items import oldest_date
from ..kinds.aws.moments import seconds_of
from ..leftovers.find import NOT_LOOKED_AT
from ..leftovers.leftover import EVERYWHERE, NotChecked, PricedLeftover
from ..leftovers.other_accounts import OtherAccount
from ..leftovers.regions import RegionProblem
from .layout import flow, left_and_right
from .money import cents
from .other_accounts import not_read_lines
from .runs import ago
from .style import Style, count, duration, listed

INDENT = 2
MONEY = 14
"""The columns of the price on the left."""

CONTINUED = " \\"
"""How a shell's line ends that goes on."""


@dataclass(frozen=True)
class LeftoversView:
    """What the screen shows.

    regions    the regions that were read
    found      the leftovers, the most expensive first
    now        the moment of the look, in seconds since 1970
    notes      further lines at the end: stacks without a spec
    others     the accounts of specs that were not read
    """

    regions: Sequence[str]
    account: str
    found: Sequence[PricedLeftover]
    not_checked: Sequence[NotChecked] = ()
    problems: Sequence[RegionProblem] = ()
    now: float = 0
    seconds: float | None = None
    notes: Sequence[tuple[str, str]] = ()
    others: Sequence[OtherAccount] = ()

    @property
    def billed(self) -> list[PricedLeftover]:
        return [entry for entry in self.found if not entry.free]

    @property
    def month(self) -> Decimal:
        """Dollars for a month, of what has a known price."""
        return sum((entry.cost.month for entry in self.found), Decimal(0))

    @property
    def unknown(self) -> list[str]:
        """What has no known price, each once."""
        return list(dict.fromkeys(what for entry in self.found for what in entry.unknown))

    @property
    def date(self) -> str:
        """The date of the oldest price in the sum; empty without a price."""
        return oldest_date([item for entry in self.found for item in entry.items])


def leftovers_screen(view: LeftoversView, style: Style) -> list[Text]:
    """Returns the screen: what bills, then what is free, what could not be checked, and the sum."""
    lines = [*_header(view, style)]
    for region in dict.fromkeys(entry.leftover.region for entry in view.found):
        lines += _region(region, [entry for entry in view.found if entry.leftover.region == region], view.now, style)
    lines += not_checked_lines(view.not_checked, view.problems, style)
    lines += not_read_lines(view.others, "leftovers", style)
    for label, text in view.notes:
        lines += flow(style, style.line((f"{label}  ", "bold")), text)
    return [*lines, *_sum(view, style)]


def _header(view: LeftoversView, style: Style) -> list[Text]:
    place = view.regions[0] if len(view.regions) == 1 else count(len(view.regions), "region")
    left = style.line(("elbplan leftovers", "dim"), f" · {place} · account {view.account or 'unknown'}")
    return left_and_right(style, left, "" if view.seconds is None else f"read in {duration(view.seconds)}")


def _region(region: str, found: Sequence[PricedLeftover], now: float, style: Style) -> Iterator[Text]:
    yield style.line("")
    yield style.line((region if region != EVERYWHERE else "all regions", "bold"))
    for entry in found:
        yield from leftover_rows(entry, now, style)


def leftover_rows(entry: PricedLeftover, now: float, style: Style) -> Iterator[Text]:
    """Yields the price and the name, why it is left over, and each command on a line of its own."""
    leftover = entry.leftover
    head = style.line(" " * INDENT, (f"{price_text(entry):<{MONEY}}", "yellow" if not entry.free else "dim"))
    yield from flow(style, head, leftover.title)
    since = since_text(leftover.since, leftover.since_what, now)
    indent = " " * (INDENT + MONEY)
    yield from flow(style, style.line(indent), f"{leftover.why}{f'; {since}' if since else ''}", "dim")
    for command in leftover.commands:
        yield from command_lines(command, style, INDENT + MONEY)


def command_lines(command: str, style: Style, indent: int) -> Iterator[Text]:
    """Yields a command that can be copied; on a narrow screen in several lines, which end in `\\` but for the last.

    A line ends only before an option, so that the shell reads the same words. A longer line is not cut.
    """
    room, lines = style.width - indent - len(CONTINUED), list[str]()
    for part in re.split(r" (?=--)", command):
        fits = lines and cell_len(lines[-1]) + 1 + cell_len(part) <= room
        if fits:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    if cell_len(command) <= style.width - indent:
        lines = [command]
    for number, line in enumerate(lines):
        last = number == len(lines) - 1
        column = indent if number == 0 else indent + 2 if cell_len(line) <= room - 2 else INDENT * 2
        yield style.line(" " * column, (line if last else line + CONTINUED, "cyan"))


def price_text(entry: PricedLeftover) -> str:
    """Returns `$3.65/month`, `free`, or `price unknown`."""
    if entry.free:
        return "free"
    if entry.month is None:
        return "price unknown"
    return f"{cents(entry.month)}/month"


def since_text(moment: str, what: str, now: float) -> str:
    """Returns `stopped 3 days ago`; empty if AWS does not tell."""
    seconds = seconds_of(moment) if moment else None
    return f"{what} {ago(now - seconds)}" if seconds is not None and what else ""


def not_checked_lines(missing: Sequence[NotChecked], problems: Sequence[RegionProblem], style: Style) -> Iterator[Text]:
    """Yields what could not be read: one line for each reason, with its regions."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for entry in missing:
        reasons.setdefault((entry.title, entry.why), []).append(entry.region)
    if reasons or problems:
        yield style.line("")
        yield style.line(("Not checked", "bold"))
    for (title, why), regions in reasons.items():
        yield from flow(style, style.line(" " * INDENT), f"{title}: {why} ({listed(regions, 3)})", "yellow")
    for problem in problems:
        yield from flow(style, style.line(" " * INDENT), f"{problem.region}: {problem.why}", "yellow")


def _sum(view: LeftoversView, style: Style) -> Iterator[Text]:
    yield style.line("")
    if not view.found:
        complete = not view.not_checked and not view.problems
        text = "nothing is left over" if complete else "nothing is left over in what elbplan could read"
        yield style.line(("✓", "green") if complete else ("·", "yellow"), f" {text}")
    else:
        more = f" + what has no known price ({listed(view.unknown, 2)})" if view.unknown else ""
        things = count(len(view.billed), "thing")
        text = f"{cents(view.month)}/month{more} for {things} that serve{'s' if len(view.billed) == 1 else ''} nobody"
        yield from flow(style, style.line(("Total  ", "bold")), text)
    if view.date:
        yield from flow(style, style.line("       "), f"prices of {view.date}, in US dollars (elbplan prices)", "dim")
    yield from flow(style, style.line("       "), f"elbplan does not look for {NOT_LOOKED_AT}", "dim")


MOST_AFTER_DESTROY = 5


def still_billing_rows(region: str, left: Sequence[PricedLeftover], command: str, style: Style) -> Iterator[Text]:
    """Yields the end of a destroy: what else AWS bills in the region, and the command that shows how to end it."""
    month = cents(sum((entry.cost.month for entry in left), Decimal(0)))
    unknown = " + what has no known price" if any(entry.unknown for entry in left) else ""
    title = f"Still billing in {region} and serving nobody, {month}/month{unknown}:"
    yield from flow(style, style.line(""), title, "yellow")
    for entry in left[:MOST_AFTER_DESTROY]:
        head = style.line(" " * INDENT, (f"{price_text(entry):<{MONEY}}", "yellow"))
        yield from flow(style, head, f"{entry.leftover.title}: {entry.leftover.why}")
    if len(left) > MOST_AFTER_DESTROY:
        yield style.line(" " * INDENT, f"and {len(left) - MOST_AFTER_DESTROY} more")
    yield style.line(" " * INDENT, (command, "cyan"), "  shows all, and how to end each")
