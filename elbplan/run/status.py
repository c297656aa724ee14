"""The status of a stack: its plan, its runs, its lock and the health of its targets. Only reads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from ..core.address import Address
from ..core.call import Answer
from ..core.cause import Cause, ServerFacts
from ..core.hidden import redacted
from ..core.kind import LiveResource
from ..core.plan import Plan
from ..errors import AwsProblem, ElbplanError
from ..kinds.aws.external_targets import HEALTH
from ..kinds.aws.target_gates import described_target
from ..kinds.aws.target_health import WELL, FindServer, HealthContext, is_outside_zones
from ..kinds.target_group import TargetGroup
from .context import KnownResources
from .lock.manager import LockManager
from .lock.messages import problem_text
from .lock.record import RunRecord

ChangeCause = Literal["", "drift", "spec", "unfinished"]
DRAINING = "draining"


@dataclass(frozen=True)
class StackRuns:
    """The recorded runs of a stack, oldest first.

    holder   the run that has the lock by its record; one read cannot show whether it is alive
    dead     the process of the holder ended on this machine, so the next apply takes over
    unknown  why the runs cannot be read; empty if they can
    now      the time of day of this status
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
    """A migration: its name, its state (`done`, `held`, `begun`, `rolled-back`, `pending`), and its last run."""

    name: str
    state: str
    more: str = ""
    run: RunRecord | None = None


@dataclass(frozen=True)
class StackMigrations:
    """The migrations of a stack.

    wrong       why the migrations cannot be read; empty if they can
    drift       the resources that have drifted; `in_the_way` if the pending migration changes one of them
    uncovered      what the spec wants and no migration covers
    """

    rows: tuple[FileRow, ...] = ()
    wrong: str = ""
    drift: tuple[str, ...] = ()
    in_the_way: bool = False
    uncovered: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupHealth:
    """How many targets of a group are in which state, and why some are not healthy.

    in_use  False if no listener forwards to the group, so that AWS does not check its targets
    """

    states: Mapping[str, int]
    causes: Sequence[Cause] = ()
    in_use: bool = True

    @property
    def total(self) -> int:
        """How many targets the group has; a draining one does not count."""
        return sum(self.states.values())

    @property
    def healthy(self) -> int:
        """How many targets get requests."""
        return sum(self.states.get(state, 0) for state in WELL)


@dataclass(frozen=True)
class StackStatus:
    """The status of a stack for `elbplan status`.

    cause    why changes are pending: AWS drifted, the spec changed, or a run did not finish
    health   for each target group, the health of its targets
    files    its migrations; None for a stack without migrations
    problem  why the spec cannot be compared with AWS
    specless  nobody has the spec: there is only what AWS and the records of runs say
    """

    plan: Plan
    runs: StackRuns
    cause: ChangeCause = ""
    health: Mapping[Address, GroupHealth] = field(default_factory=dict)
    files: StackMigrations | None = None
    problem: ElbplanError | None = None
    specless: bool = False

    @property
    def shows_aws(self) -> bool:
        """True if there is more to show than the problem."""
        return self.problem is None or bool(self.plan.lives)


def runs_of(stack: str, locks: LockManager) -> StackRuns:
    """The runs of a stack. If they cannot be read, `unknown` says why."""
    now = locks.wall()
    try:
        records = locks.ledger.read_for_display(stack)
    except AwsProblem as problem:
        return StackRuns(stack, unknown=problem_text(problem), now=now)
    holder = records[-1] if records and records[-1].holds else None
    return StackRuns(stack, records, holder, holder is not None and locks.died_here(holder), now=now)


def stack_status(plan: Plan, spec: str, locks: LockManager) -> StackStatus:
    """The status of the plan's stack. Reads the runs with one call; the plan has the health of the targets."""
    runs = runs_of(plan.stack, locks)
    return StackStatus(plan, runs, cause_of(plan, runs, spec), health_of(plan))


def cause_of(plan: Plan, runs: StackRuns, spec: str) -> ChangeCause:
    """Why the plan is not empty, by the record of the last run."""
    last = runs.last
    if plan.empty or last is None or runs.lock == "held":
        return ""
    if last.spec and last.spec != spec:
        return "spec"
    if last.verb != "apply":
        return "unfinished" if last.state != "done" else ""
    return "drift" if last.state == "done" else "unfinished"


def health_of(plan: Plan) -> dict[Address, GroupHealth]:
    """The health of the targets of each target group, from the read of the plan."""
    groups = {address: live for address, live in plan.lives.items() if address.kind == TargetGroup.kind}
    return {address: _health(json.loads(live.facts[HEALTH]), live, plan) for address, live in groups.items()
            if HEALTH in live.facts}  # fmt: skip


def _health(described: Sequence[Answer], live: LiveResource[Any], plan: Plan) -> GroupHealth:
    raws = [raw for raw in described if _state(raw) != DRAINING]
    group = redacted(live.model, plan.desired.get(live.address))
    words = HealthContext(plan.region, partial(_server_now, plan, KnownResources(plan).server), group)
    targets = [described_target(raw["Target"]["Id"], raw) for raw in raws if raw.get("TargetHealth")]
    in_use = not raws or not all(_is_unused(raw.get("TargetHealth", {})) for raw in raws)
    return GroupHealth(Counter(map(_state, raws)), words.causes(targets), in_use)


def _is_unused(health: Mapping[str, Any]) -> bool:
    """True if the target only waits for a listener that forwards to its group."""
    return health.get("Reason") == "Target.NotInUse" and not is_outside_zones(health)


def _server_now(plan: Plan, known: FindServer, id: str) -> ServerFacts:
    """What is known of a server, with the security group that is closed to the load balancer now."""
    edges = (edge for edge in plan.security_path_now if edge.server == id and edge.state == "missing")
    closed = next((edge.cause for edge in edges), None)
    facts = known(id)
    return replace(facts, closed=closed) if closed is not None and facts.closed is None else facts


def _state(raw: Mapping[str, Any]) -> str:
    return str(raw.get("TargetHealth", {}).get("State", "unknown"))
