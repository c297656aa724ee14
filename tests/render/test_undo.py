"""The line `Undo`: until the step that it names, `apply --rollback` leads back to what served before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elbplan.core.kind import LiveResource
from elbplan.core.plan import Plan
from elbplan.kinds import KINDS
from elbplan.planner.rollback import rollback_target
from elbplan.render.order import moments
from elbplan.render.plan import PlanView, plan_screen
from elbplan.render.style import Style

from .plans import WEB, WEB_8080, WEB_INTERNAL, WEB_OTHER_CHECK, plan

COMMAND = "elbplan apply specs/web.yaml --rollback"


def undo(stack_plan: Plan, width: int = 100, *, late: bool = False) -> list[str]:
    """Returns the lines of the note."""
    lines = [
        line.plain for line in plan_screen(stack_plan, KINDS, Style(width), PlanView(undo=COMMAND, undo_late=late))
    ]
    start = next((index for index, line in enumerate(lines) if line.startswith("Undo")), len(lines))
    return lines[start : start + 1] + [line for line in lines[start + 1 :] if line.strip() == COMMAND]


def before_the_switch(stack_plan: Plan) -> dict:
    """Returns what AWS has before traffic switches: as a comparison lists it, the new side before the old one."""
    lives = dict(stack_plan.lives)
    for step in stack_plan.steps:
        if step.phase == "switch":
            return dict(sorted(lives.items(), key=lambda item: (list(KINDS).index(item[0].kind), item[0])))
        if step.do == "create":
            lives[step.address] = LiveResource(step.address, f"new {step.address}", step.after)
        elif step.do == "update":
            lives[step.address] = replace(lives[step.address], model=step.after)
        elif step.do == "delete":
            del lives[step.address]
    raise AssertionError("nothing switches")


@pytest.mark.parametrize(("after", "before", "step"), [(WEB_8080, WEB, 3), (WEB, WEB_INTERNAL, 3)])
def test_before_the_named_step_a_rollback_leads_back(after: str, before: str, step: int) -> None:
    stack_plan = plan(after, before)
    assert undo(stack_plan) == [f"Undo        until step {step}: {COMMAND}"]
    order = moments(stack_plan, KINDS)
    assert next(number for number, moment in enumerate(order, 1) if moment.switches) == step
    assert rollback_target(before_the_switch(stack_plan)) == rollback_target(stack_plan.lives)


@pytest.mark.parametrize(("after", "before"), [(WEB, None), (WEB_OTHER_CHECK, WEB), (WEB, WEB), (None, WEB)])
def test_what_cannot_be_undone_has_no_such_line(after: str | None, before: str | None) -> None:
    assert undo(plan(after, before)) == []


def test_a_migration_can_be_undone_at_any_time() -> None:
    assert undo(plan(WEB_8080, WEB), late=True) == [f"Undo        at any time: {COMMAND}"]


def test_the_command_is_never_wrapped() -> None:
    assert undo(plan(WEB_8080, WEB), 60) == ["Undo        until step 3:", f"            {COMMAND}"]
