"""Plans stacks: groups them by place, reads each place once, plans."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from ..core.call import Answer, Call
from ..core.identity import Place
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import ElbplanError, Refused
from ..live.worker_threads import WorkerThreads
from ..planner.reconcile import permitted
from ..run.workflow import Cloud, StackPlan, Unplanned
from ..spec import BrokenSpec
from .connections import Connections

Planner = Callable[["Cloud", Sequence[Stack]], Sequence[StackPlan]]


Reading = Callable[[Sequence[Stack], Collection[str]], AbstractContextManager[object]]
"""Surrounds the reading of these stacks in these regions."""


@dataclass(frozen=True)
class Planned:
    """The plan of one stack, or why it has none.

    seconds   how long reading AWS took
    planner   plans again
    notes     further lines of its screen
    idle      why there is nothing to do, if AWS does not simply match the spec
    undone    what a person must do although the plan has no step
    undo      the options of the apply that undoes it; empty: none does
    allow     the hazards that apply needs by name; None: those of the plan
    problem   why there is no plan; `plan` then has only what AWS has of the stack, if that could be read
    """

    plan: Plan
    cloud: Cloud
    seconds: float
    stack: Stack
    planner: Planner
    notes: Sequence[tuple[str, str]] = ()
    idle: str = ""
    undone: str = ""
    undo: tuple[str, ...] = ()
    allow: Sequence[str] | None = None
    problem: ElbplanError | None = None

    @property
    def needed_allow(self) -> Sequence[str]:
        """The names for --allow without which apply does not carry the plan out."""
        return [hazard.name for hazard in self.plan.hazards] if self.allow is None else self.allow

    @property
    def runnable(self) -> bool:
        """True if the plan has steps that may be carried out."""
        return self.problem is None and not self.plan.refusals and not self.plan.empty

    @property
    def code(self) -> int:
        """The exit code of a stack that has a problem or refusals; 0 without."""
        if self.problem:
            return self.problem.exit_code
        return Refused.exit_code if self.plan.refusals else 0


@dataclass
class NoCloud:
    """The cloud of a stack whose region is not known. Every call raises the problem."""

    problem: ElbplanError
    region: str = ""

    def send(self, call: Call) -> Answer:
        raise self.problem


def problem_of(stack_plan: Planned) -> ElbplanError:
    """The problem of a stack that cannot be carried out: it has no plan, or its plan has refusals."""
    if stack_plan.problem:
        return stack_plan.problem
    try:
        permitted(stack_plan.plan)
    except Refused as refused:
        return refused
    raise AssertionError("this plan can be carried out")


def plan_entries(
    clouds: Connections,
    entries: Sequence[Stack | BrokenSpec],
    planner: Planner,
    reading: Reading = lambda stacks, regions: nullcontext(),
) -> list[Planned]:
    """Plans each stack, in their order. The stacks of one place are read together, and the places side by side."""
    results: dict[int, Planned] = {}
    groups: dict[Place, dict[int, Stack]] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry, BrokenSpec):
            results[index] = not_planned(Stack(entry.label, None, {}), entry.problem, planner)
            continue
        try:
            groups.setdefault(clouds.place(entry), {})[index] = entry
        except ElbplanError as problem:
            results[index] = not_planned(entry, problem, planner)
    if groups:
        read = [stack for stacks in groups.values() for stack in stacks.values()]
        with reading(read, {place.region for place in groups}):
            results |= _plan_places(clouds, groups, planner)
    return [results[index] for index in range(len(entries))]


def _plan_places(
    clouds: Connections, groups: Mapping[Place, Mapping[int, Stack]], planner: Planner
) -> dict[int, Planned]:
    results: dict[int, Planned] = {}
    with WorkerThreads(len(groups)) as threads:
        futures = {
            place: threads.submit(_plan_place, clouds, place, list(stacks.values()), planner)
            for place, stacks in groups.items()
        }
        for place, future in futures.items():
            results |= dict(zip(groups[place], future.result(), strict=True))
    return results


def _plan_place(clouds: Connections, place: Place, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    """The plans of the stacks of one place, in their order. A problem of its credentials is that of these stacks."""
    try:
        cloud = clouds.reach(place)
    except ElbplanError as problem:
        return [not_planned(stack, problem, planner, NoCloud(problem, place.region)) for stack in stacks]
    results: dict[str, Planned] = {}
    for stack in stacks:
        try:
            clouds.check_account(stack, place, cloud)
        except ElbplanError as problem:
            results[stack.name] = not_planned(stack, problem, planner, NoCloud(problem, place.region))
    left = [stack for stack in stacks if stack.name not in results]
    results |= dict(zip((stack.name for stack in left), _plan_together(cloud, left, planner), strict=True))
    return [results[stack.name] for stack in stacks]


def _plan_together(cloud: Cloud, stacks: Sequence[Stack], planner: Planner) -> list[Planned]:
    if not stacks:
        return []
    began = time.monotonic()
    plans = planner(cloud, stacks)
    seconds = time.monotonic() - began
    return [
        Planned(plan, cloud, seconds, stack, planner)
        if isinstance(plan, Plan)
        else not_planned(stack, plan.problem, planner, cloud, plan)
        for stack, plan in zip(stacks, plans, strict=True)
    ]


def not_planned(
    stack: Stack, problem: ElbplanError, planner: Planner, cloud: Cloud | None = None, left: Unplanned | None = None
) -> Planned:
    """A stack without a plan. `left` has what AWS has of it."""
    known = cloud or NoCloud(problem)
    account, lives = (left.account, left.lives) if left else ("", {})
    plan = Plan(stack.name, known.region, account, lives=lives)
    return Planned(plan, known, 0, stack, planner, problem=problem)


def stack_keys(plans: Sequence[Planned]) -> list[str]:
    """The names of the stacks; with the region where two regions have a stack of the same name."""
    names = Counter(planned.plan.stack for planned in plans)
    return [
        plan.stack if names[plan.stack] == 1 else f"{plan.stack} ({plan.region})"
        for plan in (planned.plan for planned in plans)
    ]
