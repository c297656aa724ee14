"""Where the executor reads migrations: a folder, or a list that a rehearsal made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ...errors import Problem, UsageProblem
from ..files.folder import Folder
from ..files.loader import load
from ..lint.lint import LintFinding, LintReport
from ..migration import Migration


class MigrationSource(Protocol):
    """The checked migrations of one stack."""

    def read(self) -> list[Migration]:
        """All of them as they are now. Raises SpecProblem, UsageProblem."""

    def path(self, migration: Migration) -> str:
        """What a person calls the file."""

    def problem(self, migration: Migration, finding: LintFinding) -> Problem:
        """A hazard at its line of the file."""


@dataclass(frozen=True)
class FolderSource:
    """The migrations of a folder."""

    folder: Folder

    def read(self) -> list[Migration]:
        """Raises SpecProblem for files that do not hold, UsageProblem for a folder without any."""
        found = load(self.folder)
        if not found:
            raise UsageProblem(
                f"{self.folder.path} has no migrations", hint="elbplan plan --save NAME writes the first one"
            )
        return found

    def path(self, migration: Migration) -> str:
        """`migrations/my-web/0002_app_on_8080.yaml`"""
        return str(self.folder.path / migration.file)

    def problem(self, migration: Migration, finding: LintFinding) -> Problem:
        """A hazard at its line of the file."""
        text = (self.folder.path / migration.file).read_text(encoding="utf-8")
        return LintReport.of(migration, self.path(migration), text).problem(finding)


@dataclass(frozen=True)
class ListSource:
    """Migrations that no folder holds as they are here."""

    migrations: Sequence[Migration]

    def read(self) -> list[Migration]:
        """The migrations; they never change."""
        return list(self.migrations)

    def path(self, migration: Migration) -> str:
        """The name that the file would have."""
        return migration.file

    def problem(self, migration: Migration, finding: LintFinding) -> Problem:
        """A hazard, at the first line."""
        return Problem(migration.file, 1, 1, f"{finding.hazard.name}: {finding.text}", finding.hazard.remedy)
