"""The migrations of one of several stacks: everything is read and checked first, and one question is for all stacks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..api import prepared
from ..errors import Declined, ElbplanError, Interrupted
from ..migrations.apply.notices import Agreement
from ..render.folder import StackState
from .folder_views import StackView
from .migration_runs import MigrationConsole


@dataclass
class Proposal:
    """What a stack wants to do, and the console that shows it."""

    console: MigrationConsole
    agreement: Agreement


StackCode = tuple[int, StackState | None]
"""The exit code of a stack, and a state that the code does not tell."""

ApplyMigrations = Callable[["PreparedApply"], StackCode]
"""Applies the migrations of a stack; `ask_at` is its question. Raises ElbplanError."""


class PreparedApply(prepared.PreparedApply[StackCode]):
    """The apply of one stack's migrations, with what a person sees of it."""

    def __init__(self, stack: str, view: StackView, work: ApplyMigrations, *, repeats: bool) -> None:
        super().__init__(stack, lambda: work(self), self._not_run, repeats=repeats)
        self.view = view
        self.proposal: Proposal | None = None

    def ask_at(self, console: MigrationConsole, agreement: Agreement) -> None:
        """The question of the console. Raises Declined after a no, and Refused for a second question."""
        self.proposal = self.proposal or Proposal(console, agreement)
        self.ask(agreement)

    def _not_run(self, problem: ElbplanError) -> StackCode:
        if not isinstance(problem, Declined | Interrupted):
            self.view.problem(problem)
        return problem.exit_code, None
