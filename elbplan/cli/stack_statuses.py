"""Reads the statuses of the selected stacks, and shows one as a block, several as an overview."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.text import Text

from ..api import status as api
from ..api.documents import stack_status_document
from ..api.planning import Planned
from ..api.status import is_unknown
from ..cost import StackCost
from ..live.worker_threads import WorkerThreads
from ..migrations.files.folder import FOLDER
from ..render.cost import month_note
from ..render.overview import StatusRow, overview
from ..render.status import status_screen
from ..render.status_words import StackCommands
from ..render.style import Style
from ..run.status import StackStatus
from .capacity import measure_capacity
from .context import App
from .costs import cost_of, facts_of, table_of
from .errors import worst
from .locks import lock_manager_of
from .options import DEFAULT_PATHS
from .pending_plans import plan_specs
from .plan_screens import raise_if_all_fail
from .plans import planned, style_for, view_of
from .reading import reading
from .select import entries_of, unknown_stack


@dataclass(frozen=True)
class Statuses:
    """The statuses of the selected stacks at one time, with the plans that they come from, and what the stacks cost.

    itemized   the screen shows every item of the cost
    """

    rows: Sequence[StatusRow]
    plans: Sequence[Planned]
    costs: Sequence[StackCost]
    itemized: bool = False

    @property
    def error_code(self) -> int:
        """The exit code of the worst problem; 0 without."""
        return worst(row.status.problem.exit_code for row in self.rows if row.status.problem)

    @property
    def seconds(self) -> float:
        """How long reading AWS took. Regions are read side by side."""
        return max((plan.seconds for plan in self.plans), default=0)


@dataclass(frozen=True)
class StatusReader:
    """Reads the stacks of paths and names.

    base   the folder of all migrations
    cost   asks CloudWatch for the capacity units, and shows every item of the cost
    """

    app: App
    words: Sequence[str]
    base: str
    deep: bool = False
    cost: bool = False

    def read(self) -> Statuses:
        """Reads the specs, AWS and the runs. Raises SpecProblem, UsageProblem, and the problem that all stacks have."""
        entries = entries_of(self.app, self.words, without_spec=True)
        plans = planned(self.app, entries, partial(plan_specs, deep=self.deep))
        with _reading(self.app, plans), WorkerThreads(self.app.options.parallel) as workers:
            reader = api.StatusReader(self.base, partial(lock_manager_of, self.app), self.app.wall)
            statuses = workers.map(reader.status, plans)
        plans = [replace(plan, problem=status.problem) for plan, status in zip(plans, statuses, strict=True)]
        if not self.app.options.json and not any(status.shows_aws for status in statuses):
            raise_if_all_fail(plans)
        for status in statuses:
            if is_unknown(status):
                raise unknown_stack(self.app, status.plan.stack, f", and AWS has none in {status.plan.region}")
        if self.cost:
            measure_capacity(self.app, plans, self.app.wall())
        rows = [self._row(status, plan) for status, plan in zip(statuses, plans, strict=True)]
        costs = [cost_of(self.app, status.plan) for status in statuses if status.plan.lives]
        return Statuses(rows, plans, costs, self.cost)

    def _row(self, status: StackStatus, stack_plan: Planned) -> StatusRow:
        cost = month_note([cost_of(self.app, status.plan)]) if status.plan.lives else ""
        return StatusRow(status, self._commands(stack_plan), cost)

    def _commands(self, stack_plan: Planned) -> StackCommands:
        """The name of a stack whose spec is in the default folder, where every name is found; else the path."""
        stack, options = stack_plan.stack, self.app.options.as_arguments()
        migrations = [] if self.base == FOLDER else ["--migrations", self.base]
        named = not stack.file or str(Path(stack.file).parent) in DEFAULT_PATHS
        path = "-" if stack.file == "<stdin>" else stack.file
        return StackCommands(stack.name if named else path, (*options, *migrations))


def _reading(app: App, plans: Sequence[Planned]) -> AbstractContextManager[None]:
    """Shows that the runs are read."""
    read = [plan for plan in plans if plan.plan.region]
    return reading(app, [plan.stack for plan in read], read[0].plan.region) if read else nullcontext()


def show_statuses(app: App, statuses: Statuses) -> None:
    """Prints the screen of one stack or of several."""
    app.terminal.show(statuses_screen(app, statuses, style_for(app, app.terminal.stdout)))


def statuses_screen(app: App, statuses: Statuses, style: Style) -> list[Text]:
    """The block of a stack that is alone, or the overview."""
    redact = app.terminal.redacted
    tables = _cost_tables(app, statuses, style) if statuses.itemized else []
    if len(statuses.rows) == 1:
        return [*status_screen(statuses.rows[0], style, view_of(app, "status", statuses.plans[0]), redact), *tables]
    verbose = app.options.verbose > 0
    cost = month_note(statuses.costs)
    lines = overview(statuses.rows, style, verbose=verbose, seconds=statuses.seconds, cost=cost, redact=redact)
    return [*lines, *tables]


def _cost_tables(app: App, statuses: Statuses, style: Style) -> list[Text]:
    """The items of the cost of each stack that AWS has."""
    tables: list[Text] = []
    for row in statuses.rows:
        if row.status.plan.lives:
            head = [style.line((row.status.plan.stack, "bold"))] if len(statuses.rows) > 1 else []
            tables += [style.line(""), *head, *table_of(app, "status", row.status.plan, style)]
    return tables


def document_of(app: App, row: StatusRow) -> dict[str, Any]:
    """The status of a stack for programs, with its cost, unless AWS could not be read."""
    return stack_status_document(row.status, facts_of(app))
