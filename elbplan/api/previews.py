"""The plans of stacks with migrations: what the next apply would do, and what no migration does yet."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..core.plan import Refusal
from ..core.stack import Stack
from ..errors import AwsProblem, ElbplanError
from ..kinds import KINDS
from ..live.delegation import ZoneDns
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
from ..run.quota_check import with_validity
from ..run.workflow import Cloud, StackPlan, plan, plan_each
from .connections import Connections
from .planning import Planned, Planner, not_planned

IDLE = "every file is applied."
DRIFTED = "Every file is applied, but AWS does not match the files."
BEYOND = "Every file is applied, but the spec wants something else."
HELD = "a hold comes next."
WAITING = "a hold waits for approval."

Records = Callable[[Cloud, str], Sequence[RunRecord]]
"""Reads the run records of a stack, for display. Raises AwsProblem."""

CommandLine = Callable[..., str]
"""Returns a command by its verb and its options."""


def by_specs(dns: ZoneDns | None) -> Planner:
    """Plans by the specs alone, and asks DNS whether their zones are delegated."""
    return lambda cloud, stacks: plan_each(cloud, stacks, KINDS, dns=dns)


def plan_specs(cloud: Cloud, stacks: Sequence[Stack], *, deep: bool = False) -> list[StackPlan]:
    """Plans by the specs alone. `deep` reads the whole account."""
    return plan_each(cloud, stacks, KINDS, deep=deep)


@dataclass(frozen=True)
class Previewer:
    """Plans stacks by their migrations.

    base      the folder of all migrations
    parallel  the stacks that are read at the same time
    dns       says whether hosted zones are delegated; None: nobody is asked
    command   returns a command for a spec: its verb, the spec, and options
    """

    base: str
    parallel: int
    dns: ZoneDns | None
    records: Records
    command: Callable[..., str]

    def previews(self, clouds: Connections, stacks: Sequence[Stack]) -> list[Planned]:
        """The plans of stacks with migrations, which are read side by side."""
        with WorkerThreads(min(len(stacks), self.parallel)) as threads:
            return threads.map(lambda stack: self._preview(clouds, stack), stacks)

    def _preview(self, clouds: Connections, stack: Stack) -> Planned:
        try:
            return self._preview_of_files(clouds, stack)
        except ElbplanError as problem:
            return not_planned(stack, problem, plan_specs)

    def _preview_of_files(self, clouds: Connections, stack: Stack) -> Planned:
        """What is pending in the files; where every file is applied, what the spec wants beyond them."""
        source = FolderSource(Folder.of(stack.name, self.base))
        migrations = source.read()
        cloud = clouds.cloud_of(stack)
        began = time.monotonic()
        journal = self._journal(cloud, stack)
        refuse_edited(source, migrations, journal, ())
        pending = PendingFinder(cloud, stack, journal, time.time(), approve=True, dns=self.dns).next(migrations)
        by_spec = pending.done and pending.uncovered
        shown = plan(cloud, [stack], KINDS, dns=self.dns)[0] if by_spec else with_validity(pending.plan, time.time())
        seconds = time.monotonic() - began
        idle = IDLE if not pending.hold else WAITING if pending.reached and pending.seconds is None else HELD
        notes = tuple(_notes(pending, migrations, lambda verb, *flags: f"`{self.command(verb, stack.file, *flags)}`"))
        back = pending.migration.number - 1 if pending.migration else 0
        undo = ("--to", f"{back:04d}") if back else ()
        return Planned(
            shown, cloud, seconds, stack, lambda cloud, group: [shown], notes, idle, _undone(pending), undo,
            tuple(_blocked(pending, migrations)),
        )  # fmt: skip

    def _journal(self, cloud: Cloud, stack: Stack) -> RunJournal:
        """What earlier runs recorded; nothing where they cannot be read."""
        with contextlib.suppress(AwsProblem):
            return journal_of(self.records(cloud, stack.name))
        return RunJournal()

    def with_folders_checked(self, plans: Sequence[Planned]) -> list[Planned]:
        """The plans, with a refusal for a stack whose runs applied migrations, if its folder is not found.

        A program may stand in another folder. Where the records cannot be read, nothing is known, and nothing is
        refused. Runs without a migration (drift reverted, a destroy that failed) change nothing; `apply
        --no-migrations` does.
        """
        changing = [each for each in plans if is_changing(each)]
        if not changing:
            return list(plans)
        with WorkerThreads(min(len(changing), self.parallel)) as threads:
            checked = threads.map(self._with_folder_checked, changing)
        known = {each.plan.stack: each for each in checked}
        return [known.get(each.plan.stack, each) for each in plans]

    def _with_folder_checked(self, stack_plan: Planned) -> Planned:
        plan = stack_plan.plan
        with contextlib.suppress(AwsProblem):
            records = self.records(stack_plan.cloud, plan.stack)
            last = next((run for run in reversed(records) if run.file or run.mode == LEFT), None)
            if last and last.file:
                refusals = (*plan.refusals, _no_folder(plan.stack, last, self.base))
                return replace(stack_plan, plan=replace(plan, refusals=refusals))
        return stack_plan


def is_changing(stack_plan: Planned) -> bool:
    """True if AWS has something of the stack, and the plan changes it."""
    return not stack_plan.problem and not stack_plan.plan.empty and bool(stack_plan.plan.lives)


def _undone(pending: Pending) -> str:
    """What is left to do although no file has a step: AWS does not match the files, or the files the spec."""
    if not pending.done:
        return ""
    if pending.drift:
        return DRIFTED
    return BEYOND if pending.uncovered else ""


def _notes(pending: Pending, migrations: Sequence[Migration], command: CommandLine) -> Iterator[tuple[str, str]]:
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


def _no_folder(stack: str, run: RunRecord, base: str) -> Refusal:
    place = os.path.abspath(os.path.join(base, stack))
    found = "is a file, not a folder" if os.path.exists(place) else "does not exist"
    what = f"{stack}: run {run.number} applied the migration {run.file}, and {place} {found}"
    hint = "go where that folder is, or pass --migrations DIR; apply --no-migrations leaves migrations for good"
    return Refusal(what, hint)
