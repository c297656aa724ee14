"""The plans of stacks with migrations: what the next apply would do, and what no migration does yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..api import previews as api
from ..api.planning import Planned, Planner
from ..api.previews import HELD, Previewer, folders_of, is_changing, plan_specs
from ..core.stack import Stack
from ..spec import BrokenSpec
from .connect import Connections
from .context import App
from .dns import dns_of
from .locks import lock_manager_of
from .old_stacks import with_old_stacks
from .options import migrations_flags
from .plans import planned, reading_plans, reading_stacks, retry_command

__all__ = ["HELD", "by_specs", "folders_of", "plan_specs", "previews", "with_folders_checked"]


def by_specs(app: App) -> Planner:
    """Plans by the specs alone, and asks DNS whether their zones are delegated."""
    return lambda cloud, stacks: api.by_specs(dns_of(app))(cloud, stacks)


def previewer_of(app: App, base: str) -> Previewer:
    """Plans stacks by the migrations in this folder."""
    return Previewer(
        base,
        app.options.parallel,
        dns_of(app),
        lambda cloud, stack: lock_manager_of(app, cloud).ledger.read_for_display(stack),
        lambda verb, file, *flags: retry_command(app, verb, (file, *migrations_flags(base)), *flags),
    )


def previews(app: App, entries: Sequence[Stack | BrokenSpec], base: str) -> list[Planned]:
    """A plan for each stack, in their order: by its migrations where it has some; or why there is none."""
    named = folders_of([entry for entry in entries if isinstance(entry, Stack)], base)
    plain = [entry for entry in entries if isinstance(entry, BrokenSpec) or entry.name not in named]
    by_spec = with_old_stacks(app, with_folders_checked(app, planned(app, plain, by_specs(app)), base)) if plain else []
    by_files = _previews(app, [entry for entry in entries if isinstance(entry, Stack) and entry.name in named], base)
    plans = (replace(stack_plan, undo=("--rollback",)) for stack_plan in by_spec)
    files = iter(by_files)
    return [next(files) if isinstance(entry, Stack) and entry.name in named else next(plans) for entry in entries]


def _previews(app: App, stacks: Sequence[Stack], base: str) -> list[Planned]:
    if not stacks:
        return []
    clouds = Connections(app, stacks)
    with reading_stacks(app, stacks, clouds):
        return previewer_of(app, base).previews(clouds, stacks)


def with_folders_checked(app: App, plans: Sequence[Planned], base: str) -> list[Planned]:
    """The plans, with a refusal for a stack whose runs applied migrations, if its folder is not found."""
    changing = [each for each in plans if is_changing(each)]
    if not changing:
        return list(plans)
    with reading_plans(app, changing):
        return previewer_of(app, base).with_folders_checked(plans)
