"""Why a wait goes on or failed: short lines below its row, log lines, and the rows of the last screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from ..core.cause import Cause
from .layout import clock_text, flow, shortened, wrapped
from .style import Style, listed

MOST_LINES = 5
"""The largest number of lines below the row of one wait."""

INDENT = " " * 4


def short_lines(causes: Sequence[Cause], style: Style) -> list[Text]:
    """Returns a line for each cause, or several if it is too long, and `and 12 more` after about five lines.

    No line is longer than the screen, so that the screen can be drawn again.
    """
    lines: list[str] = []
    for number, cause in enumerate(causes):
        block = _block(cause, style)
        if lines and len(lines) + len(block) > MOST_LINES:
            rest = causes[number:]
            lines.append(f"{INDENT}and {sum(len(cause.targets) or 1 for cause in rest)} more")
            break
        lines += block
    return [style.line((shortened(line, style.width - 1, "..." if style.ascii else "…"), "yellow")) for line in lines]


def _block(cause: Cause, style: Style) -> list[str]:
    who = listed(list(cause.short_labels), most=3)
    text = style.clean(": ".join(part for part in (cause.text, cause.fix) if part))
    whole = f"{INDENT}{style.clean(who)}  {text}" if who else f"{INDENT}{text}"
    if cell_len(whole) < style.width:
        return [whole]
    below = INDENT + "  " if who else INDENT
    texts = [below + line for line in wrapped(text, style.width - 1 - len(below))]
    return [f"{INDENT}{style.clean(who)}", *texts] if who else texts


def full_rows(
    causes: Sequence[Cause],
    style: Style,
    indent: int,
    first_label: str = "why",
    now: float = 0,
    words: Callable[[str], str] = str,
) -> Iterator[Text]:
    """Yields the rows `why`, `fix` and the command of each cause; a command stays in one line to be copied.

    `first_label` is empty where a row `why` stands above. `now` tells whether a cause began today.
    `words` replaces addresses.
    """
    for number, cause in enumerate(causes):
        label = first_label if number == 0 else "why"
        since = f" since {clock_text(cause.since, now)}" if cause.since else ""
        why = f"{cause.text}{since} ({cause.code})" if "." in cause.code else f"{cause.text}{since}"
        who = listed(list(cause.labels), most=5)
        yield from flow(style, _head(label, style, indent), words(subject_and_reason(who, why)))
        if cause.fix:
            yield from flow(style, _head("fix", style, indent), words(f"{cause.fix}{':' if cause.command else ''}"))
        if cause.command:
            yield style.line(" " * (indent + LABEL), cause.command)


def subject_and_reason(who: str, reason: str) -> str:
    """Returns `server-a (i-0abc): HTTP 404 on /health`, and `server-a (i-0abc) port 80 refuses the connection`."""
    if not who:
        return reason
    return f"{who}{'' if reason.startswith('port ') else ':'} {reason}"


LABEL = 8
"""Width of the labels of the last screen."""


def _head(label: str, style: Style, indent: int) -> Text:
    return style.line(" " * indent, (f"{label:<{LABEL}}", "yellow" if label == "why" else "green"))


def cause_documents(causes: Sequence[Cause]) -> list[dict[str, Any]]:
    """Returns the causes for JSON, without empty fields."""
    return [_document(cause) for cause in causes]


def _document(cause: Cause) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": cause.code,
        "text": cause.text,
        "fix": cause.fix,
        "command": cause.command,
        "since": cause.since,
    }
    targets = [{"id": id, "name": name} for id, name in zip(cause.targets, cause.names, strict=True)]
    return {key: value for key, value in (document | {"targets": targets}).items() if value}
