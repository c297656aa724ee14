"""How the executor of migrations runs a plan: the interface that the command line and a rehearsal implement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from ...core.plan import Plan
from ...run.lock.record import RunRecord
from ...run.migration_run import MigrationRun
from ...run.result import RunResult


class PlanRunner(Protocol):
    """Runs plans of one stack, one run at a time."""

    def records(self) -> Sequence[RunRecord]:
        """The records of the stack's runs, the oldest first. Raises AwsProblem."""

    def run(
        self, shown: Plan, plan_again: Callable[[], Plan], migration: MigrationRun, *, confirmed: bool
    ) -> RunResult:
        """Take the lock, plan again, run the plan, record how it ended.

        With `confirmed` only what was shown may be done: a plan that writes something else is refused.
        """
