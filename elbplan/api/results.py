"""What the functions of a program return. Each result has the document that `--json` prints for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ElbplanError
from ..render.folder import FINISHED, StackState
from ..render.verify import verify_document
from ..run.condition import Condition, conditions_of
from ..run.result import RunResult
from ..run.status import StackStatus
from ..verification.check import Verification
from .documents import DocumentFacts, planned_document, stack_status_document
from .planning import Planned


@dataclass(frozen=True)
class PlannedStack(Planned):
    """The plan of one stack.

    plan      the changes, the steps in their order, and the hazards
    problem   why there is no plan; None if there is one
    by_files  the stack has migrations, and the plan is what the next apply would do
    """

    by_files: bool = False
    facts: DocumentFacts | None = field(default=None, repr=False)

    @classmethod
    def of(cls, planned: Planned, facts: DocumentFacts, *, by_files: bool) -> PlannedStack:
        """The plan with what its document needs."""
        return cls(
            planned.plan, planned.cloud, planned.seconds, planned.stack, planned.planner, planned.notes, planned.idle,
            planned.undone, planned.undo, planned.allow, planned.problem, by_files, facts,
        )  # fmt: skip

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.plan.stack

    @property
    def changes(self) -> int:
        """The number of resources that would be created, changed, replaced or deleted."""
        return sum(number for action, number in self.plan.summary.items() if action != "keep")

    @property
    def document(self) -> dict[str, Any]:
        """The stack in the document of `plan --json`."""
        assert self.facts is not None
        return planned_document(self, self.facts)


@dataclass(frozen=True)
class StackResult:
    """How the apply or destroy of one stack ended.

    stack         its name
    state         `applied`, `destroyed`, `unchanged`; `held`: a hold waits for approval; `no answer`; `failed`,
                  `refused`, `interrupted`, `not started`
    code          the exit code that the command has for it
    runs          the runs that this apply made, the oldest first; with migrations it can be several
    problem       why it was not done, or why it ended early; None if it was done
    verification  whether it answers; None if nobody asked
    documents     the lines of the stack in `--json`, without those of its steps
    """

    stack: str
    state: StackState
    code: int = 0
    runs: Sequence[RunResult] = ()
    problem: ElbplanError | None = None
    verification: Verification | None = None
    documents: Sequence[dict[str, Any]] = field(default=(), repr=False)

    @property
    def document(self) -> dict[str, Any]:
        """The last line of the stack in `--json`."""
        return self.documents[-1] if self.documents else {}

    @property
    def finished(self) -> bool:
        """True if the stack is as it was asked for."""
        return self.state in FINISHED

    def check(self) -> None:
        """Returns if the stack is finished or waits for approval. Raises ElbplanError."""
        if self.finished or self.state == "held":
            return
        raise self.problem or ElbplanError(f"{self.stack}: {self.state}", hint="apply it again to go on")


@dataclass(frozen=True)
class StackVerification:
    """Whether one stack answers, check by check."""

    verification: Verification
    facts: DocumentFacts = field(repr=False)

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.verification.stack

    @property
    def answers(self) -> bool:
        """True if no check failed."""
        return self.verification.answers

    @property
    def document(self) -> dict[str, Any]:
        """The stack in the document of `verify --json`."""
        return verify_document(self.verification, self.facts.redact)


@dataclass(frozen=True)
class StackCondition:
    """The status of one stack: what is not well, and what AWS has of it."""

    status: StackStatus
    facts: DocumentFacts = field(repr=False)

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.status.plan.stack

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What is not well, the worst first; empty for a stack that is in sync and healthy."""
        return conditions_of(self.status)

    @property
    def well(self) -> bool:
        """True if the stack is in sync and healthy."""
        return not self.conditions and self.status.problem is None

    @property
    def problem(self) -> ElbplanError | None:
        """Why the status could not be read."""
        return self.status.problem

    @property
    def document(self) -> dict[str, Any]:
        """The stack in the document of `status --json`."""
        return stack_status_document(self.status, self.facts)
