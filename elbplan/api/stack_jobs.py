"""The work of a call for several stacks: which stack waits for which, the same for a person and for a program."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar

from ..planner.stack_order import stack_order
from ..run.together import StackJob
from .planning import Planned, stack_keys
from .prepared import PreparedApply

T = TypeVar("T")
P = TypeVar("P", bound=PreparedApply[Any])


def stack_jobs(
    plans: Sequence[Planned],
    prepared: Sequence[P],
    run_plan: Callable[[str, Planned], T],
    run_prepared: Callable[[P], T],
) -> list[StackJob[T]]:
    """The jobs in the order of the stacks, each after those that must end first. `run_plan` also gets the stack's key.

    What is handed in raises nothing: its result also says how it failed.
    """
    known = [planned.plan for planned in plans if planned.runnable]
    order = stack_order([*known, *(apply.plan for apply in prepared if apply.plan)])
    jobs = [
        StackJob(key, partial(run_plan, key, planned), order.get(planned.plan.stack, ()))
        for key, planned in zip(stack_keys(plans), plans, strict=True)
    ]
    return jobs + [
        StackJob(apply.stack, partial(run_prepared, apply), order.get(apply.stack, ())) for apply in prepared
    ]


def decline_rest(prepared: Sequence[PreparedApply[Any]], ended: Collection[str]) -> None:
    """Ends the migrations that were prepared and did not begin, for example after Ctrl-C, without a write."""
    for apply in prepared:
        if apply.stack not in ended:
            apply.decline()
