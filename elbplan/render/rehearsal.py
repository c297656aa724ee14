"""The screen of a rehearsal: a line for each proof, and a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from .layout import flow
from .style import RESULT_MARKS, Style, count, duration


@dataclass(frozen=True)
class PromiseLine:
    """One proof: what it promises, how often it was tried, and its failures."""

    holds: bool
    text: str
    tried: str
    wrong: Sequence[str] = ()


def proof_screen(line: PromiseLine, style: Style) -> list[Text]:
    """Returns the line of a proof and a line for each failure."""
    mark, colour = RESULT_MARKS["done" if line.holds else "failed"]
    screen = [style.line("  ", (mark, colour), f" {line.text}  ", (f"({line.tried})", "dim"))]
    for failure in line.wrong:
        screen += flow(style, style.line("      "), failure)
    return screen


def summary_screen(stack: str, files: int, lines: Sequence[PromiseLine], seconds: float, style: Style) -> list[Text]:
    """Returns the last line of a stack."""
    if not lines:
        return [style.line((stack, "bold"), ": nothing to rehearse, all migrations are applied")]
    broken = sum(not line.holds for line in lines)
    if broken:
        result = (f"{broken} of {count(len(lines), 'check')} failed", "bold red")
    else:
        result = (f"{len(lines)} of {count(len(lines), 'check')} passed", "green")
    return [style.line((stack, "bold"), f": {count(files, 'migration')} rehearsed in {duration(seconds)}, ", result)]
