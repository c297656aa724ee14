"""The screen of `elbplan doctor`: a line for each check, and what to do; and its document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from ..doctor.check import Check, healthy
from .layout import flow
from .style import Style, count

MARKS: Mapping[str, tuple[str, str]] = {
    "ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "bold red"), "unknown": ("·", "dim")
}  # fmt: skip
TITLE_WIDTH = len("permissions")
NEXT = " " * 6

Redact = Callable[[str], str]


def doctor_rows(check: Check, style: Style, redact: Redact = str) -> Iterator[Text]:
    """Yields the line of a check, and what to do next. A command stays in one line to be copied."""
    mark, colour = MARKS[check.state]
    where = f"{check.region}: " if check.region else ""
    head = style.line("  ", (mark, colour), f" {check.name:<{TITLE_WIDTH}}  ")
    yield from flow(style, head, redact(f"{where}{check.text}"), "dim" if check.state == "unknown" else "", back=4)
    if check.fix:
        yield from flow(
            style, style.line(NEXT, ("fix ", "green")), redact(f"{check.fix}{':' if check.command else ''}")
        )
    if check.command:
        yield style.line(NEXT, "    ", redact(check.command))


def doctor_end(checks: Sequence[Check], style: Style) -> list[Text]:
    """Returns the last line: how many checks failed, and how many could not be made."""
    failed = sum(check.state == "failed" for check in checks)
    warned = sum(check.state == "warning" for check in checks)
    unknown = sum(check.state == "unknown" for check in checks)
    parts = [f"{failed} failed" if failed else "no check failed"]
    parts += [count(warned, "warning")] if warned else []
    parts += [f"{unknown} not checked"] if unknown else []
    mark = MARKS["failed" if failed else "ok"]
    return flow(style, style.line(mark, " "), ", ".join(parts))


def doctor_document(checks: Sequence[Check], redact: Redact = str) -> dict[str, Any]:
    """Returns the document of --json."""
    return {"schema": 1, "healthy": healthy(checks), "checks": [_document(check, redact) for check in checks]}


def _document(check: Check, redact: Redact) -> dict[str, str]:
    fields = {"region": check.region, "fix": redact(check.fix), "command": redact(check.command)}
    document = {"name": check.name, "state": check.state, "text": redact(check.text)}
    return document | {key: value for key, value in fields.items() if value}
