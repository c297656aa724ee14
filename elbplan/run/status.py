"""How a stack is at this moment: its plan, its runs, its lock, its targets. Only reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..core.address import Address
from ..core.call import Answer, Call
from ..core.plan import Plan
from ..errors import AwsProblem
from ..live.worker_threads import WorkerThreads
from .lock.manager import LockManager
from .lock.messages import problem_text
from .lock.record import RunRecord

ChangeCause = Literal["", "drift", "spec", "unfinished"]
LEAVING = "draining"


@dataclass(frozen=True)
class StackRuns:
    """The kept runs of a stack, the oldest first.

    holder   the run whose record says that it has the lock; one look cannot tell whether it lives
    dead     the holder's process is known to have ended, on this machine: the next apply takes over
    unknown  why the runs could not be read; empty if they could
    now      the time of day at which this was true
    """

    stack: str
    records: Sequence[RunRecord] = ()
    holder: RunRecord | None = None
    dead: bool = False
    unknown: str = ""
    now: float = 0

    @property
    def last(self) -> RunRecord | None:
        """The newest run."""
        return self.records[-1] if self.records else None

    @property
    def lock(self) -> str:
        """`free`, `held`, `dead` or `unknown`."""
        if self.unknown:
            return "unknown"
        return "free" if self.holder is None else "dead" if self.dead else "held"


@dataclass(frozen=True)
class FileRow:
    """A migration: its name, where it stands (`done`, `held`, `begun`, `returned`, `pending`), and its last run."""

    name: str
    state: str
    more: str = ""
    run: RunRecord | None = None


@dataclass(frozen=True)
class StackMigrations:
    """The migrations of a stack.

    wrong       why they cannot be told; empty if they can
    drift       what somebody changed by hand; `in_the_way` if the pending file is about it
    beyond      what the spec wants that no file does
    """

    rows: tuple[FileRow, ...] = ()
    wrong: str = ""
    drift: tuple[str, ...] = ()
    in_the_way: bool = False
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True)
class StackStatus:
    """A stack, as `elbplan status` tells it.

    cause    why something is pending: AWS was changed by somebody else, the spec was, or a run did not finish
    health   for each target group how many of its targets are in each state
    files    its migrations; None for a stack that is changed by its spec alone
    """

    plan: Plan
    runs: StackRuns
    cause: ChangeCause = ""
    health: Mapping[Address, Mapping[str, int]] = field(default_factory=dict)
    files: StackMigrations | None = None


def runs_of(stack: str, keeper: LockManager) -> StackRuns:
    """The runs of a stack; without permission it says so instead."""
    now = keeper.wall()
    try:
        records = keeper.ledger.read(stack)
    except AwsProblem as problem:
        return StackRuns(stack, unknown=problem_text(problem), now=now)
    holder = records[-1] if records and records[-1].holds else None
    return StackRuns(stack, records, holder, holder is not None and keeper.died_here(holder), now=now)


def stack_status(plan: Plan, spec: str, send: Callable[[Call], Answer], keeper: LockManager) -> StackStatus:
    """All that is asked beyond the plan: the runs in one question, the targets in one for each group."""
    groups = {address: live.id for address, live in plan.lives.items() if address.kind == "target_group"}
    with WorkerThreads(8) as crew:
        asked = {address: crew.submit(_health, send, arn) for address, arn in groups.items()}
        runs = runs_of(plan.stack, keeper)
        health = {address: one.result() for address, one in asked.items()}
    return StackStatus(plan, runs, cause_of(plan, runs, spec), {a: one for a, one in health.items() if one is not None})


def cause_of(plan: Plan, runs: StackRuns, spec: str) -> ChangeCause:
    """Why the plan is not empty, as far as the last run tells."""
    last = runs.last
    if plan.empty or last is None or runs.lock == "held":
        return ""
    if last.spec and last.spec != spec:
        return "spec"
    if last.verb != "apply":
        return "unfinished" if last.state != "done" else ""
    return "drift" if last.state == "done" else "unfinished"


def _health(send: Callable[[Call], Answer], arn: str) -> Mapping[str, int] | None:
    """How many targets are in which state; None for a group that is just going."""
    try:
        answer = send(Call("elbv2", "DescribeTargetHealth", {"TargetGroupArn": arn}))
    except AwsProblem:
        return None
    found = answer.get("TargetHealthDescriptions", ())
    states = [one.get("TargetHealth", {}).get("State", "unknown") for one in found]
    return Counter(state for state in states if state != LEAVING)
