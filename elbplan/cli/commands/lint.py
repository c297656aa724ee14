"""elbplan lint: what migrations put at risk, without asking AWS."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import Problem, SpecProblem
from ...kinds import KINDS
from ...migrations.files.loader import load
from ...migrations.lint.inspection import Inspection, inspect
from ...migrations.lint.live_checks import LiveLook, look_at_aws, requests
from ...migrations.migration import Migration
from ...render.lint import counts_text, finding_text
from ...run.workflow import Cloud
from ..context import App
from ..git_changes import new_since
from ..group import HelpFirstCommand
from ..options import migrations_dir, shared
from ..plans import planned
from ..select import StackSelection, selections_of

BLOCKED = 5

EXAMPLES = (
    "elbplan lint                      check all migrations",
    "elbplan lint my-web               check the migrations of one stack",
    "elbplan lint --base origin/main   check only files that are new since a commit",
)


@click.command(
    cls=HelpFirstCommand,
    name="lint",
    examples=EXAMPLES,
    help="Find hazards in migrations. Without --live, this command does not call AWS.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@click.option("--live", is_flag=True, help="Also read AWS: drift, target health, certificates, zones, requests.")
@click.option("--base", "since", metavar="REF", help="Check only files that commit REF does not have.")
@migrations_dir
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], live: bool, since: str | None, base: str) -> int:
    """Check the chain, then every file; say it all at once."""
    told = LintOutput(app, live)
    for subject in selections_of(app, words, base):
        told.take(subject, new_since(since, subject.folder.path) if since else None)
    return told.end()


@dataclasses.dataclass
class LintOutput:
    """What is said of all stacks together."""

    app: App
    live: bool
    problems: list[Problem] = dataclasses.field(default_factory=list)
    found: list[Inspection] = dataclasses.field(default_factory=list)
    remarks: list[str] = dataclasses.field(default_factory=list)
    nowhere: list[str] = dataclasses.field(default_factory=list)

    def take(self, subject: StackSelection, only: Collection[str] | None) -> None:
        """One stack: its chain, its files, and what AWS has to say."""
        try:
            migrations = load(subject.folder, KINDS)
        except SpecProblem as problem:
            self.problems += problem.problems
            return
        look = self._look(subject, migrations) if self.live and migrations else None
        seen = {"seen": look[0].of} if look else {}
        found = inspect(subject.folder, migrations, KINDS, only=only, stack=subject.stack, **seen)
        self.found.append(found)
        self.problems += found.problems
        if look:
            self._beyond(subject, found, *look)

    def _look(self, subject: StackSelection, migrations: Sequence[Migration]) -> tuple[LiveLook, Cloud]:
        looks: list[LiveLook] = []

        def looker(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            looks.append(look_at_aws(cloud, group[0], migrations, KINDS))
            return [Plan(group[0].name, cloud.region, "")]

        stack = subject.stack or Stack(subject.folder.stack, None, {})
        (one,) = planned(self.app, [stack], looker)
        return looks[0], one.cloud

    def _beyond(self, subject: StackSelection, found: Inspection, look: LiveLook, cloud: Cloud) -> None:
        name = subject.folder.stack
        self.remarks += [f"{name}: {remark}" for remark in look.remarks]
        if any(finding.hazard.name == "route-removed" for finding, _ in found.findings):
            self.remarks.append(f"{name}: {requests(cloud, look, datetime.now(UTC))}")
        if look.nowhere:
            differs = "; ".join(gap.text for gap in look.nowhere.drift)
            where = f"AWS was changed by hand where the next steps are, at {look.nowhere.nearest.place}"
            self.nowhere.append(f"{name}: {where}: {differs}")

    @property
    def code(self) -> int:
        """65 if a file is wrong, 5 if something blocks."""
        if self.problems:
            return SpecProblem.exit_code
        return BLOCKED if self.nowhere or any(one.blocking for one in self.found) else 0

    def end(self) -> int:
        """Say it. Raises SpecProblem where files are wrong."""
        if self.app.options.json:
            self.app.terminal.out(json.dumps(self._document(), indent=2))
            return self.code
        for block in self._blocks():
            self.app.terminal.out(block + "\n")
        if self.problems:
            raise SpecProblem(self.problems)
        self.app.terminal.out(self._counts())
        return self.code

    def _blocks(self) -> list[str]:
        blocks = []
        for found in self.found:
            for finding, problem in found.findings:
                if not finding.allowed:
                    blocks.append(finding_text(problem))
                elif not self.app.options.quiet:
                    blocks.append(finding_text(problem, note=" (allowed)").splitlines()[0])
            blocks += [finding_text(problem, "hint") for problem in (*found.spec, *found.idle)]
        return blocks + [f"live  {text}" for text in (*self.nowhere, *self.remarks)]

    def _counts(self) -> str:
        blocking = [*self.nowhere, *(problem for one in self.found for problem in one.blocking)]
        allowed = sum(finding.allowed for one in self.found for finding, _ in one.findings)
        files, idle = sum(one.files for one in self.found), sum(len(one.idle) for one in self.found)
        return counts_text(files, blocking, allowed, idle)

    def _document(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "files": sum(one.files for one in self.found),
            "problems": [_place(problem) | {"what": problem.what, "hint": problem.hint} for problem in self.problems],
            "findings": [one for found in self.found for one in _findings(found)],
            "idle": [_place(problem) | {"what": problem.what} for found in self.found for problem in found.idle],
            "live": [*self.nowhere, *self.remarks],
            "exit": self.code,
        }


def _findings(found: Inspection) -> list[dict[str, Any]]:
    told = []
    for finding, problem in found.findings:
        hazard = finding.hazard
        more = {"name": hazard.name, "address": str(hazard.address), "text": hazard.text, "safe": hazard.remedy}
        told.append(_place(problem) | more | {"step": finding.step, "allowed": finding.allowed})
    for problem in found.spec:
        text = problem.what.removeprefix("spec: ")
        told.append(_place(problem) | {"name": "spec", "text": text, "safe": problem.hint, "allowed": False})
    return told


def _place(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "column": problem.column}
