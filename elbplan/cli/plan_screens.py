"""Prints plans, on stdout for the command plan and on stderr before a question; and asks the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from rich.text import Text

from ..api.planning import Planned, problem_of
from ..errors import Declined
from ..kinds import KINDS
from ..render.cost_stays import with_prices
from ..render.layout import flow
from ..render.plan import counts, plan_screen
from ..render.problems import failures_text, problem_screen
from ..render.style import Style, count, listed
from .context import App
from .costs import table_of
from .errors import report_problem
from .plans import style_for, view_of
from .preparing import with_prepare_hint
from .price_files import price_table


def show_plans(
    app: App,
    verb: str,
    planned: Sequence[Planned],
    stream: TextIO,
    *,
    detail: bool = False,
    next: str = "",
    paths: Sequence[str] = (),
) -> None:
    """Prints a block for each stack, also for one without a plan, and one line with the counts of all stacks.

    `paths` are the specs as the user named them, for the command that undoes a change.
    """
    style = style_for(app, stream)
    shown: dict[str, str] = {}
    folded = _unchanged(app, planned)
    for stack_plan in planned:
        if stack_plan in folded:
            continue
        if stack_plan.problem:
            app.terminal.show([*problem_block(app, verb, stack_plan, style, shown), style.line("")], stream)
        elif not app.options.quiet or stack_plan.plan.refusals:
            plan, view = with_prices(stack_plan.plan, price_table(app)), view_of(app, verb, stack_plan, detail, paths)
            screen = plan_screen(plan, KINDS, style, view)
            table = [style.line(""), *table_of(app, verb, plan, style)] if view.detail else []
            app.terminal.show([*screen, *table, style.line("")], stream)
    if folded:
        rows = flow(style, style.line("Nothing to do: "), _folded_text(folded))
        app.terminal.show([*rows, style.line("")], stream)
    failed = [stack_plan for stack_plan in planned if stack_plan.problem]
    refused = [stack_plan for stack_plan in planned if stack_plan.plan.refusals]
    failures = failures_text(len(failed), len(refused))
    counted = [stack_plan.plan for stack_plan in planned if verb == "plan" or not stack_plan.code]
    last = counts(counted, style, next, failures) if len(failed) < len(planned) else [style.line(failures)]
    if stream is app.terminal.stderr:
        last.append(style.line(""))  # a question or the run follows
    app.terminal.show(last, stream)


MOST_IN_FULL = 8
"""Of more stacks, those that do not change are one line together."""


def _unchanged(app: App, planned: Sequence[Planned]) -> list[Planned]:
    """The stacks of a long plan that have nothing to show but their names."""
    if len(planned) <= MOST_IN_FULL or app.options.verbose or app.options.quiet:
        return []
    return [
        each
        for each in planned
        if each.plan.empty and not each.code and not each.idle and not each.undone
        if not each.plan.warnings and not each.plan.unread and not each.plan.unchecked
    ]


def _folded_text(folded: Sequence[Planned]) -> str:
    names = listed([each.plan.stack for each in folded])
    return f"{count(len(folded), 'stack')} ({names}); AWS matches the spec (-v shows each)"


def problem_block(app: App, verb: str, stack_plan: Planned, style: Style, shown: dict[str, str]) -> list[Text]:
    """The screen of a stack without a plan. A problem that several stacks have stands only at the first of them."""
    assert stack_plan.problem
    name, region = stack_plan.plan.stack, stack_plan.plan.region
    with_prepare_hint(app, stack_plan.problem, [stack_plan.stack.file] if stack_plan.stack.file else [])
    first = shown.setdefault(stack_plan.problem.what, name)
    same = "" if first == name else first
    return problem_screen(verb, name, region, stack_plan.problem, style, app.terminal.redacted, same_as=same)


def report_problems(app: App, planned: Sequence[Planned]) -> None:
    """Prints each problem once on stderr, for a command whose stdout is for programs."""
    problems = {problem_of(stack_plan).what: problem_of(stack_plan) for stack_plan in planned if stack_plan.code}
    for problem in problems.values():
        report_problem(app.terminal, problem, aws_called=app.aws_called)


def raise_if_all_fail(planned: Sequence[Planned]) -> None:
    """Raises the problem of all stacks if no stack has a plan and all have the same problem."""
    problems = {stack_plan.problem.what: stack_plan.problem for stack_plan in planned if stack_plan.problem}
    if len(problems) == 1 and all(stack_plan.problem for stack_plan in planned):
        raise next(iter(problems.values()))


def confirm(app: App, stacks: str, *, approves: str = "") -> None:
    """Returns after the answer yes; `approves` is the step whose hold ends with it. Raises Refused."""
    app.terminal.require_user("pass --yes to apply without asking")
    hold = f", and approve the hold at {approves}" if approves else ""
    answer = app.terminal.ask(f"Apply this to {stacks}{hold}? Type yes to go on: ")
    if answer.lower() != "yes":
        raise Declined("not applied: the answer was not yes", hint="nothing was changed")
