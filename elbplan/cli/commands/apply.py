"""elbplan apply: make AWS as the spec says, in an order that never drops a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from ...api.allowed_hazards import hazard_names
from ...core.stack import Stack
from ...errors import UsageProblem
from ..context import App
from ..execution import run_all
from ..folder_apply import FolderApply
from ..group import HelpFirstCommand
from ..options import migrations_dir, shared, stack_filters, stacks_or_paths
from ..pending_plans import folders_of
from ..plan_screens import confirm, raise_if_all_fail
from ..reports import write_runs
from ..select import specs_of
from ..spec_apply import ApplyChoices, SpecApply, apply_migrations

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
@stack_filters
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
    if len(every) > 1:
        return FolderApply(app, paths, chosen).run(every, with_folder)
    if by_files:
        return apply_migrations(app, by_files[0], paths, chosen)[0]
    return _by_spec(app, every, paths, chosen)


def _by_spec(app: App, stacks: Sequence[Stack], paths: tuple[str, ...], chosen: ApplyChoices) -> int:
    spec_apply = SpecApply(app, paths, chosen)
    plans = spec_apply.plans(stacks)
    raise_if_all_fail(plans)
    pending = [stack_plan for stack_plan in plans if stack_plan.runnable]
    asking = bool(pending) and not chosen.yes
    spec_apply.show(plans, asking=asking)
    spec_apply.check(plans)
    if asking:
        confirm(app, ", ".join(stack_plan.plan.stack for stack_plan in pending))
    spec_apply.agree()
    return run_all(
        app,
        plans,
        spec_apply.ending(),
        agreed=[stack_plan.plan.stack for stack_plan in plans] if chosen.yes else [],
        migration=spec_apply.migration,
        check=chosen.check(app, paths),
    )
