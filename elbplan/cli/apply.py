"""elbplan apply: make AWS as the spec says, in an order that never drops a request."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from ..core.stack import Stack
from ..errors import Refused, UsageProblem
from .allowing import Watched, named
from .app import App
from .lazy import Spoken
from .options import paths, shared
from .planning import Planned, ending_of, planned, stacks_of
from .running import SEVERITY, run_all
from .screens import show_plans

EXAMPLES = (
    "elbplan apply specs/web.yaml            show the plan, ask, do it",
    "elbplan apply specs/web.yaml --yes      without asking, for scripts",
    "elbplan apply --sandbox specs/web.yaml  without an AWS account",
)


@click.command(
    cls=Spoken,
    name="apply",
    examples=EXAMPLES,
    help="Make AWS as the spec says. May be interrupted at any point and run again.",
)
@paths
@click.option("-y", "--yes", "--auto-approve", "yes", is_flag=True, help="Do not ask.")
@click.option("--allow", multiple=True, metavar="HAZARD", help="Do it in spite of these hazards: gone,bill.")
@click.option("--back", is_flag=True, help="Go back to what serves now, after a change that did not switch.")
@click.option("--to", metavar="NNNN", help="With migrations: up to this file, forward only.")
@click.option("--migrations", "base", default="migrations", metavar="DIR", help="Where migrations lie (migrations).")
@click.option("--detail", is_flag=True, help="Show every step before asking.")
@shared
@click.pass_obj
def command(
    app: App,
    paths: tuple[str, ...],
    yes: bool,
    allow: tuple[str, ...],
    back: bool,
    to: str | None,
    base: str,
    detail: bool,
) -> int:
    """By files where a stack has some; else plan, ask, run, all from one look at AWS."""
    allow = named(allow)
    every = stacks_of(app, paths)
    filed = {stack.name for stack in every if os.path.isdir(os.path.join(base, stack.name))}
    if (to and not filed) or (back and filed):
        raise UsageProblem("--to is for stacks with migrations, --back for those without")
    worst = 0
    for stack in every:
        if stack.name in filed:
            worst = max(worst, _by_files(app, stack, base, paths, to, allow, detail, yes), key=SEVERITY.index)
    stacks = [stack for stack in every if stack.name not in filed]
    if not stacks:
        return worst
    return max(worst, _by_specs(app, stacks, paths, yes, allow, back, detail), key=SEVERITY.index)


def _by_files(
    app: App,
    stack: Stack,
    base: str,
    paths: tuple[str, ...],
    to: str | None,
    allow: tuple[str, ...],
    detail: bool,
    yes: bool,
) -> int:
    from ..history.store import Folder
    from .filed import Filed, files_of

    migrations = files_of(Folder.of(stack.name, base), to)
    ask = None if yes else (lambda them: _ask(app, them))
    return Filed(app, stack, migrations, paths, allow, detail, ask, whole=to is None).run()


def _by_specs(
    app: App,
    stacks: Sequence[Stack],
    paths: tuple[str, ...],
    yes: bool,
    allow: tuple[str, ...],
    back: bool,
    detail: bool,
) -> int:
    from ..kinds import KINDS
    from ..run.workflow import plan, plan_back

    draw = plan_back if back else plan
    planner = Watched(lambda cloud, group: draw(cloud, group, KINDS), allow)
    them = planned(app, stacks, planner)
    pending = [one for one in them if not one.plan.empty]
    asking = bool(pending) and not yes
    if pending and (not app.options.json or (asking and app.terminal.asks)):
        show_plans(app, "apply", pending, app.terminal.stderr, detail=detail)
    planner.check(one.plan for one in pending)
    if asking:
        _ask(app, pending)
    planner.agreed = True
    return run_all(app, them, ending_of(app, "apply", paths), agreed=[one.plan.stack for one in them] if yes else [])


def _ask(app: App, them: Sequence[Planned]) -> None:
    """Returns after a yes. Raises Refused."""
    if not app.terminal.asks:
        raise Refused("nobody is there to say yes: stdin is not a terminal", hint="pass --yes to apply without asking")
    names = ", ".join(one.plan.stack for one in them)
    answer = app.terminal.ask(f"Apply this to {names}? Type yes to go on: ")
    if answer.lower() != "yes":
        raise Refused("not applied: the answer was not yes", hint="nothing was changed")
