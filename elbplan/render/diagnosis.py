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
from .style import RESULT_MARKS, Style, count
from .words import words_for

MARKS: Mapping[str, tuple[str, str]] = {
    "ok": RESULT_MARKS["done"],
    "cause": RESULT_MARKS["failed"],
    "unknown": ("?", "yellow"),
}
MOST_SUBJECTS = 5
"""How many subjects with the same result are listed."""

NOTHING = "No cause found: everything that elbplan can see is as it should be."
LABEL = 7
"""Width of the labels of a cause."""


def diagnosis_screen(diagnosis: Diagnosis, style: Style, next_step: str) -> Iterator[Text]:
    """Yields what was checked. `next_step` is the command that tries the stack, if no cause was found."""
    account = f"account {diagnosis.account}" if diagnosis.account else ""
    where = " · ".join(filter(None, (diagnosis.stack, diagnosis.region, account)))
    yield style.line((diagnosis.subject, "bold"), f" · {where}")
    findings = [*_folded(_in_words(diagnosis))]
    for finding, subjects in findings:
        yield from _rows(finding, subjects, style)
    causes = len([finding for finding, _ in findings if finding.state == "cause"])
    begin = "" if causes == 1 else " Begin with the first."
    yield from flow(
        style, Text(), f"{count(causes, 'cause')} found.{begin}" if causes else NOTHING, "yellow" if causes else ""
    )
    if not causes:
        yield style.line("Next  ", next_step)


def _in_words(diagnosis: Diagnosis) -> list[Finding]:
    """The findings with the names of resources. Commands keep addresses, as a person types them."""
    words = words_for(diagnosis.addresses)
    return [
        replace(
            finding,
            subject=words(finding.subject),
            text=words(finding.text),
            cause=words(finding.cause),
            fix=words(finding.fix),
        )
        for finding in diagnosis.findings
    ]


def _folded(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[str]]]:
    """Yields each finding with its subjects: neighbours that differ only in their subject become one."""
    for same, several in groupby(findings, key=lambda finding: replace(finding, subject="")):
        yield same, [finding.subject for finding in several]


def _rows(finding: Finding, subjects: Sequence[str], style: Style) -> Iterator[Text]:
    mark, colour = MARKS[finding.state]
    text_colour = "dim" if finding.state == "ok" else ""
    head = style.line("  ", (mark, colour), " ")
    if len(subjects) == 1 and len(subjects[0]) + len(finding.text) + 6 <= style.width:
        yield from flow(style, style.line("  ", (mark, colour), f" {subjects[0]}  "), finding.text, text_colour)
    else:
        for subject in subjects[:MOST_SUBJECTS]:
            yield from flow(style, head, subject)
        if len(subjects) > MOST_SUBJECTS:
            yield style.line(f"    and {len(subjects) - MOST_SUBJECTS} more")
        yield from flow(style, style.line("    "), finding.text, text_colour)
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
