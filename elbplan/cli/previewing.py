"""plan for a stack that is changed by files: what the next apply would do, and what no file does yet."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from ..core.stack import Stack
from ..errors import AwsProblem
from .app import App
from .locking import keeper_of
from .planning import Planned, planned
from .refusing import files_of, refuse_edited
from .unfiled import WithoutFiles, has_files, refuse_leaving

if TYPE_CHECKING:
    from ..core.plan import Plan
    from ..history.lint import Finding
    from ..history.migration import Migration
    from ..history.pending import Pending
    from ..history.store import Folder
    from ..history.told import Told
    from ..run.workflow import Cloud

IDLE = "Nothing to do: every file is applied, and AWS is as the spec says."
HELD = "A hold comes next."
DIFFERS = "No file is pending, but AWS is not as the spec says."
UNFILED = "AWS is as the spec says, but no file leads there."


def previews(app: App, stacks: Sequence[Stack], base: str, *, leaving: bool = False) -> list[Planned]:
    """A plan for each stack, in their order: by its files where it has some. Raises SpecProblem, Refused."""
    from ..kinds import KINDS
    from ..run.workflow import plan

    filed = [stack for stack in stacks if has_files(stack, base)]
    if leaving:
        refuse_leaving([stack.name for stack in filed], base)
    plain = [stack for stack in stacks if stack not in filed]
    spec_alone = WithoutFiles(app, base, lambda cloud, group: plan(cloud, group, KINDS), leaving)
    found = planned(app, plain, spec_alone) if plain else []
    found += [Preview(app, stack, base).planned() for stack in filed]
    return sorted(found, key=lambda one: stacks.index(one.stack))


@dataclass
class Preview:
    """What is next of one stack's files; where every file is done, what the spec wants beyond them."""

    app: App
    stack: Stack
    base: str

    def planned(self) -> Planned:
        """The plan, with what the files say of it. Raises SpecProblem, Refused."""
        from ..history.store import Folder

        folder = Folder.of(self.stack.name, self.base)
        migrations = files_of(folder)
        looks: list[tuple[Pending, Told]] = []

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            looks.append(self._look(cloud, folder, migrations))
            return [self._plan(cloud, looks[-1][0])]

        (one,) = planned(self.app, [self.stack], planner)
        pending, told = looks[-1]
        found = findings_ahead(pending)
        notes = [*_notes(pending, migrations, told), *_hazards(found), *_differences(one, pending)]
        hazards = tuple(finding.hazard for finding in found)
        return replace(one, notes=notes, idle=_idle(pending), hazards=hazards, next=_next(one, pending))

    def _look(self, cloud: Cloud, folder: Folder, migrations: Sequence[Migration]) -> tuple[Pending, Told]:
        from ..history.pending import Looker
        from ..history.told import Told, told_of
        from ..kinds import KINDS

        told = Told()
        with contextlib.suppress(AwsProblem):  # who may only read AWS may still see the plan
            told = told_of(keeper_of(self.app, cloud).ledger.read(self.stack.name))
        refuse_edited(folder, migrations, told, ())
        return Looker(cloud, self.stack, KINDS, told, time.time(), begin=True).next(migrations), told

    def _plan(self, cloud: Cloud, pending: Pending) -> Plan:
        from ..kinds import KINDS
        from ..run.workflow import plan

        return plan(cloud, [self.stack], KINDS)[0] if pending.done and pending.beyond else pending.plan


def findings_ahead(pending: Pending) -> list[Finding]:
    """The hazards of what a file is still to do, those that are taken on purpose as well."""
    from ..history.lint import Seen, findings
    from ..kinds import KINDS

    if pending.migration is None:
        return []
    found = findings(pending.migration, KINDS, Seen(children=pending.children))
    return [one for one in found if one.step >= pending.entry]


def _idle(pending: Pending) -> str:
    """What is so if the plan is empty."""
    if not pending.done:
        return HELD if pending.hold else ""
    if pending.beyond:
        return UNFILED
    return DIFFERS if pending.drift else IDLE


def _next(one: Planned, pending: Pending) -> Literal["apply", "save", ""]:
    if not pending.done:
        return "" if pending.beyond else "apply"
    return "save" if pending.beyond and not one.plan.empty else ""


def _notes(pending: Pending, migrations: Sequence[Migration], told: Told) -> Iterator[tuple[str, str]]:
    last = migrations[-1]
    if migration := pending.migration:
        steps = len(migration.entries)
        hold = f", up to the hold at {pending.place}" if pending.hold else ""
        later = last.number - migration.number
        more = f"; then {later} more file{'s' if later > 1 else ''}" if later else ""
        yield "File", f"{migration.file}: {steps - pending.entry} of {steps} steps to do{hold}{more}"
        if run := told.taken_back(migration):
            yield "Taken back", f"run {run} took {migration.id} back: apply refuses it, unless it is edited, or --again"
        for gap in pending.beyond:
            yield "Spec", f"{gap.wish} (in no file: apply refuses; elbplan rebase puts it into the pending file)"
    for gap in pending.drift:
        yield "By hand", f"{gap.text} (left as it is)"


def _differences(one: Planned, pending: Pending) -> Iterator[tuple[str, str]]:
    """Where every file is done and AWS, the files and the spec are not of one mind: the ways on."""
    if not pending.done:
        return
    if pending.beyond and not one.plan.empty:
        yield "File", "none yet: elbplan plan --save NAME keeps it as the next; until then apply refuses"
    elif pending.beyond:
        yield "Next", "elbplan adopt writes the file that leads there"
    elif pending.drift:
        yield "Next", "elbplan apply --revert-drift puts it back, elbplan adopt keeps it"


def _hazards(found: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    blocking = {one.hazard.name: None for one in found if not one.lifted}
    taken = {one.hazard.name: None for one in found if one.lifted and one.hazard.name not in blocking}
    if blocking:
        yield "Hazards", f"{', '.join(blocking)}; elbplan lint says where, and the safe form"
    if taken:
        yield "Hazards", f"{', '.join(taken)}: taken on purpose by the file"
