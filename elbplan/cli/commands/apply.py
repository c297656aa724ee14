"""elbplan apply: make AWS as the spec says, in an order that never drops a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import click

from ...core.stack import Stack
from ...errors import Declined, ElbplanError, Interrupted, UsageProblem
from ...kinds import KINDS
from ...migrations.apply.modes import ApplyMode
from ...migrations.apply.options import ApplyOptions, Approval
from ...migrations.apply.source import FolderSource
from ...migrations.files.folder import Folder
from ...run.migration_run import LEFT, MigrationRun
from ...run.workflow import plan_back_each, plan_each
from ..context import App
from ..dns import dns_of
from ..errors import report_failure, worst
from ..execution import run_all
from ..group import HelpFirstCommand
from ..hazard_flags import AllowedHazards, hazard_names
from ..migration_runs import MigrationConsole
from ..old_stacks import with_old_stacks
from ..options import DEFAULT_PATHS, migrations_dir, migrations_flags, shared, stacks_or_paths
from ..pending_plans import folders_of, with_folders_checked
from ..plan_screens import confirm, raise_if_all_fail, show_plans
from ..plans import Planner, allow_flags, command_with_allow, ending_of, planned, retry_command
from ..reports import write_runs
from ..select import specs_of
from ..verification import AnswerCheck

EXAMPLES = (
    "elbplan apply specs/web.yaml            show the plan, ask, apply it",
    "elbplan apply specs/web.yaml --yes      without asking, for scripts",
    "elbplan apply --sandbox specs/web.yaml  without an AWS account",
)


@click.command(
    cls=HelpFirstCommand,
    name="apply",
    examples=EXAMPLES,
    help="Make AWS match the spec. You may interrupt it at any time and run it again.",
)
@stacks_or_paths
@click.option("-y", "--yes", "--auto-approve", "yes", is_flag=True, help="Do not ask.")
@click.option("--allow", multiple=True, metavar="HAZARD", help="Allow these hazards by name: route-removed,extra-cost.")
@click.option("--rollback", is_flag=True, help="Without migrations: undo a change that has not switched traffic.")
@click.option("--to", metavar="NNNN", help="With migrations: up to the end of this file, or back to it.")
@click.option("--approve", is_flag=True, help="With migrations: end the hold that waits for approval, and go on.")
@click.option("--retry", is_flag=True, help="With migrations: apply a rolled-back migration again.")
@click.option(
    "--direct",
    is_flag=True,
    help="With migrations, in a new environment: create the end state of the last file at once.",
)
@click.option("--revert-drift", is_flag=True, help="With migrations: first revert drift.")
@migrations_dir
@click.option(
    "--no-migrations", "leave", is_flag=True, help="Apply the spec alone; from then on the stack has no migrations."
)
@click.option("--no-verify", "unverified", is_flag=True, help="Do not check afterwards whether the stack answers.")
@click.option("--detail", is_flag=True, help="Show every step before the question.")
@click.option("--report", metavar="FILE", help="Write a page of what was done, with the time of each step.")
@shared
@click.pass_obj
def command(app: App, /, paths: tuple[str, ...], report: str | None, **words: Any) -> int:
    """Applies, and then writes the page of what it did, also after a failure."""
    try:
        return _apply(app, paths, **words)
    finally:
        if report and app.results:
            write_runs(app, app.results, report)


def _apply(app: App, paths: tuple[str, ...], **words: Any) -> int:
    """Apply migrations for stacks that have a folder of them, and the spec for all others."""
    chosen = ApplyChoices(**{**words, "allow": hazard_names(words["allow"])})
    every = specs_of(app, paths)
    with_folder = set() if chosen.leave else folders_of(every, chosen.base)
    if (chosen.needs_migrations and not with_folder) or (chosen.rollback and with_folder):
        options = "--to, --approve, --retry, --direct and --revert-drift"
        what = f"{options} are for stacks with migrations, --rollback is for stacks without"
        raise UsageProblem(what, hint="with migrations, --to NNNN also rolls back")
    by_files = [stack for stack in every if stack.name in with_folder]
    for stack in by_files if len(every) > 1 else ():
        FolderSource(Folder.of(stack.name, chosen.base)).read()  # a wrong file stops every write
    codes = [_by_migrations(app, stack, paths, chosen, alone=len(every) == 1) for stack in by_files]
    stacks = [stack for stack in every if stack.name not in with_folder]
    return worst([*codes, _by_specs(app, stacks, paths, chosen)] if stacks else codes)


@dataclass(frozen=True)
class ApplyChoices:
    """The options of the command line.

    base        the folder of all migrations
    leave       --no-migrations
    unverified  --no-verify
    """

    yes: bool
    allow: tuple[str, ...]
    rollback: bool
    to: str | None
    approve: bool
    retry: bool
    direct: bool
    revert_drift: bool
    base: str
    leave: bool
    unverified: bool
    detail: bool

    @property
    def needs_migrations(self) -> bool:
        """An option was given that only a stack with migrations has."""
        return bool(self.to or self.approve or self.retry or self.direct or self.revert_drift)

    def check(self, app: App, paths: tuple[str, ...]) -> AnswerCheck | None:
        """The check after the run. A rollback ends where the stack was before, so that it is not checked."""
        return None if self.unverified or self.rollback else AnswerCheck(app, paths)

    @property
    def flags(self) -> tuple[str, ...]:
        """The options that the same command needs to continue an unfinished run, besides --allow."""
        rollback = ("--rollback",) if self.rollback else ()
        to = ("--to", self.to) if self.to else ()
        direct = ("--direct",) if self.direct else ()
        leave = ("--no-migrations",) if self.leave else ()
        return (*rollback, *to, *direct, *leave, *migrations_flags(self.base))

    @property
    def options(self) -> ApplyOptions:
        """What the executor of migrations gets. A person who is asked approves with the same yes."""
        approval: Approval = "required" if self.approve else "refused" if self.yes else "if-waiting"
        return ApplyOptions(self.allow, not self.yes, approval, self.retry, covers_spec=self.to is None)


def _by_migrations(app: App, stack: Stack, paths: tuple[str, ...], chosen: ApplyChoices, *, alone: bool) -> int:
    """Applies the migrations of one stack. Its problems do not stop the other stacks, but the answer no does."""
    try:
        return _apply_migrations(app, stack, paths, chosen)
    except (Declined, Interrupted):
        raise
    except ElbplanError as problem:
        if alone:
            raise
        return report_failure(app, problem)


def _apply_migrations(app: App, stack: Stack, paths: tuple[str, ...], chosen: ApplyChoices) -> int:
    flags = (*chosen.flags, *allow_flags(chosen.allow))
    check = chosen.check(app, paths)
    console = MigrationConsole(app, stack, paths, chosen.yes, chosen.detail, chosen.base, flags, check)
    executor = console.executor(FolderSource(Folder.of(stack.name, chosen.base)), chosen.options)
    result = ApplyMode(chosen.to, chosen.direct, chosen.revert_drift).run(executor)
    return console.end(executor, result)


def _planner(app: App, rollback: bool) -> Planner:
    if rollback:
        return lambda cloud, group: plan_back_each(cloud, group, KINDS)
    return lambda cloud, group: plan_each(cloud, group, KINDS, dns=dns_of(app))


def _by_specs(app: App, stacks: Sequence[Stack], paths: tuple[str, ...], chosen: ApplyChoices) -> int:
    planner = AllowedHazards(_planner(app, chosen.rollback), chosen.allow)
    plans = planned(app, stacks, planner)
    raise_if_all_fail(plans)
    if not chosen.leave:
        plans = with_folders_checked(app, plans, chosen.base)
    plans = with_old_stacks(app, plans)
    pending = [stack_plan for stack_plan in plans if stack_plan.runnable]
    asking = bool(pending) and not chosen.yes
    shown = [stack_plan for stack_plan in plans if stack_plan.runnable or stack_plan.code]
    if shown and (not app.options.json or (asking and app.terminal.can_ask)):
        allowed = planner.allows(stack_plan.plan for stack_plan in pending)
        next = "" if allowed else command_with_allow(app, "apply", paths, pending, *chosen.flags)
        undo = () if chosen.rollback or chosen.leave else ("--rollback",)
        shown = [replace(stack_plan, undo=undo) for stack_plan in shown]
        specs = paths or DEFAULT_PATHS
        show_plans(app, "apply", shown, app.terminal.stderr, detail=chosen.detail, next=next, paths=specs)
    planner.check(stack_plan.plan for stack_plan in pending)
    if asking:
        confirm(app, ", ".join(stack_plan.plan.stack for stack_plan in pending))
    planner.agreed = True
    agreed = [stack_plan.plan.stack for stack_plan in plans] if chosen.yes else []
    run = MigrationRun("", "", LEFT) if chosen.leave else None
    ending = ending_of(app, "apply", paths, *chosen.flags, *allow_flags(chosen.allow))
    if not chosen.rollback and not chosen.leave:
        ending = replace(ending, rollback_command=retry_command(app, "apply", paths, "--rollback"))
    return run_all(app, plans, ending, agreed=agreed, migration=run, check=chosen.check(app, paths))
