"""elbplan apply: make AWS as the spec says, in an order that never drops a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import click

from ...core.stack import Stack
from ...errors import Refused, UsageProblem
from ...kinds import KINDS
from ...migrations.files.folder import Folder
from ...run.migration_run import LEFT, MigrationRun
from ...run.workflow import plan, plan_back
from ..apply_checks import files_of, folders_of, refuse_without_folder
from ..context import App
from ..execution import SEVERITY, run_all
from ..group import HelpFirstCommand
from ..hazard_flags import AllowedHazards, hazard_names
from ..migration_executor import MigrationExecutor
from ..migration_modes import roll_back, run_in_mode
from ..options import paths, shared
from ..plan_screens import show_plans
from ..plans import Planned, ending_of, planned, stacks_of

EXAMPLES = (
    "elbplan apply specs/web.yaml            show the plan, ask, do it",
    "elbplan apply specs/web.yaml --yes      without asking, for scripts",
    "elbplan apply --sandbox specs/web.yaml  without an AWS account",
)


@click.command(
    cls=HelpFirstCommand,
    name="apply",
    examples=EXAMPLES,
    help="Make AWS as the spec says. May be interrupted at any point and run again.",
)
@paths
@click.option("-y", "--yes", "--auto-approve", "yes", is_flag=True, help="Do not ask.")
@click.option(
    "--allow", multiple=True, metavar="HAZARD", help="Do it in spite of these hazards: route-removed,extra-cost."
)
@click.option("--rollback", is_flag=True, help="Go back to what serves now, after a change that did not switch.")
@click.option("--to", metavar="NNNN", help="With migrations: up to this file, or back to its end.")
@click.option("--retry", is_flag=True, help="With migrations: once more what was taken back.")
@click.option("--direct", is_flag=True, help="With migrations, where nothing is yet: to the last file's end at once.")
@click.option("--revert-drift", is_flag=True, help="With migrations: first put back what was changed by hand.")
@click.option("--migrations", "base", default="migrations", metavar="DIR", help="Where migrations lie (migrations).")
@click.option("--no-migrations", "leave", is_flag=True, help="Go by the spec alone, and leave migrations for good.")
@click.option("--detail", is_flag=True, help="Show every step before asking.")
@shared
@click.pass_obj
def command(app: App, /, paths: tuple[str, ...], **words: Any) -> int:
    """By files where a stack has some; else plan, ask, run, all from one look at AWS."""
    said = ApplyOptions(**{**words, "allow": hazard_names(words["allow"])})
    every = stacks_of(app, paths)
    filed = set() if said.leave else folders_of(every, said.base)
    if (said.filed and not filed) or (said.rollback and filed):
        what = "--to, --retry, --direct and --revert-drift are for stacks with migrations, --rollback for those without"
        raise UsageProblem(what, hint="with migrations, --to NNNN goes back too")
    worst = 0
    for stack in every:
        if stack.name in filed:
            worst = max(worst, _by_files(app, stack, paths, said), key=SEVERITY.index)
    stacks = [stack for stack in every if stack.name not in filed]
    return max(worst, _by_specs(app, stacks, paths, said), key=SEVERITY.index) if stacks else worst


@dataclass(frozen=True)
class ApplyOptions:
    """What was said on the command line."""

    yes: bool
    allow: tuple[str, ...]
    rollback: bool
    to: str | None
    retry: bool
    direct: bool
    revert_drift: bool
    base: str
    leave: bool
    detail: bool

    @property
    def filed(self) -> bool:
        """Was something said that only stacks with migrations understand?"""
        return bool(self.to or self.retry or self.direct or self.revert_drift)


def _by_files(app: App, stack: Stack, paths: tuple[str, ...], said: ApplyOptions) -> int:
    folder = Folder.of(stack.name, said.base)
    ask = None if said.yes else (lambda them: _ask(app, them))
    whole = said.to is None
    filed = MigrationExecutor(
        app,
        stack,
        folder,
        files_of(folder),
        paths,
        said.allow,
        said.detail,
        ask,
        whole,
        said.retry,
        roll_back=roll_back,
    )
    return run_in_mode(filed, said.to, straight=said.direct, mend=said.revert_drift)


def _by_specs(app: App, stacks: Sequence[Stack], paths: tuple[str, ...], said: ApplyOptions) -> int:
    draw = plan_back if said.rollback else plan
    planner = AllowedHazards(lambda cloud, group: draw(cloud, group, KINDS), said.allow)
    them = planned(app, stacks, planner)
    pending = [one for one in them if not one.plan.empty]
    asking = bool(pending) and not said.yes
    if pending and (not app.options.json or (asking and app.terminal.can_ask)):
        show_plans(app, "apply", pending, app.terminal.stderr, detail=said.detail)
    planner.check(one.plan for one in pending)
    if not said.leave:
        refuse_without_folder(app, pending, said.base)
    if asking:
        _ask(app, pending)
    planner.agreed = True
    agreed = [one.plan.stack for one in them] if said.yes else []
    aim = MigrationRun("", "", LEFT) if said.leave else None
    return run_all(app, them, ending_of(app, "apply", paths), agreed=agreed, aim=aim)


def _ask(app: App, them: Sequence[Planned]) -> None:
    """Returns after a yes. Raises Refused."""
    if not app.terminal.can_ask:
        raise Refused("nobody is there to say yes: stdin is not a terminal", hint="pass --yes to apply without asking")
    names = ", ".join(one.plan.stack for one in them)
    answer = app.terminal.ask(f"Apply this to {names}? Type yes to go on: ")
    if answer.lower() != "yes":
        raise Refused("not applied: the answer was not yes", hint="nothing was changed")
