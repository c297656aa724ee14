"""The pending migrations before a question: every step that one yes covers, with its hazards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from .layout import column, flow
from .style import Style

WIDEST = 44
"""Columns for a step before its reason."""


@dataclass(frozen=True)
class StepView:
    """A step that is still to do: its number in the file, the action, the reason, and its hazards."""

    number: int
    action: str
    why: str = ""
    hazards: Sequence[str] = ()


@dataclass(frozen=True)
class FileView:
    """A pending file, `total` steps long, and the steps that are still to do."""

    name: str
    total: int
    steps: Sequence[StepView]


def pending_files_screen(files: Sequence[FileView], style: Style) -> list[Text]:
    """One block a file, one row a step."""
    lines = [style.line((f"Pending migrations {len(files)}", "bold"))]
    for file in files:
        lines.append(style.line(f"  {file.name}  ", (f"{len(file.steps)} of {file.total} steps to do", "dim")))
        lines += _steps(file, style)
    return [*lines, Text()]


def _steps(file: FileView, style: Style) -> Iterator[Text]:
    wide = column([step.action for step in file.steps], WIDEST)
    for step in file.steps:
        head = style.line(f"  {step.number:>5}  {style.clean(step.action):<{wide}}  ")
        yield from flow(style, head, step.why, "dim", back=11)
        for hazard in step.hazards:
            yield from flow(style, style.line(" " * 9), hazard, "red")
