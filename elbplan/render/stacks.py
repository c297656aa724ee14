"""The screen of `elbplan list`: the stacks of an account, with or without a spec; and its JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from ..core.utc import log_time
from ..cost import StackCost
from ..kinds.instance import Instance
from ..kinds.load_balancer import LoadBalancer
from ..leftovers.leftover import NotChecked
from ..leftovers.other_accounts import OtherAccount
from ..leftovers.regions import RegionProblem
from ..leftovers.specs import SpecOf
from ..leftovers.stacks import AccountStack
from .cost import month_note
from .cost_document import cost_document
from .expiry import expiry_document, short_expiry
from .layout import flow, flow_items, left_and_right, padded, shortened_inside
from .leftovers import not_checked_lines
from .other_accounts import not_read_documents, not_read_lines
from .runs import ago, run_document
from .style import Style, count, duration

WIDEST_NAME = 32
INDENT = 4
BESIDE_NAME = 26
"""The columns that a name leaves for the text on its right, with the gaps before and after the region."""


@dataclass(frozen=True)
class StackRow:
    """A stack, what it costs, its spec, and the command that destroys it."""

    stack: AccountStack
    cost: StackCost
    spec: SpecOf
    command: str


@dataclass(frozen=True)
class StacksView:
    """What the screen shows; `now` is the moment of the look, in seconds since 1970."""

    regions: Sequence[str]
    account: str
    rows: Sequence[StackRow]
    not_checked: Sequence[NotChecked] = ()
    problems: Sequence[RegionProblem] = ()
    now: float = 0
    seconds: float | None = None
    others: Sequence[OtherAccount] = ()

    @property
    def month(self) -> Decimal:
        """Dollars for a month of all stacks."""
        return sum((row.cost.before.month for row in self.rows), Decimal(0))


def stacks_screen(view: StacksView, style: Style) -> list[Text]:
    """Returns a line for each stack, and below it since when, its last run, its spec and its end."""
    place = view.regions[0] if len(view.regions) == 1 else count(len(view.regions), "region")
    left = style.line(("elbplan list", "dim"), " · ", (count(len(view.rows), "stack"), "bold"), f" · {place}")
    left.append(style.line(f" · account {view.account or 'unknown'}"))
    lines = left_and_right(style, left, "" if view.seconds is None else f"read in {duration(view.seconds)}")
    region = max((len(row.stack.region) for row in view.rows), default=0)
    longest = max((cell_len(row.stack.name) for row in view.rows), default=0)
    name = min(longest, WIDEST_NAME, style.width - region - BESIDE_NAME)
    for row in view.rows:
        lines += _row(row, view.now, style, name, region)
    lines += not_checked_lines(view.not_checked, view.problems, style)
    lines += not_read_lines(view.others, "list", style)
    if not view.rows:
        lines += flow(style, style.line("  "), "no stack of elbplan; --all-regions reads the other regions too")
    elif len(view.rows) > 1:
        cost = month_note([row.cost for row in view.rows])
        lines += flow(style, style.line(("Total  ", "bold")), cost) if cost else []
    return lines


def _row(row: StackRow, now: float, style: Style, name: int, region: int) -> Iterator[Text]:
    stack = row.stack
    short = padded(shortened_inside(style.clean(stack.name), name, "..." if style.ascii else "…"), name)
    head = style.line("  ", (short, "bold"), f"  {stack.region:<{region}}  ")
    parts = [month_note([row.cost]), *_content(stack)] if not stack.problem else [stack.problem]
    gap = " - " if style.ascii else " · "
    yield from flow_items(style, head, [part for part in parts if part], "yellow" if stack.problem else "", gap=gap)
    yield from flow_items(style, style.line(" " * INDENT), _facts(row, now), "dim", gap=gap)
    if text := spec_text(row.spec):
        yield from flow(style, style.line(" " * INDENT), text, "yellow")
    expiry = stack.expiry
    if expiry:
        past = expiry.is_past(now)
        yield from flow(style, style.line(" " * INDENT), short_expiry(expiry, now), "bold red" if past else "")
    if row.spec.state != "here" or (expiry and expiry.is_past(now)):
        yield style.line(" " * INDENT, (row.command, "cyan"))


def _content(stack: AccountStack) -> Iterator[str]:
    """Yields `application load balancer`, `2 groups`, `2 servers`."""
    balancers = [live.model for live in stack.lives.values() if isinstance(live.model, LoadBalancer)]
    yield from (f"{balancer.type} load balancer" for balancer in balancers)
    if not balancers:
        yield "no load balancer"
    if groups := stack.has("target_group"):
        yield count(len(groups), "group")
    if servers := [live for live in stack.lives.values() if isinstance(live.model, Instance)]:
        yield count(len(servers), "server")


def _facts(row: StackRow, now: float) -> list[str]:
    stack, last = row.stack, row.stack.last_run
    facts = [f"created {ago(now - stack.created)}"] if stack.created is not None else []
    if last:
        facts.append(
            f"run {last.number} {last.verb} {last.state} by {last.who}, {ago(now - (last.ended or last.started))}"
        )
    return [*facts, *([row.spec.file] if row.spec.state == "here" and row.spec.file else [])]


def spec_text(spec: SpecOf) -> str:
    """Returns what is wrong with the spec of a stack; empty if nothing is."""
    if spec.state == "other-region":
        return f"stays: its spec {spec.file} is of {spec.now} now"
    if spec.state == "renamed":
        return f"no spec here; renamed? its file {spec.file} has {spec.now} now"
    return "no spec here" if spec.state == "none" else ""


def stacks_document(view: StacksView) -> dict[str, Any]:
    """Returns the stacks for programs."""
    return {
        "schema": 1,
        "account": view.account,
        "regions": list(view.regions),
        "stacks": [_document(row, view.now) for row in view.rows],
        "not_checked": [{"what": e.title, "region": e.region, "why": e.why} for e in view.not_checked],
        "problems": [{"region": problem.region, "why": problem.why} for problem in view.problems],
        "not_read": not_read_documents(view.others),
    }


def _document(row: StackRow, now: float) -> dict[str, Any]:
    stack = row.stack
    return {
        "stack": stack.name,
        "region": stack.region,
        "problem": stack.problem or None,
        "resources": {str(address): live.id for address, live in stack.lives.items()},
        "created": log_time(stack.created) if stack.created is not None else None,
        "last_run": run_document(stack.last_run) if stack.last_run else None,
        "spec": {"state": row.spec.state, "file": row.spec.file or None, "now": row.spec.now or None},
        "expires": expiry_document(stack.expiry, now),
        "destroy": row.command,
        "cost": cost_document(row.cost),
    }
