"""plan for a stack that is changed by files: what the next apply would do, and what no file does yet."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import AwsProblem
from ..kinds import KINDS
from ..migrations.apply.journal import RunJournal, journal_of
from ..migrations.apply.pending import Pending, PendingFinder
from ..migrations.files.folder import Folder
from ..migrations.lint.lint import LiveFacts, blocking
from ..migrations.migration import Migration
from ..render.plan import HAZARDS_NOTE
from ..run.workflow import Cloud, plan
from .apply_checks import files_of, folders_of, refuse_edited, refuse_without_folder
from .context import App
from .locks import lock_manager_of
from .plans import Planned, planned

IDLE = "every file is applied."
DRIFTED = "Every file is applied, but AWS is not as the files say."
BEYOND = "Every file is applied, but the spec wants something else."
HELD = "a hold comes next."


def previews(app: App, stacks: Sequence[Stack], base: str) -> list[Planned]:
    """A plan for each stack, in their order: by its files where it has some. Raises SpecProblem, Refused."""
    named = folders_of(stacks, base)
    filed = [stack for stack in stacks if stack.name in named]
    plain = [stack for stack in stacks if stack not in filed]
    found = planned(app, plain, lambda cloud, group: plan(cloud, group, KINDS)) if plain else []
    refuse_without_folder(app, [one for one in found if not one.plan.empty], base)
    found += [_preview(app, stack, base) for stack in filed]
    return sorted(found, key=lambda one: stacks.index(one.stack))


def _preview(app: App, stack: Stack, base: str) -> Planned:
    """What is next of the files; where every file is done, what the spec wants beyond them."""
    folder = Folder.of(stack.name, base)
    migrations = files_of(folder)
    seen: list[Pending] = []

    def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
        told = RunJournal()
        with contextlib.suppress(AwsProblem):  # who may only read AWS may still see the plan
            told = journal_of(lock_manager_of(app, cloud).ledger.read(stack.name))
        refuse_edited(folder, migrations, told, ())
        pending = PendingFinder(cloud, stack, KINDS, told, time.time(), begin=True).next(migrations)
        seen.append(pending)
        return plan(cloud, group, KINDS) if pending.done and pending.beyond else [pending.plan]

    (one,) = planned(app, [stack], planner)
    notes = tuple(_notes(seen[-1], migrations))
    return replace(one, notes=notes, idle=HELD if seen[-1].hold else IDLE, undone=_undone(seen[-1]))


def _undone(pending: Pending) -> str:
    """What is left although no file has a step to do: AWS is not as the files say, or the spec is not."""
    if not pending.done:
        return ""
    if pending.drift:
        return DRIFTED
    return BEYOND if pending.beyond else ""


def _notes(pending: Pending, migrations: Sequence[Migration]) -> Iterator[tuple[str, str]]:
    last = migrations[-1]
    if migration := pending.migration:
        steps = len(migration.entries)
        hold = f", up to the hold at {pending.place}" if pending.hold else ""
        later = last.number - migration.number
        more = f"; then {later} more file{'s' if later > 1 else ''}" if later else ""
        yield "File", f"{migration.file}: {steps - pending.entry} of {steps} steps to do{hold}{more}"
        yield from _hazards(pending, migration)
    elif pending.beyond:
        yield "File", f"none yet: elbplan plan --save NAME keeps this behind {last.id}; until then apply refuses"
    for gap in pending.drift:
        yield "By hand", f"{gap.text} (left as it is)"
    if pending.drift:
        yield "Next", "elbplan apply --revert-drift puts it back; elbplan accept-drift keeps it, in a file"


def _hazards(pending: Pending, migration: Migration) -> Iterator[tuple[str, str]]:
    seen = LiveFacts(children=pending.children)
    found = {one.hazard.name: None for one in blocking(migration, (), seen) if one.step >= pending.entry}
    if found:
        yield HAZARDS_NOTE, f"{', '.join(found)}; elbplan lint says where, and the safe form"
