"""The migrations of one of several stacks: everything is read and checked first, and one answer is for all stacks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Generic, TypeVar

from ..core.plan import Plan
from ..errors import Declined, ElbplanError, Refused
from ..migrations.apply.notices import Agreement

T = TypeVar("T")


class PreparedApply(Generic[T]):
    """The apply of one stack's migrations in a thread of its own. It waits where it would ask, or where it ends.

    work     applies the migrations; `ask` is its question. Raises ElbplanError
    failed   the result for a problem
    repeats  a second question is answered with yes too
    """

    def __init__(
        self, stack: str, work: Callable[[], T], failed: Callable[[ElbplanError], T], *, repeats: bool
    ) -> None:
        self.stack = stack
        self.agreement: Agreement | None = None
        self.problem: ElbplanError | None = None
        self.fault: BaseException | None = None
        self._work, self._failed, self._repeats = work, failed, repeats
        self._result: T | None = None
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
        return self.agreement.plan if self.agreement else None

    def wait(self) -> None:
        """Returns when the stack waits for the answer, or has ended."""
        while not self._waits.wait(0.5):
            pass

    def decline(self) -> None:
        """Ends the apply without a write."""
        self._declined = True
        self._answered.set()

    def go_on(self) -> T:
        """Applies what was proposed. Returns when the stack has ended. Raises what is a defect."""
        self._answered.set()
        self._ended.wait()
        if self.fault is not None:
            raise self.fault
        assert self._result is not None
        return self._result

    def ask(self, agreement: Agreement) -> None:
        """Waits for the answer. Raises Declined after a no, and Refused for a second question."""
        if self._answered.is_set():
            if self._repeats:
                return
            what = f"{self.stack}: there is another question, and other stacks run now"
            raise Refused(what, hint=f"answer it with: elbplan apply {self.stack}")
        self.agreement = agreement
        self._waits.set()
        self._answered.wait()
        if self._declined:
            raise Declined("not applied: the answer was not yes", hint="nothing was changed")

    def _run(self) -> None:
        try:
            self._result = self._work()
        except ElbplanError as problem:
            self.problem, self._result = problem, self._failed(problem)
        except BaseException as fault:
            self.fault = fault
        finally:
            self._ended.set()
            self._waits.set()
