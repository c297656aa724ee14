"""The migrations of a stack on its status screen, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..run.status import FileRow, StackMigrations
from .layout import LABEL_WIDTH, column, fact_row, flow
from .runs import ago, run_document
from .style import Style

MAX_FILES = 6
"""Files that are listed; of older ones that are done only their number is told."""

FILE_COLOURS: Mapping[str, str] = {"done": "green", "held": "yellow", "begun": "yellow", "rolled-back": "red"}


def migration_rows(files: StackMigrations, style: Style, now: float) -> Iterator[Text]:
    """What the files say, what the spec wants beyond them, what was changed by hand."""
    if files.wrong:
        yield from fact_row(style, "files", files.wrong, "red")
        return
    yield from _list(files, style, now)
    if files.beyond:
        yield from fact_row(
            style, "spec", "wants more than the files; elbplan plan --save NAME writes the next", "yellow"
        )
        yield from _told(files.beyond, style)
    else:
        yield from fact_row(style, "spec", "says no more than the files", "green")
    if files.drift:
        way = "in the way of the pending file" if files.in_the_way else "no file cares"
        yield from fact_row(style, "by hand", f"AWS was changed by others: {way}", "yellow")
        yield from _told(files.drift, style)


def _list(files: StackMigrations, style: Style, now: float) -> Iterator[Text]:
    shown = files.rows[-MAX_FILES:]
    name = column([one.name for one in shown], 40)
    state = column([_state(one) for one in shown], 30)
    word = "files"
    if len(files.rows) > len(shown):
        yield from fact_row(style, word, f"{len(files.rows) - len(shown)} older ones", "dim")
        word = ""
    for one in shown:
        head = style.line((f"  {word:<{LABEL_WIDTH}}", "dim"), f"{style.clean(one.name):<{name}}  ")
        head.append(f"{_state(one):<{state}}  ", style=FILE_COLOURS.get(one.state, ""))
        yield from flow(style, head, _run(one, now), "dim", back=LABEL_WIDTH + 4)
        word = ""


def _state(one: FileRow) -> str:
    return f"{one.state} {one.more}".strip()


def _run(one: FileRow, now: float) -> str:
    """The last run of a file."""
    if one.run is None:
        return ""
    return f"run {one.run.number}, {ago(now - (one.run.ended or one.run.started))} by {one.run.who}"


def _told(lines: tuple[str, ...], style: Style) -> Iterator[Text]:
    for line in lines:
        yield from flow(style, style.line(" " * (LABEL_WIDTH + 2)), line, "dim", back=LABEL_WIDTH + 4)


def migrations_document(files: StackMigrations) -> dict[str, Any]:
    """The files' part of `status --json`."""
    return {
        "problem": files.wrong,
        "files": [
            {"name": one.name, "state": one.state, "more": one.more, "run": run_document(one.run) if one.run else None}
            for one in files.rows
        ],
        "beyond": list(files.beyond),
        "by_hand": list(files.drift),
        "in_the_way": files.in_the_way,
    }
