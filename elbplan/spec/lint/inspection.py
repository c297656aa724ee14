"""Runs the rules over specs, and sets the findings aside that a spec ignores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ...errors import Problem
from ..load import Document
from ..validate.checks.subject import Subject
from . import availability, exposure, secrets
from .finding import Finding, SpecRule

RULES: Mapping[str, SpecRule] = {
    "single-server": availability.single_server,
    "single-zone": availability.single_zone,
    "no-health-page": availability.no_health_page,
    "slow-health-check": availability.slow_health_check,
    "no-drain": availability.no_drain,
    "long-drain": availability.long_drain,
    "all-zones": availability.all_zones,
    "no-deletion-protection": exposure.no_deletion_protection,
    "broad-take-over": exposure.broad_take_over,
    "open-admin-path": exposure.open_admin_path,
    "open-admin-port": exposure.open_admin_port,
    "old-tls": exposure.old_tls,
    "plain-http": exposure.plain_http,
    "secret-in-spec": secrets.secret_in_spec,
}
UNUSED = "unused-ignore"


@dataclass(frozen=True)
class LintWarning:
    """A finding of a rule, with its place in the file.

    address  the resource; empty for a finding about the spec itself
    problem  the place, the sentence and what to do
    ignored  the reason why the spec ignores the finding; empty if it does not
    """

    rule: str
    address: str
    problem: Problem
    ignored: str = ""


@dataclass(frozen=True)
class SpecInspection:
    """The warnings of one stack, in the order of the file."""

    stack: str
    warnings: tuple[LintWarning, ...]


def inspect_specs(documents: Sequence[Document]) -> list[SpecInspection]:
    """The warnings of each document that is a right spec."""
    return [
        SpecInspection(document.stack.name, tuple(sorted(_warnings(document.subject), key=_place)))
        for document in documents
        if document.stack and document.subject and not document.problems
    ]


def _place(warning: LintWarning) -> tuple[int, int, str]:
    return warning.problem.line, warning.problem.column, warning.rule


def _warnings(subject: Subject) -> Iterator[LintWarning]:
    reasons = subject.short.lint.ignore if subject.short.lint else {}
    used: set[str] = set()
    seen: set[Problem] = set()
    for name, rule in RULES.items():
        for finding in rule(subject):
            keys = (name, f"{name} {finding.address}")
            used |= {key for key in keys if key in reasons}
            warning = _warning(subject, name, finding, next((reasons[key] for key in keys if key in reasons), ""))
            if warning.problem not in seen:
                yield warning
            seen.add(warning.problem)
    for key in reasons:
        if key not in used:
            finding = Finding(None, ("lint", "ignore", key), f"this spec has no warning {key}", "remove the line")
            yield _warning(subject, UNUSED, finding, "")


def _warning(subject: Subject, name: str, finding: Finding, reason: str) -> LintWarning:
    address = str(finding.address or "")
    what = f"{name}: {address}: {finding.what}" if address else f"{name}: {finding.what}"
    place, is_key = subject.report.place_of(finding.place, finding.near) if finding.near else (finding.place, False)
    problem = subject.report.tree.problem(place, what, finding.remedy, key=is_key or name == UNUSED)
    if finding.secret:
        problem = replace(problem, source="")
    return LintWarning(name, address, problem, reason)
