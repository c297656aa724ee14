"""Statuses of stacks at one fixed time, built from plans of the real planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from elbplan.core.address import Address
from elbplan.core.cause import Cause
from elbplan.core.hazard import Hazard
from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.errors import AwsProblem, ElbplanError
from elbplan.kinds.aws.moments import seconds_of
from elbplan.render.overview import StatusRow
from elbplan.render.status_words import StackCommands
from elbplan.run.lock.record import RunRecord, RunStep
from elbplan.run.status import GroupHealth, StackRuns, StackStatus, cause_of

from .plans import WEB, WEB_OTHER_CHECK, plan

NOW = seconds_of("2026-11-30T04:16:00Z") or 0
WEB_GROUP = Address("target_group", "web")
STEPS = (
    RunStep("create target_group.web", 1.2, 0.2),
    RunStep("create listener.443", 1.5, 1.2),
    RunStep("wait targets.web healthy", 2.8, 34.0),
    RunStep("create record.api.example.com", 36.9, 0.4),
    RunStep("wait record.api.example.com insync", 37.3, 12.0),
)


def run_record(number: int = 1, state: Any = "done", ago: float = 120, **more: Any) -> RunRecord:
    """A run that ended so many seconds ago."""
    start = NOW - ago - 60
    fields = {"spec": "h-1", "steps": STEPS, "counts": {"done": len(STEPS)}} | more
    ended = 0 if state == "running" else NOW - ago
    return RunRecord("my-web", number, "b" * 32, "apply", "ann@laptop", start, start, state, ended=ended, **fields)


def runs(*records: RunRecord, dead: bool = False) -> StackRuns:
    holder = records[-1] if records and records[-1].holds else None
    return StackRuns("my-web", records, holder, dead, now=NOW)


def health(healthy: int = 2, total: int = 2, cause: Cause | None = None, *, in_use: bool = True) -> GroupHealth:
    states = {"healthy": healthy, "unhealthy": total - healthy}
    return GroupHealth({state: number for state, number in states.items() if number}, [cause] if cause else (), in_use)


START = "aws ec2 start-instances --region ap-northeast-2 --instance-ids i-0bbbbbbbbbbbbbbbb"
STOPPED = Cause("it is stopped", "start it", START, "Target.InvalidState",
                ("i-0bbbbbbbbbbbbbbbb",), ("server-c",), "2026-11-30T04:14:22Z")  # fmt: skip


def named(stack_plan: Plan, name: str, expires: str = "2027-12-29T12:00:00Z") -> Plan:
    """The plan of a stack with another name and a certificate that AWS has issued."""
    lives = {address: _with_end(live, expires) for address, live in stack_plan.lives.items()}
    domains = tuple(domain.replace("api", name) for domain in stack_plan.domains)
    return replace(stack_plan, stack=name, lives=lives, domains=domains)


def _with_end(live: LiveResource[Any], expires: str) -> LiveResource[Any]:
    if live.address.kind != "certificate":
        return live
    return replace(live, facts={**live.facts, "expires": expires})


def status(
    after: str | None = WEB,
    before: str | None = WEB,
    *,
    name: str = "my-web",
    records: Sequence[RunRecord] = (run_record(),),
    web: GroupHealth | None = None,
    expires: str = "2027-12-29T12:00:00Z",
    **more: Any,
) -> StackStatus:
    """A status; `after` is what the spec wants, `before` what AWS has."""
    stack_plan = named(plan(after, before), name, expires)
    if more.pop("allow", None):
        stack_plan = replace(
            stack_plan, hazards=[Hazard("health-check-changes", WEB_GROUP, "its check changes", "wait")]
        )
    stack_runs = runs(*records, dead=more.pop("dead", False))
    spec = more.pop("spec", "h-1")
    groups = {WEB_GROUP: web or health()} if before else {}
    return StackStatus(stack_plan, stack_runs, cause_of(stack_plan, stack_runs, spec), groups, **more)


def drifted(**more: Any) -> StackStatus:
    return status(WEB, WEB_OTHER_CHECK, **more)


def broken(name: str = "svc-07", problem: ElbplanError | None = None) -> StackStatus:
    """A stack that AWS does not let elbplan read."""
    denied = AwsProblem("AWS refused DescribeListeners: not this one", hint="the credentials need this permission")
    return StackStatus(Plan(name, "ap-northeast-2", ""), StackRuns(name, now=NOW), problem=problem or denied)


def row(stack_status: StackStatus, cost: str = "") -> StatusRow:
    return StatusRow(stack_status, StackCommands(stack_status.plan.stack), cost)
