"""What `elbplan explain ADDRESS` prints: what was checked, each cause with its fix, and where to read more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from rich.text import Text

from ..core.explain_command import explain_command
from ..explain.diagnosis import Diagnosis, Finding
from .layout import flow
from .style import RESULT_MARKS, Style, count, listed

MARKS: Mapping[str, tuple[str, str]] = {
    "ok": RESULT_MARKS["done"],
    "cause": RESULT_MARKS["failed"],
    "unknown": ("?", "yellow"),
}
NOTHING = "No cause found: everything that elbplan can see is as it should be."
LABEL = 7
"""Width of the labels of a cause."""


def diagnosis_screen(diagnosis: Diagnosis, style: Style, next_step: str) -> Iterator[Text]:
    """Yields what was checked. `next_step` is the command that tries the stack, if no cause was found."""
    account = f"account {diagnosis.account}" if diagnosis.account else ""
    where = " · ".join(filter(None, (diagnosis.stack, diagnosis.region, account)))
    yield style.line((diagnosis.subject, "bold"), f" · {where}")
    findings = [*_folded(diagnosis.findings)]
    for finding in findings:
        yield from _rows(finding, style)
    causes = len([finding for finding in findings if finding.state == "cause"])
    begin = "" if causes == 1 else " Begin with the first."
    text = f"{count(causes, 'cause')} found.{begin}" if causes else f"{NOTHING} {next_step}"
    yield from flow(style, Text(), text, "yellow" if causes else "")


def _folded(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Findings that differ only in their subject become one."""
    for same, several in groupby(findings, key=lambda finding: replace(finding, subject="")):
        yield replace(same, subject=listed([finding.subject for finding in several], most=3))


def _rows(finding: Finding, style: Style) -> Iterator[Text]:
    mark, colour = MARKS[finding.state]
    head = style.line("  ", (mark, colour), f" {finding.subject}  ")
    yield from flow(style, head, finding.text, "dim" if finding.state == "ok" else "", back=4)
    yield from _labelled(style, "cause", finding.cause)
    yield from _labelled(style, "fix", f"{finding.fix}{':' if finding.fix and finding.command else ''}")
    if finding.command:
        yield style.line(" " * (4 + LABEL), finding.command)
    if finding.more:
        yield from _labelled(style, "more", explain_command(finding.more))


def _labelled(style: Style, label: str, text: str) -> Iterator[Text]:
    if text:
        yield from flow(style, style.line("    ", (f"{label:<{LABEL}}", "dim")), text)


def diagnosis_document(diagnosis: Diagnosis) -> dict[str, Any]:
    """Returns one diagnosis in `explain --json`, without empty fields of findings."""
    findings = [{key: value for key, value in vars(finding).items() if value} for finding in diagnosis.findings]
    return {
        "subject": diagnosis.subject,
        "stack": diagnosis.stack,
        "region": diagnosis.region,
        "account": diagnosis.account,
        "causes": len(diagnosis.causes),
        "findings": findings,
    }
