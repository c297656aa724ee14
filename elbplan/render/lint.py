"""The warnings of `elbplan lint` about specs, as text and for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..spec.lint.inspection import LintWarning, SpecInspection
from .style import count

ADVICE = (
    "elbplan explain NAME says more about a warning; to accept one, write lint: {ignore: {NAME: reason}} in the spec"
)


def warning_blocks(inspections: Sequence[SpecInspection], *, quiet: bool = False) -> Iterator[str]:
    """Yields a block for each warning; an ignored one is one line, and nothing if `quiet`."""
    for warning in all_warnings(inspections):
        if not warning.ignored:
            yield warning.problem.text("do")
        elif not quiet:
            yield f"{warning.problem.text().splitlines()[0]} (ignored: {warning.ignored})"


def warning_counts(inspections: Sequence[SpecInspection], *, strict: bool = False) -> list[str]:
    """Returns the parts of the last line: `2 warnings`, `1 is ignored`; with `strict`, warnings block."""
    warnings = all_warnings(inspections)
    ignored = sum(bool(warning.ignored) for warning in warnings)
    shown = len(warnings) - ignored
    parts = [count(shown, "warning")] if shown and not strict else []
    return parts + ([f"{ignored} {'is' if ignored == 1 else 'are'} ignored by the spec"] if ignored else [])


def warning_documents(inspections: Sequence[SpecInspection]) -> list[dict[str, Any]]:
    """Returns the warnings for JSON."""
    return [
        {
            "file": warning.problem.file,
            "line": warning.problem.line,
            "column": warning.problem.column,
            "stack": inspection.stack,
            "name": warning.rule,
            "address": warning.address,
            "text": warning.problem.what.removeprefix(f"{warning.rule}: ").removeprefix(f"{warning.address}: "),
            "remedy": warning.problem.hint,
            "ignored": warning.ignored,
        }
        for inspection in inspections
        for warning in inspection.warnings
    ]


def all_warnings(inspections: Sequence[SpecInspection]) -> list[LintWarning]:
    """Returns the warnings of all specs."""
    return [warning for inspection in inspections for warning in inspection.warnings]
