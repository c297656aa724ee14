"""The stacks whose `expires:` is past, for `destroy --expired`; and a planner that refuses one that got more time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from ..api.planning import Planner
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import AwsProblem, Refused, escaped
from ..leftovers.leftover import NotChecked
from ..leftovers.stacks import AccountStack
from ..render.expiry import plan_expiry
from ..run.workflow import Cloud, StackPlan, Unplanned
from .account_regions import AccountRegions
from .account_stacks import look_for_stacks
from .context import App
from .errors import report_problem


@dataclass(frozen=True)
class ExpiredStacks:
    """What `destroy --expired` found: the stacks to destroy, and the exit code of what could not be read."""

    stacks: Sequence[Stack]
    code: int = 0


def expired_stacks(app: App, account: AccountRegions) -> ExpiredStacks:
    """The stacks that are past their end. Reports regions and stacks that cannot be read: they may have some too."""
    answers, _ = account.ask(app, partial(look_for_stacks, account=account.account))
    code = 0
    for other in account.others:
        app.terminal.err(f"not read: {other.text}, of {', '.join(other.stacks)}; run destroy --expired there too")
    for answer in answers:
        if answer.problem:
            code = _report(app, f"{answer.region}: {answer.problem.why}")
    found = [stack for answer in answers if answer.answer for stack in answer.answer.stacks]
    for stack in found:
        if stack.problem:
            code = _report(app, f"{escaped(stack.name)} in {stack.region}: {stack.problem}")
    for entry in _missing(answer.answer.not_checked for answer in answers if answer.answer):
        code = _report(app, f"{entry.region}: {entry.title}: {entry.why}")
    expired = [stack for stack in found if _is_past(stack, app.wall())]
    return ExpiredStacks([Stack(stack.name, stack.region, {}) for stack in expired], code)


def _missing(entries: Iterable[Sequence[NotChecked]]) -> list[NotChecked]:
    """What hides stacks. Without run records, the tags still name every stack."""
    return [entry for own in entries for entry in own if entry.title == "stacks"]


def _is_past(stack: AccountStack, now: float) -> bool:
    return stack.expiry is not None and stack.expiry.is_past(now)


def _report(app: App, what: str) -> int:
    problem = AwsProblem(what, hint="its expired stacks, if it has any, stay; run the command again")
    return report_problem(app.terminal, problem, aws_called=True)


@dataclass
class StillExpired:
    """Plans; a stack that is not past its end any more has no plan. So a new `expires:` also counts under the lock."""

    planner: Planner
    wall: Callable[[], float]

    def __call__(self, cloud: Cloud, group: Sequence[Stack]) -> Sequence[StackPlan]:
        return [self._checked(plan) for plan in self.planner(cloud, group)]

    def _checked(self, plan: StackPlan) -> StackPlan:
        expiry = plan_expiry(plan) if isinstance(plan, Plan) else None
        if isinstance(plan, Unplanned) or not plan.lives or (expiry and expiry.is_past(self.wall())):
            return plan
        refused = Refused(
            f"{plan.stack} is not expired any more", hint="somebody gave it more time; nothing was changed"
        )
        return Unplanned(plan.stack, refused, plan.lives, plan.account)
