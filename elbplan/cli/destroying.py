"""Destroys stacks: shows the plans, asks for each stack's name unless it is confirmed, and runs."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..api.allowed_hazards import AllowedHazards
from ..api.planning import Planned, Planner, stack_keys
from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import Declined, Refused, UsageProblem
from ..hazards import refuse_unless_allowed
from ..render.outcome import EndScreen, resources_of_others
from .context import App
from .execution import run_all, run_stack
from .folder_run import FolderCommands, FolderRun
from .folder_views import FolderScreen, StackView
from .locks import lock_manager_of
from .plan_screens import raise_if_all_fail, show_plans
from .plans import allow_flags, command_with_allow, ending_of, planned, retry_command
from .select import unknown_stack
from .stack_filter import only_stacks


@dataclass(frozen=True)
class DestroyRequest:
    """What the user wants to destroy.

    words      the words of the command line that select the stacks, for the command that continues
    confirmed  the stacks that need no question
    hazards    the hazards that the user allows
    unattended nobody is asked, and a stack with a hazard does not stop the others
    """

    stacks: Sequence[Stack]
    words: Sequence[str]
    confirmed: Sequence[str]
    hazards: tuple[str, ...] = ()
    detail: bool = False
    unattended: bool = False


def destroy(app: App, request: DestroyRequest, plan_each: Planner) -> tuple[int, Sequence[Planned]]:
    """Destroys the stacks. Returns the exit code, and the plans. Raises ElbplanError if nothing was begun."""
    planner = AllowedHazards(plan_each, request.hazards)
    stack_plans = planned(app, request.stacks, planner)
    _refuse_unknown(app, stack_plans)
    if request.unattended:
        stack_plans = [_with_hazards_refused(stack_plan, request.hazards) for stack_plan in stack_plans]
    else:
        raise_if_all_fail(stack_plans)
    pending = [stack_plan for stack_plan in stack_plans if stack_plan.runnable]
    agreed = [stack.name for stack in request.stacks] if request.unattended else request.confirmed
    unconfirmed = [stack_plan.plan for stack_plan in pending if stack_plan.plan.stack not in agreed]
    _show(app, request, planner, stack_plans, asks=bool(unconfirmed))
    planner.check(stack_plan.plan for stack_plan in pending)
    ask_names(app, unconfirmed)
    planner.agreed = True
    if len(stack_plans) == 1:
        return run_all(app, stack_plans, _ending(app, request), agreed=agreed), stack_plans
    return _destroy_together(app, request, stack_plans, agreed), stack_plans


def _ending(app: App, request: DestroyRequest, *only: str) -> EndScreen:
    ending = ending_of(app, "destroy", request.words, *only, *allow_flags(request.hazards))
    return replace(ending, brief=request.unattended)


def _destroy_together(
    app: App, request: DestroyRequest, stack_plans: Sequence[Planned], agreed: Collection[str]
) -> int:
    """Destroys several stacks at the same time. A command that finds its stacks by itself names none."""

    def run(planned: Planned, ending: EndScreen, view: StackView) -> int:
        return run_stack(app, planned, ending, view, agreed=planned.plan.stack in agreed)

    def again(stacks: Sequence[str]) -> str:
        only = () if request.unattended else only_stacks(stacks)
        return retry_command(app, "destroy", request.words, *only, *allow_flags(request.hazards))

    def ending(stack: str) -> EndScreen:
        return _ending(app, request, *(() if request.unattended else only_stacks([stack])))

    screen = FolderScreen(app, stack_keys(stack_plans), destroys=True)
    return FolderRun(app, screen, FolderCommands(ending, again, _ending(app, request)), run).all(stack_plans)


def _show(
    app: App, request: DestroyRequest, planner: AllowedHazards, stack_plans: Sequence[Planned], *, asks: bool
) -> None:
    """Shows what will be deleted, and why something will not; unattended, only the latter."""
    pending = [stack_plan for stack_plan in stack_plans if stack_plan.runnable]
    shown = [plan for plan in stack_plans if plan.code or (plan.runnable and not request.unattended)]
    if shown and (not app.options.json or (asks and app.terminal.can_ask)):
        allowed = planner.allows(stack_plan.plan for stack_plan in pending)
        next = "" if allowed else command_with_allow(app, "destroy", request.words, pending)
        show_plans(app, "destroy", shown, app.terminal.stderr, detail=request.detail, next=next)


def _refuse_unknown(app: App, stack_plans: Sequence[Planned]) -> None:
    """Raises UsageProblem for a name that has neither a spec nor anything in AWS."""
    for stack_plan in stack_plans:
        plan = stack_plan.plan
        named = not stack_plan.stack.file and not stack_plan.stack.resources
        if named and not stack_plan.code and not plan.lives:
            if lock_manager_of(app, stack_plan.cloud).ledger.read_for_display(plan.stack):
                continue  # an earlier destroy left records of runs
            problem = unknown_stack(app, plan.stack, f", and AWS has none in {plan.region}")
            similar = problem.hint if problem.hint.startswith("did you mean") else ""
            raise UsageProblem(problem.what, hint=similar or "`elbplan list --all-regions` shows all stacks")


def _with_hazards_refused(stack_plan: Planned, allowed: tuple[str, ...]) -> Planned:
    """The same, with a problem if the plan has a hazard that is not allowed."""
    try:
        refuse_unless_allowed(stack_plan.plan.hazards, allowed)
    except Refused as refused:
        return replace(stack_plan, problem=refused)
    return stack_plan


def confirm_flags(names: Sequence[str]) -> str:
    """`--confirm my-web --confirm my-shop`"""
    return " ".join(f"--confirm {shlex.quote(name)}" for name in names)


def ask_names(app: App, plans: Sequence[Plan]) -> None:
    """Asks the user to type the name of each stack. Raises Refused for any other answer."""
    if plans:
        app.terminal.require_user(f"pass {confirm_flags([plan.stack for plan in plans])}")
    for plan in plans:
        if more := resources_of_others(plan):
            app.terminal.err(f"This also ends {more} that elbplan did not create.")
        if app.terminal.ask(f"Type the stack's name ({plan.stack}) to delete the whole stack: ") != plan.stack:
            raise Declined(f"not destroyed: the answer was not {plan.stack}", hint="nothing was changed")
