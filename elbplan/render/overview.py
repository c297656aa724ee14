"""The status of many stacks: the worst first, one line and a few notes each; those without a finding in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from ..run.condition import WARNED_DAYS, certificate_ends, conditions_of, rank_of
from ..run.lock.record import UNKNOWN_STATE
from ..run.status import StackStatus
from .errors import Redact
from .layout import flow, flow_items, left_and_right, padded, shortened, shortened_inside
from .runs import ago
from .status_notes import Note, Noted, notes_of
from .status_words import StackCommands, certificate_text, headline, mark_of, urls_of
from .style import Style, count, duration

INDENT = 4
WIDEST_NAME = 32
"""The columns for the names of stacks. A load balancer's name is not longer."""


@dataclass(frozen=True)
class StatusRow:
    """A stack in the overview: its status, the commands for it, and what it costs; empty if that is not known."""

    status: StackStatus
    commands: StackCommands
    cost: str = ""

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.status.plan.stack


def overview(
    rows: Sequence[StatusRow],
    style: Style,
    *,
    verbose: bool = False,
    seconds: float | None = None,
    cost: str = "",
    redact: Redact = str,
) -> list[Text]:
    """Returns the screen of many stacks. `cost` is what they cost together."""
    ordered = sorted(rows, key=lambda row: rank_of(row.status))
    bad = [row for row in ordered if conditions_of(row.status)]
    fine = [row for row in ordered if not conditions_of(row.status)]
    columns = _Columns.of(ordered if verbose else bad)
    shown: dict[str, str] = {}
    lines = [*_header(rows, style, seconds)]
    for row in bad:
        lines += _stack(row, columns, style, redact, shown)
    if verbose:
        lines += [_fine_line(row, columns, style) for row in fine]
    elif fine:
        lines.append(style.line(("✓", "green"), f" {_folded(len(fine), bool(bad))}"))
    lines += _unknown_runs(fine, style)
    return [*lines, *flow(style, style.line(("  cost  ", "dim")), f"{cost} for all", "dim")] if cost else lines


def _folded(number: int, more: bool) -> str:
    stacks = f"{number} more" if more else count(number, "stack")
    return f"{stacks} in sync and healthy (-v lists {'them' if number > 1 else 'it'})"


def _header(rows: Sequence[StatusRow], style: Style, seconds: float | None) -> list[Text]:
    plans = [row.status.plan for row in rows]
    regions = sorted({plan.region for plan in plans if plan.region})
    accounts = sorted({plan.account for plan in plans if plan.account})
    place = [regions[0] if len(regions) == 1 else count(len(regions), "region")] if regions else []
    place += [f"account {accounts[0]}" if len(accounts) == 1 else count(len(accounts), "account")] if accounts else []
    left = style.line(
        ("elbplan status", "dim"), " · ", (count(len(rows), "stack"), "bold"), *(f" · {p}" for p in place)
    )
    read = count(sum(len(plan.lives) for plan in plans), "resource")
    return left_and_right(style, left, "" if seconds is None else f"read {read} in {duration(seconds)}")


@dataclass(frozen=True)
class _Columns:
    """The widths of the names and of the words after them."""

    name: int
    words: int

    @classmethod
    def of(cls, rows: Sequence[StatusRow]) -> _Columns:
        names = max((cell_len(row.name) for row in rows), default=0)
        return cls(min(names, WIDEST_NAME), max((len(headline(row.status)) for row in rows), default=0))


def _head(row: StatusRow, columns: _Columns, style: Style) -> list[Text]:
    """Returns the mark, the name and the words of a stack; more than one line if the words do not fit."""
    conditions = conditions_of(row.status)
    name = padded(shortened_inside(style.clean(row.name), columns.name, "..." if style.ascii else "…"), columns.name)
    colour = mark_of(conditions)[1].removeprefix("bold ") if conditions else "dim"
    head = style.line(mark_of(conditions), " ", (name, "bold"), "  ")
    return flow(style, head, headline(row.status), colour)


