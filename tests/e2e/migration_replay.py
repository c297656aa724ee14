"""Saves a spec as migrations, applies the files where the stack does not exist, and compares what AWS has then."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from elbplan.core.stack import Stack
from elbplan.migrations.apply.journal import RunJournal
from elbplan.migrations.apply.pending import Pending, PendingFinder
from elbplan.migrations.files.folder import Folder
from elbplan.migrations.files.loader import load
from elbplan.migrations.migration import Migration
from elbplan.migrations.save import save_plan

from .stage import Stage

CHOSEN = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+"  # UUIDs
    r"|\b(?:[a-z]+-)?[0-9a-f]{16,}\b"  # ids
    r"|\bmy-[a-z0-9-]+?-[0-9]{6,}\b"
    r"|\b[0-9]{9,}(?:\.[0-9]+)?\b"  # numbers, moments
    r"|\d{4}-\d\d-\d\d[T ][\d:.+]+Z?"
    r"|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?!/)"
    r"|\bZ[0-9A-F]{20}\b"  # hosted zones
    r"|_[0-9a-f]{32}\b"
)
"""What AWS chooses anew for each resource: ids, addresses, moments."""

CLAIM = re.compile(r', "elbplan:validation": "[^"]*"')
"""The claim of validation records that a stack made. They outlive the stack, so the second one makes none."""


def what_aws_has(stage: Stage) -> Counter[str]:
    """All of the account, without what AWS chooses, and without elbplan's own records of its runs."""
    snapshot = {name: fields for name, fields in stage.box.snapshot().items() if ":parameter/elbplan/" not in name}
    texts = (json.dumps(entry, sort_keys=True, default=str) for entry in snapshot.items())
    return Counter(CHOSEN.sub("*", CLAIM.sub("", text)) for text in texts)


class Replay:
    """The migrations of one stack, one for each spec, and what AWS has after each of these specs.

    `save` comes before an apply of the spec, `note` after it; then, when the stack is destroyed, `replay`.
    """

    def __init__(self, stage: Stage, base: Path, stack: str) -> None:
        self.stage, self.folder = stage, Folder.of(stack, base)
        self.specs: list[str] = []
        self._states: list[Counter[str]] = []

    def save(self, spec: str) -> None:
        """Saves the difference between AWS and the spec. A spec that follows another one fits to its file's end."""
        (stack,) = self.stage.stacks(spec)
        files = save_plan(self.stage.aws, stack, self.folder, name=f"spec-{len(self.specs) + 1}")
        assert len(files) == 1, "AWS is where the files end"
        self.specs.append(spec)

    def note(self) -> None:
        """Remembers what AWS has after an apply of the last spec."""
        self._states.append(what_aws_has(self.stage))

    def replay(self) -> None:
        """Applies file after file. AWS has the same after each as after the apply of the spec."""
        migrations = load(self.folder)
        assert [migration.number for migration in migrations] == list(range(1, len(self.specs) + 1))
        for number, spec in enumerate(self.specs, 1):
            (stack,) = self.stage.stacks(spec)
            pending = self._applied(stack, migrations[:number])
            assert not pending.uncovered, "the spec wants no more than its files"
            assert not pending.drift
            self.stage.assert_settled(spec)
            found, wanted = what_aws_has(self.stage), self._states[number - 1]
            assert found == wanted, (sorted((found - wanted).elements()), sorted((wanted - found).elements()))

    def _applied(self, stack: Stack, migrations: Sequence[Migration]) -> Pending:
        """Applies the last file in one run, and looks again with the record of this run. Returns the second look."""
        pending = PendingFinder(self.stage.aws, stack).next(migrations)
        outcome = self.stage.run(pending.plan)
        assert outcome.complete, [(event.step.id, event.text, event.hint) for event in outcome.failed]
        journal = RunJournal(at={migrations[-1].id: len(migrations[-1].entries)})
        again = PendingFinder(self.stage.aws, stack, journal).next(migrations)
        assert again.done, [step.id for step in again.plan.steps]
        return again
