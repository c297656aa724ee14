"""The migrations of one of several stacks: everything is read and checked first, and one question is for all stacks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass

from ..core.plan import Plan
from ..errors import Declined, ElbplanError, Interrupted, Refused
from ..migrations.apply.notices import Agreement
from ..render.folder import StackState
from .folder_views import StackView
from .migration_runs import MigrationConsole


@dataclass
class Proposal:
    """What a stack wants to do, and the console that shows it."""

    console: MigrationConsole
    agreement: Agreement


ApplyMigrations = Callable[["PreparedApply"], tuple[int, StackState | None]]
"""Applies the migrations of a stack; `ask` is its question. Returns the exit code, and a state that it does not tell.

Raises ElbplanError.
"""


class PreparedApply:
    """The apply of one stack's migrations in a thread of its own. It waits where it would ask, or where it ends."""

    def __init__(self, stack: str, view: StackView, work: ApplyMigrations) -> None:
        self.stack, self.view = stack, view
        self.proposal: Proposal | None = None
        self.problem: ElbplanError | None = None
        self._work = work
        self._result: tuple[int, StackState | None] = (0, None)
        self._waits, self._ended, self._answered = threading.Event(), threading.Event(), threading.Event()
        self._declined = False

    def start(self) -> None:
        """Begins to read and to check."""
        threading.Thread(
            target=copy_context().run, args=(self._run,), name=f"prepare {self.stack}", daemon=True
        ).start()

    @property
    def plan(self) -> Plan | None:
        """What runs first; None if nothing is asked."""
        return self.proposal.agreement.plan if self.proposal else None

    def wait(self) -> None:
        """Returns when the stack waits for the answer, or has ended."""
        while not self._waits.wait(0.5):
            pass

    def decline(self) -> None:
        """Ends the apply without a write."""
        self._declined = True
        self._answered.set()

    def go_on(self) -> tuple[int, StackState | None]:
        """Applies what was proposed. Returns when the stack has ended."""
        self._answered.set()
        self._ended.wait()
        return self._result

    def ask(self, console: MigrationConsole, agreement: Agreement) -> None:
        """The question of the console. Raises Declined after a no, and Refused for a second question."""
        if self._answered.is_set():
            if console.yes:
                return
            what = f"{self.stack}: there is another question, and other stacks run now"
            raise Refused(what, hint=f"answer it with: elbplan apply {self.stack}")
        self.proposal = Proposal(console, agreement)
        self._waits.set()
        self._answered.wait()
        if self._declined:
            raise Declined("not applied: the answer was not yes", hint="nothing was changed")

    def _run(self) -> None:
        try:
            self._result = self._work(self)
        except (Declined, Interrupted) as problem:
            self.problem, self._result = problem, (problem.exit_code, None)
        except ElbplanError as problem:
            self.problem, self._result = problem, (problem.exit_code, None)
            self.view.problem(problem)
        finally:
            self._ended.set()
            self._waits.set()
