"""The migrations of a stack on its status screen and in its JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ..run.status import FileRow, StackMigrations
from .layout import LABEL_WIDTH, column, fact_row, flow
from .runs import ago, run_document
from .style import Style

MAX_FILES = 6
"""How many migrations the screen lists. It shows only the number of older migrations."""

FILE_COLOURS: Mapping[str, str] = {"done": "green", "held": "yellow", "begun": "yellow", "rolled-back": "red"}


def migration_rows(files: StackMigrations, style: Style, now: float) -> Iterator[Text]:
    """Yields the rows of the migrations, of spec changes without a migration, and of drift."""
    if files.wrong:
        yield from fact_row(style, "migrations", files.wrong, "red")
        return
    yield from _file_rows(files, style, now)
    if files.uncovered:
        yield from fact_row(
            style, "spec", "has changes without a migration; elbplan plan --save NAME creates it", "yellow"
        )
        yield from _detail_rows(files.uncovered, style)
    else:
        yield from fact_row(style, "spec", "matches the migrations", "green")
    if files.drift:
        effect = "blocks the pending migration" if files.in_the_way else "blocks no migration"
        yield from fact_row(style, "drift", f"others changed AWS; this {effect}", "yellow")
        yield from _detail_rows(files.drift, style)


def _file_rows(files: StackMigrations, style: Style, now: float) -> Iterator[Text]:
    shown = files.rows[-MAX_FILES:]
    name_width = column([file.name for file in shown], 40)
    state_width = column([_state_text(file) for file in shown], 30)
    label = "migrations"
    if len(files.rows) > len(shown):
        yield from fact_row(style, label, f"{len(files.rows) - len(shown)} older migrations", "dim")
        label = ""
    for file in shown:
        head = style.line((f"  {label:<{LABEL_WIDTH}}", "dim"), f"{style.clean(file.name):<{name_width}}  ")
        head.append(f"{_state_text(file):<{state_width}}  ", style=FILE_COLOURS.get(file.state, ""))
        yield from flow(style, head, _last_run_text(file, now), "dim", back=LABEL_WIDTH + 4)
        label = ""


def _state_text(file: FileRow) -> str:
    return f"{file.state} {file.more}".strip()


def _last_run_text(file: FileRow, now: float) -> str:
    """Returns the last run of a migration."""
    if file.run is None:
        return ""
    return f"run {file.run.number}, {ago(now - (file.run.ended or file.run.started))} by {file.run.who}"


def _detail_rows(lines: tuple[str, ...], style: Style) -> Iterator[Text]:
    for line in lines:
        yield from flow(style, style.line(" " * (LABEL_WIDTH + 2)), line, "dim", back=LABEL_WIDTH + 4)


def migrations_document(files: StackMigrations) -> dict[str, Any]:
    """Returns the migrations in `status --json`."""
    return {
        "problem": files.wrong,
        "files": [
            {
                "name": file.name,
                "state": file.state,
                "more": file.more,
                "run": run_document(file.run) if file.run else None,
            }
            for file in files.rows
        ],
        "uncovered": list(files.uncovered),
        "drift": list(files.drift),
        "in_the_way": files.in_the_way,
    }
