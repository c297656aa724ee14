"""Checks the migrations of one stack: `elbplan lint`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...core.stack import Stack
from ...errors import Problem
from ..files.folder import Folder
from ..migration import Migration
from .lint import OFFLINE, LintFinding, LintReport, LiveFacts, findings


@dataclass
class Inspection:
    """The results of lint.

    files          the number of checked migrations
    problems       what is wrong in the files themselves
    findings       the hazards, each with its place in a file
    spec           the change of the spec that no migration covers
    unused_allows  allowed hazards that do not occur
    """

    files: int = 0
    problems: list[Problem] = field(default_factory=list)
    findings: list[tuple[LintFinding, Problem]] = field(default_factory=list)
    spec: list[Problem] = field(default_factory=list)
    unused_allows: list[Problem] = field(default_factory=list)

    @property
    def blocking(self) -> list[Problem]:
        """What must change, or be allowed, before apply."""
        return [*(problem for finding, problem in self.findings if not finding.allowed), *self.spec]


def inspect(
    folder: Folder,
    migrations: Sequence[Migration],
    *,
    only: Collection[str] | None = None,
    stack: Stack | None = None,
    facts_for: Callable[[Migration], LiveFacts] = lambda _: OFFLINE,
) -> Inspection:
    """Check loaded migrations; with `only`, the files with these names."""
    inspection = Inspection()
    for migration in migrations:
        if only is None or migration.file in only:
            _check(inspection, folder.path / migration.file, migration, facts_for(migration))
    if migrations and stack:
        inspection.spec += _uncovered_change(stack, migrations[-1])
    return inspection


def _check(inspection: Inspection, file: Path, migration: Migration, facts: LiveFacts) -> None:
    report = LintReport.of(migration, str(file), file.read_text(encoding="utf-8"))
    hazards = findings(migration, facts)
    inspection.files += 1
    inspection.problems += report.unknown_hazards()
    inspection.findings += [(finding, report.problem(finding)) for finding in hazards]
    inspection.unused_allows += report.unused_allows(hazards)


def _uncovered_change(stack: Stack, last: Migration) -> list[Problem]:
    """The problem of a spec that changed after the last migration was saved."""
    if last.spec in ("", stack.spec_hash):
        return []
    what = f"spec: the spec changed after {last.id} was saved, and no migration covers the change"
    hashes = f"saved from {last.spec}, now {stack.spec_hash}"
    hint = f"elbplan plan {stack.file} --save NAME"
    return [Problem(stack.file, stack.line, 1, f"{what}: {hashes}", hint, _line(stack))]


def _line(stack: Stack) -> str:
    try:
        return Path(stack.file).read_text(encoding="utf-8").splitlines()[stack.line - 1]
    except (OSError, IndexError, UnicodeDecodeError):
        return ""
