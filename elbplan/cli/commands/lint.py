"""elbplan lint: find what specs risk and the hazards of migrations, without AWS or with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import click

from ...core.kind import LiveResource
from ...errors import Problem, SpecProblem
from ...migrations.files.loader import load
from ...migrations.lint.certificates import certificates_in, ending_soon
from ...migrations.lint.inspection import Inspection, inspect
from ...migrations.lint.live_checks import LiveChecks, check_live, requests_text
from ...migrations.migration import Migration
from ...render.lint import ADVICE, all_warnings, warning_blocks, warning_counts, warning_documents
from ...render.style import count
from ...run.workflow import Cloud
from ...spec.lint.inspection import SpecInspection, inspect_specs
from ...spec.load import Document
from ..context import App
from ..git_changes import files_added_since
from ..group import HelpFirstCommand
from ..lint_selection import lint_selection
from ..options import migrations_dir, shared
from ..plans import connected
from ..select import StackSelection
from ..wrapping import wrapped_error

BLOCKED_EXIT = 5

EXAMPLES = (
    "elbplan lint                      check specs/ and all migrations",
    "elbplan lint my-web               check the spec and the migrations of one stack",
    "elbplan lint specs/web.yaml       check a spec",
    "elbplan lint --strict             end with 5 if there is a warning",
    "elbplan lint --base origin/main   check only migrations that are new since a commit",
)


@click.command(
    cls=HelpFirstCommand,
    name="lint",
    examples=EXAMPLES,
    help="Find what specs risk, and hazards in migrations. Without --live, this command does not call AWS.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@click.option("--live", is_flag=True, help="Also read AWS: drift, target health, certificates, zones, requests.")
@click.option("--strict", is_flag=True, help="A warning about a spec blocks, like a hazard of a migration.")
@click.option("--base", "since", metavar="REF", help="Check only migrations that commit REF does not have.")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], live: bool, strict: bool, since: str | None, base: str) -> int:
    """Checks the specs, the chain of migrations and every file, then prints all findings together."""
    lint = LintCommand(app, live, strict)
    selected = lint_selection(app, words, base)
    lint.check_specs(selected.documents)
    for selection in selected.stacks:
        lint.check(
            selection, files_added_since(since, selection.folder.path) if since and selection.folder.used else None
        )
    return lint.report()


@dataclass
class LintCommand:
    """The findings of all stacks.

    problems     errors in files
    specs        the warnings about each spec
    inspections  the findings of each stack's files
    remarks      notes about AWS that block nothing
    drifted      drift that blocks the next steps
    """

    app: App
    live: bool
    strict: bool = False
    problems: list[Problem] = field(default_factory=list)
    specs: list[SpecInspection] = field(default_factory=list)
    inspections: list[Inspection] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    drifted: list[str] = field(default_factory=list)

    def check_specs(self, documents: Sequence[Document]) -> None:
        """Checks specs. A wrong one does not hide the others."""
        self.problems += [problem for document in documents for problem in document.problems]
        self.specs += inspect_specs(documents)

    def check(self, selection: StackSelection, only: Collection[str] | None) -> None:
        """Checks the chain and the files of one stack, and AWS with --live."""
        try:
            migrations = load(selection.folder)
        except SpecProblem as problem:
            self.problems += problem.problems
            return
        read = self._read_aws(selection, migrations) if self.live and migrations else None
        facts = {"facts_for": read[0].facts_for} if read else {}
        inspection = inspect(selection.folder, migrations, only=only, stack=selection.spec, **facts)
        self.inspections.append(inspection)
        self.problems += inspection.problems
        if read:
            self._add_live_remarks(selection, inspection, *read)
        elif self.live and selection.spec:
            with connected(self.app, selection.spec) as cloud:
                self._add_certificates(selection.name, certificates_in(cloud, selection.spec))

    def _read_aws(self, selection: StackSelection, migrations: Sequence[Migration]) -> tuple[LiveChecks, Cloud]:
        with connected(self.app, selection.stack) as cloud:
            return check_live(cloud, selection.stack, migrations), cloud

    def _add_live_remarks(
        self, selection: StackSelection, inspection: Inspection, look: LiveChecks, cloud: Cloud
    ) -> None:
        name = selection.name
        self.remarks += [f"{name}: {remark}" for remark in look.remarks]
        self._add_certificates(name, look.lives.values())
        if any(finding.hazard.name == "route-removed" for finding, _ in inspection.findings):
            self.remarks.append(f"{name}: {requests_text(cloud, look, datetime.now(UTC))}")
        if look.drifted:
            what = "AWS has drifted in resources that the next steps change"
            nearest = f"nearest known state: {look.drifted.nearest.place}"
            differences = "; ".join(difference.text for difference in look.drifted.drift)
            self.drifted.append(f"{name}: {what} ({nearest}): {differences}")

    def _add_certificates(self, name: str, lives: Iterable[LiveResource[Any]]) -> None:
        self.remarks += [f"{name}: {text}" for text in ending_soon(lives, self.app.wall())]

    @property
    def exit_code(self) -> int:
        """65 if a file is wrong, 5 if a finding blocks."""
        if self.problems:
            return SpecProblem.exit_code
        return BLOCKED_EXIT if self._blocking else 0

    @property
    def _blocking(self) -> list[str | Problem]:
        strict = [warning.problem for warning in all_warnings(self.specs) if self.strict and not warning.ignored]
        return [*self.drifted, *strict, *(problem for each in self.inspections for problem in each.blocking)]

    def report(self) -> int:
        """Prints the findings and returns the exit code. Raises SpecProblem if a file is wrong."""
        if self.app.options.json:
            self.app.terminal.out(json.dumps(self._document(), indent=2))
            return self.exit_code
        for block in self._blocks():
            self.app.terminal.out(self._fitting(block) + "\n")
        if self.problems:
            raise SpecProblem(self.problems)
        self.app.terminal.out(self._counts())
        if any(not warning.ignored for warning in all_warnings(self.specs)):
            self.app.terminal.err(ADVICE)
        return self.exit_code

    def _fitting(self, block: str) -> str:
        width = self.app.terminal.output_width
        return "\n".join(wrapped_error(block.split("\n"), width)) if width else block

    def _blocks(self) -> list[str]:
        blocks = list(warning_blocks(self.specs, quiet=self.app.options.quiet))
        for inspection in self.inspections:
            for finding, problem in inspection.findings:
                text = problem.text("safe form")
                if not finding.allowed:
                    blocks.append(text)
                elif not self.app.options.quiet:
                    blocks.append(f"{text.splitlines()[0]} (allowed)")
            blocks += [str(problem) for problem in (*inspection.spec, *inspection.unused_allows)]
        return blocks + [f"live  {text}" for text in (*self.drifted, *self.remarks)]

    def _counts(self) -> str:
        """Returns the last line: `2 specs, 3 migrations: 1 finding blocks, 1 warning.`"""
        blocking = len(self._blocking)
        allowed = sum(finding.allowed for inspection in self.inspections for finding, _ in inspection.findings)
        unused = sum(len(inspection.unused_allows) for inspection in self.inspections)
        verb = "blocks" if blocking == 1 else "block"
        parts = [f"{count(blocking, 'finding')} {verb}" if blocking else "no finding blocks"]
        if allowed:
            parts.append(f"{allowed} {'is' if allowed == 1 else 'are'} allowed by allow and because")
        if unused:
            parts.append(f"{unused} allow {'is' if unused == 1 else 'are'} unused")
        parts += warning_counts(self.specs, strict=self.strict)
        files = sum(inspection.files for inspection in self.inspections)
        examined = [count(len(self.specs), "spec")] if self.specs else []
        examined += [count(files, "migration")] if files or not examined else []
        return f"{', '.join(examined)}: {', '.join(parts)}."

    def _document(self) -> dict[str, Any]:
        unused = [problem for inspection in self.inspections for problem in inspection.unused_allows]
        return {
            "schema": 1,
            "specs": len(self.specs),
            "files": sum(inspection.files for inspection in self.inspections),
            "problems": [_place(problem) | {"what": problem.what, "hint": problem.hint} for problem in self.problems],
            "findings": [document for inspection in self.inspections for document in _finding_documents(inspection)],
            "warnings": warning_documents(self.specs),
            "unused_allows": [_place(problem) | {"what": problem.what} for problem in unused],
            "live": [*self.drifted, *self.remarks],
            "exit": self.exit_code,
        }


def _finding_documents(inspection: Inspection) -> list[dict[str, Any]]:
    documents = []
    for finding, problem in inspection.findings:
        hazard = finding.hazard
        fields = {"name": hazard.name, "address": str(hazard.address), "text": hazard.text, "remedy": hazard.remedy}
        documents.append(_place(problem) | fields | {"step": finding.step, "allowed": finding.allowed})
    for problem in inspection.spec:
        text = problem.what.removeprefix("spec: ")
        documents.append(_place(problem) | {"name": "spec", "text": text, "remedy": problem.hint, "allowed": False})
    return documents


def _place(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "column": problem.column}
