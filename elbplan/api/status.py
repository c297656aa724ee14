"""Reads the statuses of stacks: their plans, their runs, and where they stand in their migrations."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError, SpecProblem
from ..migrations.apply.journal import journal_of
from ..migrations.apply.pending import PendingFinder
from ..migrations.apply.status import migrations_status
from ..migrations.files.folder import Folder
from ..run.lock.manager import LockManager
from ..run.lock.record import RunRecord
from ..run.status import StackMigrations, StackRuns, StackStatus, stack_status
from ..run.workflow import Cloud
from .planning import NoCloud, Planned


@dataclass(frozen=True)
class StatusReader:
    """Reads the status of a stack that was planned.

    base      the folder of all migrations
    managers  returns the lock manager of a cloud
    wall      the time of day in seconds since 1970
    """

    base: str
    managers: Callable[[Cloud], LockManager]
    wall: Callable[[], float]

    def status(self, stack_plan: Planned) -> StackStatus:
        """Reads the runs and the migrations of a stack. AWS that is broken is not asked again."""
        problem, plan = stack_plan.problem, stack_plan.plan
        if problem and (isinstance(problem, AwsProblem | SpecProblem) or isinstance(stack_plan.cloud, NoCloud)):
            return StackStatus(plan, StackRuns(plan.stack, now=self.wall()), problem=problem)
        specless = is_specless(stack_plan.stack)
        shown = replace(plan, steps=(), changes=(), hazards=(), refusals=(), warnings=()) if specless else plan
        status = stack_status(shown, stack_plan.stack.spec_hash, self.managers(stack_plan.cloud))
        status = replace(status, problem=problem, specless=specless)
        if problem or specless or not os.path.isdir(os.path.join(self.base, stack_plan.stack.name)):
            return status
        try:
            return replace(status, files=self._migrations(stack_plan, status.runs.records))
        except ElbplanError as unread:
            return replace(status, problem=unread)

    def _migrations(self, stack_plan: Planned, records: Sequence[RunRecord]) -> StackMigrations:
        finder = PendingFinder(stack_plan.cloud, stack_plan.stack, journal_of(records), self.wall())
        return migrations_status(finder, Folder.of(stack_plan.stack.name, self.base), records)


def is_unknown(status: StackStatus) -> bool:
    """True if neither a spec nor AWS nor a run record has the stack."""
    runs = status.runs
    return status.specless and not status.plan.lives and not runs.records and not runs.unknown


def is_specless(stack: Stack) -> bool:
    """True for a stack that stands for what AWS has of its name."""
    return not stack.file and not stack.resources
