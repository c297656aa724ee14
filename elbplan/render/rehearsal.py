"""What a rehearsal proved, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from .layout import flow
from .style import RESULT_MARKS, Style, count, duration


@dataclass(frozen=True)
class PromiseLine:
    """One promise of a file: how often it was tried, and what was found against it."""

    holds: bool
    text: str
    tried: str
    wrong: Sequence[str] = ()


def proof_screen(line: PromiseLine, style: Style) -> list[Text]:
    """A line, and one for each thing that is wrong."""
    mark, colour = RESULT_MARKS["done" if line.holds else "failed"]
    screen = [style.line("  ", (mark, colour), f" {line.text}  ", (f"({line.tried})", "dim"))]
    for wrong in line.wrong:
        screen += flow(style, style.line("      "), wrong)
    return screen


def summary_screen(stack: str, files: int, lines: Sequence[PromiseLine], seconds: float, style: Style) -> list[Text]:
    """The last line of a stack."""
    if not lines:
        return [style.line((stack, "bold"), ": nothing to rehearse, every file is applied")]
    broken = sum(not line.holds for line in lines)
    if broken:
        said = (f"{broken} of {count(len(lines), 'proof')} fail{'s' if broken == 1 else ''}", "bold red")
    else:
        said = (f"{len(lines)} of {count(len(lines), 'proof')} hold", "green")
    return [style.line((stack, "bold"), f": {count(files, 'file')} rehearsed in {duration(seconds)}, ", said)]
