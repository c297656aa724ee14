"""elbplan map: draw what AWS has of a stack now. Writes nothing to AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from ...api.planning import Planned
from ...core.address import Address
from ...core.plan import Plan
from ...core.stack import Stack
from ...errors import ElbplanError, UsageProblem
from ...kinds import KINDS
from ...kinds.target_states import TargetState
from ...live.target_states import read_server_labels, read_target_states
from ...render.errors import error_document
from ...render.plan import header
from ...render.reports.document import map_document
from ...render.reports.live import live_plan
from ...render.reports.page import Report
from ...render.reports.tree import tree_lines
from ...run.workflow import Cloud, StackPlan, Unplanned, plan_destroy_each, plan_each
from ..context import App
from ..errors import worst
from ..group import HelpFirstCommand
from ..options import shared, stack_filters
from ..plan_screens import problem_block, raise_if_all_fail, report_problems
from ..plans import planned, style_for, view_of
from ..reading import reading
from ..reports import TextFile, format_of, rendered, report_of, report_options, write
from ..select import select

EXAMPLES = (
    "elbplan map                                draw the stacks of all specs in specs/",
    "elbplan map my-web                         draw one stack, also without its spec",
    "elbplan map my-web --format html -o map.html   as a page, with a box to type a URL into",
)

States = Mapping[Address, Sequence[TargetState]]


@click.command(
    cls=HelpFirstCommand,
    name="map",
    examples=EXAMPLES,
    help="Draw what AWS has now: names, load balancers, listeners, rules, target groups, targets and their health.",
)
@click.argument("words", nargs=-1, metavar="[STACK|PATH]...")
@stack_filters
@report_options
@shared
@click.pass_obj
def command(app: App, words: tuple[str, ...], format: str | None, output: str | None) -> int:
    """Reads each stack and draws it."""
    format = format_of(app, format)
    stacks = [selection.stack for selection in select(app, words)]
    found = planned(app, stacks, _plans)
    raise_if_all_fail(found)
    stack_plans, states = [], {}
    for stack_plan in found:
        live, its_states = _with_health(app, stack_plan)
        stack_plans.append(live)
        states[live.plan.stack] = its_states
    if stacks:
        _refuse_nothing(stack_plans)
    report = report_of(app, "map", stack_plans, states)
    if format == "text":
        _show(app, stack_plans, report, output)
    else:
        write(app, rendered(format, None if format == "json" else report, _document(app, stack_plans, report)), output)
        report_problems(app, stack_plans)
    return worst(stack_plan.code for stack_plan in stack_plans)


def _plans(cloud: Cloud, stacks: Sequence[Stack]) -> list[StackPlan]:
    """Plans, which read AWS. A stack without a spec, or with one that cannot be planned, is found by its tags alone."""
    plans = plan_each(cloud, stacks, KINDS)
    by_tags = [
        stack for stack, plan in zip(stacks, plans, strict=True) if isinstance(plan, Unplanned) or not stack.resources
    ]
    found = {plan.stack: plan for plan in (plan_destroy_each(cloud, by_tags, KINDS) if by_tags else ())}
    return [found.get(plan.stack, plan) for plan in plans]


def _with_health(app: App, stack_plan: Planned) -> tuple[Planned, States]:
    """The stack without changes, with the names of its servers; and the health of its targets."""
    plan = live_plan(stack_plan.plan)
    if not plan.lives:
        return replace(stack_plan, plan=plan), {}
    with reading(app, [stack_plan.stack], plan.region):
        states = read_target_states(plan.lives, stack_plan.cloud.send, app.options.parallel)
        labels = read_server_labels(plan.lives.values(), states.values(), stack_plan.cloud.send)
    return replace(stack_plan, plan=replace(plan, servers=labels)), states


def _refuse_nothing(stack_plans: Sequence[Planned]) -> None:
    """Raises UsageProblem if AWS has nothing of any stack."""
    if not any(stack_plan.plan.lives or stack_plan.problem for stack_plan in stack_plans):
        names = ", ".join(stack_plan.plan.stack for stack_plan in stack_plans)
        regions = ", ".join(dict.fromkeys(stack_plan.plan.region for stack_plan in stack_plans))
        hint = "check the name and the region; `elbplan plan --format html` draws what a spec would create"
        raise UsageProblem(f"AWS has nothing of {names} in {regions}", hint=hint)


def _show(app: App, stack_plans: Sequence[Planned], report: Report, output: str | None) -> None:
    file = TextFile() if output else None
    stream = file or app.terminal.stdout
    style = style_for(app, stream)
    shown: dict[str, str] = {}
    for number, (stack_plan, section) in enumerate(zip(stack_plans, report.sections, strict=True)):
        separator = [style.line("")] if number else []
        if stack_plan.problem and not stack_plan.plan.lives:
            lines = problem_block(app, "map", stack_plan, style, shown)
        else:
            lines = [*header(stack_plan.plan, style, view_of(app, "map", stack_plan)), style.line("")]
            lines += tree_lines(section.map, style) or [style.line("AWS has nothing of this stack.")]
        app.terminal.show([*separator, *lines], stream)
    if file:
        write(app, file.getvalue(), output)


def _document(app: App, stack_plans: Sequence[Planned], report: Report) -> dict[str, Any]:
    stacks = []
    for stack_plan, section in zip(stack_plans, report.sections, strict=True):
        plan: Plan = stack_plan.plan
        problem: ElbplanError | None = stack_plan.problem
        stacks.append(
            {"stack": plan.stack, "region": plan.region, "account": plan.account, "map": map_document(section.map)}
            | ({"error": error_document(problem, app.terminal.redacted)} if problem else {})
        )
    return {"schema": 1, "stacks": stacks}
