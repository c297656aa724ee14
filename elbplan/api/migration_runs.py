"""Applies the migrations of one stack for a program: the same executor as the command line, without a screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import ElbplanError
from ..migrations.apply.executor import MigrationExecutor
from ..migrations.apply.modes import ApplyMode
from ..migrations.apply.notices import Agreement, Notice, Proposed
from ..migrations.apply.options import ApplyOptions, ApplyResult
from ..migrations.apply.source import FolderSource
from ..migrations.files.folder import Folder
from ..run.lock.record import RunRecord
from ..run.migration_run import MigrationRun
from ..run.result import RunResult
from ..run.workflow import Cloud
from .network import dns_of
from .planning import Planned
from .runs import ProgramView, Together, run_plan
from .session import Session


@dataclass
class MigrationRunner:
    """Runs the plans of one stack's migrations, each under the stack's lock.

    confirm   returns if what is proposed may be done. Raises Refused
    proposed  True once everything was read and something was proposed
    checked   True once what was proposed has no hazard that is not allowed
    runs      the runs so far
    """

    together: Together
    stack: Stack
    confirm: Callable[[Agreement], None]
    cloud: Cloud = field(init=False)
    view: ProgramView = field(init=False)
    executor: MigrationExecutor = field(init=False)
    runs: list[RunResult] = field(default_factory=list)
    proposed: bool = False
    checked: bool = False

    def __post_init__(self) -> None:
        self.view = ProgramView(self.together, self.stack.name)

    @property
    def session(self) -> Session:
        """The session of the call."""
        return self.together.session

    def apply(self, mode: ApplyMode, options: ApplyOptions) -> ApplyResult:
        """Applies the migrations of the folder. Raises ElbplanError."""
        session = self.session
        source = FolderSource(Folder.of(self.stack.name, session.migrations))
        self.executor = MigrationExecutor(
            self.cloud, self.stack, source, self, self.view.clock, self.confirm, self.tell, options, self._reading,
            wall=session.wall, dns=dns_of(session.access),
        )  # fmt: skip
        return mode.run(self.executor)

    def _reading(self) -> AbstractContextManager[object]:
        return self.view.reading(self.cloud.region)

    def tell(self, notice: Notice) -> None:
        """Gets what the executor reports."""
        self.proposed = self.proposed or isinstance(notice, Proposed)
        self.view.notice(notice)

    def records(self) -> Sequence[RunRecord]:
        """The stack's run records. Raises AwsProblem."""
        return self.session.lock_manager(self.cloud, self.view.say).ledger.read(self.stack.name)

    def run(
        self, shown: Plan, plan_again: Callable[[], Plan], migration: MigrationRun, *, confirmed: bool
    ) -> RunResult:
        """Runs a plan under the stack's lock; a problem is in the result."""
        planned = Planned(shown, self.cloud, 0, self.stack, lambda cloud, group: [plan_again()])
        manager = self.session.lock_manager(self.cloud, self.view.say)
        try:
            result = run_plan(planned, "apply", self.view, manager, agreed=not confirmed, migration=migration)
        except ElbplanError as problem:
            result = RunResult(shown, problem=problem)
        self.runs.append(result)
        return result
