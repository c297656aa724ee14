"""The plans of stacks with migrations: what the next apply would do, and what no migration does yet."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..api.planning import Planned, Planner, not_planned
from ..core.plan import Refusal
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError
from ..kinds import KINDS
from ..live.worker_threads import WorkerThreads
from ..migrations.apply.checks import pending_files, refuse_edited
from ..migrations.apply.journal import RunJournal, journal_of
from ..migrations.apply.pending import Pending, PendingFinder
from ..migrations.apply.source import FolderSource
from ..migrations.files.folder import Folder
from ..migrations.migration import Migration
from ..render.notes import HAZARDS_NOTE
from ..run.lock.record import RunRecord
from ..run.migration_run import LEFT
from ..run.workflow import Cloud, StackPlan, plan, plan_each
from ..spec import BrokenSpec
from .connect import Connections
from .context import App
from .dns import dns_of
from .locks import lock_manager_of
from .old_stacks import with_old_stacks
from .options import migrations_flags
from .plans import planned, reading_plans, reading_stacks, retry_command

IDLE = "every file is applied."
DRIFTED = "Every file is applied, but AWS does not match the files."
BEYOND = "Every file is applied, but the spec wants something else."
HELD = "a hold comes next."
WAITING = "a hold waits for approval."


def previews(app: App, entries: Sequence[Stack | BrokenSpec], base: str) -> list[Planned]:
    """A plan for each stack, in their order: by its migrations where it has some; or why there is none."""
    named = folders_of([entry for entry in entries if isinstance(entry, Stack)], base)
    plain = [entry for entry in entries if isinstance(entry, BrokenSpec) or entry.name not in named]
    by_spec = with_old_stacks(app, with_folders_checked(app, planned(app, plain, by_specs(app)), base)) if plain else []
    by_files = _previews(app, [entry for entry in entries if isinstance(entry, Stack) and entry.name in named], base)
    plans = (replace(stack_plan, undo=("--rollback",)) for stack_plan in by_spec)
    files = iter(by_files)
    return [next(files) if isinstance(entry, Stack) and entry.name in named else next(plans) for entry in entries]


def by_specs(app: App) -> Planner:
    """Plans by the specs alone, and asks DNS whether their zones are delegated."""
    return lambda cloud, stacks: plan_each(cloud, stacks, KINDS, dns=dns_of(app))


def plan_specs(cloud: Cloud, stacks: Sequence[Stack], *, deep: bool = False) -> list[StackPlan]:
    """Plans by the specs alone. `deep` reads the whole account."""
    return plan_each(cloud, stacks, KINDS, deep=deep)


def _previews(app: App, stacks: Sequence[Stack], base: str) -> list[Planned]:
    """The plans of stacks with migrations, which are read side by side."""
    if not stacks:
        return []
    clouds = Connections(app, stacks)
    with reading_stacks(app, stacks, clouds), WorkerThreads(min(len(stacks), app.options.parallel)) as threads:
        return threads.map(lambda stack: _preview(app, clouds, stack, base), stacks)


def _preview(app: App, clouds: Connections, stack: Stack, base: str) -> Planned:
    try:
        return _preview_of_files(app, clouds, stack, base)
    except ElbplanError as problem:
        return not_planned(stack, problem, plan_specs)


def _preview_of_files(app: App, clouds: Connections, stack: Stack, base: str) -> Planned:
    """What is pending in the files; where every file is applied, what the spec wants beyond them."""
    source = FolderSource(Folder.of(stack.name, base))
    migrations = source.read()
    cloud = clouds.cloud_of(stack)
    began = time.monotonic()
    journal = _journal(app, cloud, stack)
    refuse_edited(source, migrations, journal, ())
    pending = PendingFinder(cloud, stack, journal, time.time(), approve=True, dns=dns_of(app)).next(migrations)
    shown = plan(cloud, [stack], KINDS, dns=dns_of(app))[0] if pending.done and pending.uncovered else pending.plan
    seconds = time.monotonic() - began
    idle = IDLE if not pending.hold else WAITING if pending.reached and pending.seconds is None else HELD
    place = (stack.file, *migrations_flags(base))
    notes = tuple(_notes(pending, migrations, lambda verb, *flags: f"`{retry_command(app, verb, place, *flags)}`"))
    back = pending.migration.number - 1 if pending.migration else 0
    undo = ("--to", f"{back:04d}") if back else ()
    return Planned(
        shown, cloud, seconds, stack, lambda cloud, group: [shown], notes, idle, _undone(pending), undo,
        tuple(_blocked(pending, migrations)),
    )  # fmt: skip


def _journal(app: App, cloud: Cloud, stack: Stack) -> RunJournal:
    """What earlier runs recorded; nothing where they cannot be read."""
    with contextlib.suppress(AwsProblem):
        return journal_of(lock_manager_of(app, cloud).ledger.read_for_display(stack.name))
    return RunJournal()


def _undone(pending: Pending) -> str:
    """What is left to do although no file has a step: AWS does not match the files, or the files the spec."""
    if not pending.done:
        return ""
    if pending.drift:
        return DRIFTED
    return BEYOND if pending.uncovered else ""


def _notes(pending: Pending, migrations: Sequence[Migration], command: Callable[..., str]) -> Iterator[tuple[str, str]]:
    last = migrations[-1]
    if migration := pending.migration:
        steps = len(migration.entries)
        hold = f", up to the hold at {pending.place}" if pending.hold else ""
        later = last.number - migration.number
        more = f"; then {later} more file{'s' if later > 1 else ''}" if later else ""
        yield "File", f"{migration.file}: {steps - pending.entry} of {steps} steps to do{hold}{more}"
        if pending.approved:
            place = pending.place_of(pending.approved[1])
            yield "Hold", f"{place} waits for approval; {command('apply', '--approve')} goes on with these steps"
        yield from _hazards(pending, migrations)
    elif pending.uncovered:
        save = command("plan", "--save", "NAME")
        yield "File", f"none yet: {save} writes the next after {last.id}; until then apply refuses"
    for difference in pending.drift:
        yield "Drift", f"{difference.text} (apply leaves it)"
    if pending.drift:
        revert, accept = command("apply", "--revert-drift"), command("accept-drift")
        yield "Drift", f"{revert} changes it back; {accept} writes it into a file"


def _hazards(pending: Pending, migrations: Sequence[Migration]) -> Iterator[tuple[str, str]]:
    if names := _blocked(pending, migrations):
        yield HAZARDS_NOTE, f"{', '.join(names)}; elbplan lint shows where, and the safe form"


def _blocked(pending: Pending, migrations: Sequence[Migration]) -> list[str]:
    """The hazards of pending files that no file allows, each once."""
    if not pending.migration:
        return []
    findings = [finding for file in pending_files(pending, migrations) for finding in file.hazards]
    return list(dict.fromkeys(finding.hazard.name for finding in findings if not finding.allowed))


def folders_of(stacks: Sequence[Stack], base: str) -> set[str]:
    """The names of the stacks that have a folder with migrations here."""
    return {stack.name for stack in stacks if os.path.isdir(os.path.join(base, stack.name))}


def with_folders_checked(app: App, plans: Sequence[Planned], base: str) -> list[Planned]:
    """The plans, with a refusal for a stack whose runs applied migrations, if its folder is not found.

    A person may stand in another folder. Where the records cannot be read, nothing is known, and nothing is refused.
    Runs without a migration (drift reverted, a destroy that failed) change nothing; `apply --no-migrations` does.
    """
    changing = [each for each in plans if not each.problem and not each.plan.empty and each.plan.lives]
    if not changing:
        return list(plans)
    with reading_plans(app, changing), WorkerThreads(min(len(changing), app.options.parallel)) as threads:
        checked = threads.map(lambda each: _with_folder_checked(app, each, base), changing)
    known = {each.plan.stack: each for each in checked}
    return [known.get(each.plan.stack, each) for each in plans]


def _with_folder_checked(app: App, stack_plan: Planned, base: str) -> Planned:
    plan = stack_plan.plan
    with contextlib.suppress(AwsProblem):
        records = lock_manager_of(app, stack_plan.cloud).ledger.read_for_display(plan.stack)
        last = next((run for run in reversed(records) if run.file or run.mode == LEFT), None)
        if last and last.file:
            refusals = (*plan.refusals, _no_folder(plan.stack, last, base))
            return replace(stack_plan, plan=replace(plan, refusals=refusals))
    return stack_plan


def _no_folder(stack: str, run: RunRecord, base: str) -> Refusal:
    place = os.path.abspath(os.path.join(base, stack))
    found = "is a file, not a folder" if os.path.exists(place) else "does not exist"
    what = f"{stack}: run {run.number} applied the migration {run.file}, and {place} {found}"
    hint = "go where that folder is, or pass --migrations DIR; apply --no-migrations leaves migrations for good"
    return Refusal(what, hint)
