"""Everything that lint has to say of one stack's files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...core.kind import Kinds
from ...core.stack import Stack
from ...errors import Problem
from ..files.folder import Folder
from ..migration import Migration
from .lint import OFFLINE, LintFinding, LintReport, LiveFacts, findings


@dataclass
class Inspection:
    """What was found.

    problems   what is wrong in the files themselves
    findings   the hazards, each with its place
    spec       where the spec went on without a file
    unused_allows       hazards that are allowed and not there
    """

    files: int = 0
    problems: list[Problem] = field(default_factory=list)
    findings: list[tuple[LintFinding, Problem]] = field(default_factory=list)
    spec: list[Problem] = field(default_factory=list)
    unused_allows: list[Problem] = field(default_factory=list)

    @property
    def blocking(self) -> list[Problem]:
        """What must change, or be allowed, before this may be applied."""
        return [*(problem for finding, problem in self.findings if not finding.allowed), *self.spec]


def inspect(
    folder: Folder,
    migrations: Sequence[Migration],
    kinds: Kinds,
    *,
    only: Collection[str] | None = None,
    stack: Stack | None = None,
    seen: Callable[[Migration], LiveFacts] = lambda _: OFFLINE,
) -> Inspection:
    """All findings of files that were loaded; of those whose name is in `only`, if that is said."""
    found = Inspection()
    for migration in migrations:
        if only is None or migration.file in only:
            _read(found, folder.path / migration.file, migration, kinds, seen(migration))
    if migrations and stack:
        found.spec += _ahead(stack, migrations[-1])
    return found


def _read(found: Inspection, file: Path, migration: Migration, kinds: Kinds, seen: LiveFacts) -> None:
    page = LintReport.of(migration, str(file), file.read_text(encoding="utf-8"))
    hazards = findings(migration, kinds, seen)
    found.files += 1
    found.problems += page.unknown_hazards()
    found.findings += [(finding, page.problem(finding)) for finding in hazards]
    found.unused_allows += page.unused_allows(hazards)


def _ahead(stack: Stack, last: Migration) -> list[Problem]:
    """The spec wants more than the files."""
    if last.spec in ("", stack.spec_hash):
        return []
    what = f"spec: the spec went on without a file: {last.id} was saved from {last.spec}, this is {stack.spec_hash}"
    return [Problem(stack.file, stack.line, 1, what, f"elbplan plan {stack.file} --save NAME", _line(stack))]


def _line(stack: Stack) -> str:
    try:
        return Path(stack.file).read_text(encoding="utf-8").splitlines()[stack.line - 1]
    except (OSError, IndexError, UnicodeDecodeError):
        return ""