def _with_url(line: Text, url: str, columns: _Columns, style: Style) -> bool:
    """Adds the URL in its column, or nearer if there is no room; False if it does not fit at all."""
    column = 2 + columns.name + 2 + columns.words + 2
    gap = max(2, column - line.cell_len)
    gap = gap if line.cell_len + gap + len(url) <= style.width else 2
    if line.cell_len + gap + len(url) > style.width:
        return False
    line.append(" " * gap).append(style.clean(url), "cyan")
    return True


def _fine_line(row: StatusRow, columns: _Columns, style: Style) -> Text:
    line = _head(row, columns, style)[0]
    for url in urls_of(row.status.plan)[:1]:
        if not _with_url(line, url, columns, style):
            room = style.width - line.cell_len - 2
            line.append("  ").append(shortened(style.clean(url), room, "..." if style.ascii else "…"), "cyan")
    return line


def plain_line(row: StatusRow, style: Style) -> str:
    """Returns the line of a stack for a log; it has the last run too, so that a new run is a change."""
    last = row.status.runs.last
    parts = [headline(row.status), f"run {last.number} {last.verb} {last.state}" if last else "no run yet"]
    words = "  ".join(filter(None, [" · ".join(filter(None, parts)), *urls_of(row.status.plan)[:1]]))
    return style.line(mark_of(conditions_of(row.status))[0], f" {row.name}  {words}").plain


def _stack(row: StatusRow, columns: _Columns, style: Style, redact: Redact, shown: dict[str, str]) -> Iterator[Text]:
    *lines, line = _head(row, columns, style)
    urls = urls_of(row.status.plan)
    fits = bool(urls) and _with_url(line, urls[0], columns, style)
    yield from (*lines, line)
    for url in urls[:1] if not fits else ():
        yield from flow(style, style.line(" " * INDENT), url, "cyan")
    problem = row.status.problem
    first = shown.setdefault(problem.what, row.name) if problem else row.name
    if first != row.name:
        yield style.line(" " * INDENT, f"error: the same as for {first} above")
    else:
        yield from note_lines(notes_of(Noted(row.status, row.commands, redact)), style, INDENT)
    yield from flow_items(style, style.line(" " * INDENT), _foot(row), "dim", gap=" - " if style.ascii else " · ")


def note_lines(notes: Iterator[Note], style: Style, indent: int) -> Iterator[Text]:
    """Yields the notes below a stack. A command stays in one line, so that it can be copied."""
    for label, text, command in notes:
        head = style.line(" " * indent, (f"{label}: ", "yellow") if label else "")
        *lines, last = [row for line in text.split("\n") for row in flow(style, head, line)]
        gap = "" if not text and not label else " "
        yield from lines
        if last.cell_len + len(gap + command) <= style.width:
            yield last.append(style.line(gap + command) if command else "")
        else:
            yield from (last, style.line(" " * (indent + 2), command))


def _foot(row: StatusRow) -> list[str]:
    """Returns `run 1 apply by root@vm, 2 min ago`, `certificate 394 days`, `no lock` and the cost."""
    status, found = row.status, conditions_of(row.status)
    runs = status.runs
    parts = []
    if runs.unknown:
        parts.append(f"runs and lock unknown: {runs.unknown}")
    elif runs.last and "unfinished" not in found and runs.last.state not in ("running", UNKNOWN_STATE):
        last = runs.last
        end = "" if last.state == "done" else f" {last.state}"
        parts.append(
            f"run {last.number} {last.verb} by {last.who},{end} {ago(runs.now - (last.ended or last.started))}"
        )
    elif not runs.last and not status.problem:
        parts.append("no run yet")
    parts += [certificate_text(end, short=True) for end in certificate_ends(status)[:1] if end.days >= WARNED_DAYS]
    if runs.lock == "free" and not status.problem:
        parts.append("no lock")
    return [*parts, *([row.cost] if row.cost else [])]


def _unknown_runs(fine: Sequence[StatusRow], style: Style) -> Iterator[Text]:
    """Yields once why the runs of stacks cannot be read that otherwise need no look."""
    unknown = [row for row in fine if row.status.runs.unknown]
    if unknown:
        text = f"of {count(len(unknown), 'stack')} elbplan cannot read the runs: {unknown[0].status.runs.unknown}"
        yield from flow(style, style.line("  "), text, "yellow")
