"""Plans of new stacks: the old stack stays if the spec was renamed, or is of another region now.

Git knows what the file said before. Without git, the parameter of the old stack may name the same file; another folder
can have a file of that name, so the note then asks. Nothing is read for a stack that AWS has already.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ..api.planning import Planned
from ..errors import ElbplanError
from ..leftovers.old_stacks import read_stack, recorded_stacks
from ..leftovers.specs import same_file
from ..leftovers.stacks import AccountStack
from ..live.worker_threads import WorkerThreads
from ..render.cost import month_note
from .connect import Connections
from .context import App
from .costs import cost_of
from .plans import retry_command
from .spec_history import former_stacks

LABEL = "Stays"


@dataclass(frozen=True)
class OldStack:
    """A name and a region in which the stack of a spec may have been, and whether git says so."""

    name: str
    region: str
    sure: bool


def with_old_stacks(app: App, plans: Sequence[Planned]) -> list[Planned]:
    """The plans; that of a new stack has a note about the old stack that stays. A problem of the look is ignored."""
    names = {stack_plan.stack.name for stack_plan in plans}
    with WorkerThreads(app.options.parallel) as threads:
        return threads.map(lambda plan: _with_old_stack(app, plan, names) if _is_new(plan) else plan, plans)


def _is_new(stack_plan: Planned) -> bool:
    plan, file = stack_plan.plan, stack_plan.stack.file
    return not stack_plan.problem and not plan.lives and bool(plan.desired) and os.path.isfile(file)


def _with_old_stack(app: App, stack_plan: Planned, names: Collection[str]) -> Planned:
    notes = []
    with contextlib.suppress(ElbplanError):
        for old in _candidates(stack_plan, names):
            if stack := _read(app, stack_plan, old):
                notes.append((LABEL, _text(app, stack, old)))
    return replace(stack_plan, notes=(*stack_plan.notes, *notes)) if notes else stack_plan


def _candidates(stack_plan: Planned, names: Collection[str]) -> Iterator[OldStack]:
    """The stacks that git knows; if it knows none, those whose parameter names the same file."""
    stack, region = stack_plan.stack, stack_plan.plan.region
    former = {OldStack(old.name, old.region or region, sure=True) for old in former_stacks(stack.file)}
    sure = {old for old in former if old.name not in names or (old.name == stack.name and old.region != region)}
    yield from sorted(sure, key=lambda old: (old.name, old.region))
    if not sure:
        for name, file in sorted(recorded_stacks(stack_plan.cloud.send).items()):
            if name not in names and same_file(stack.file, file):
                yield OldStack(name, region, sure=False)


def _read(app: App, stack_plan: Planned, old: OldStack) -> AccountStack | None:
    here = old.region == stack_plan.plan.region
    clouds = Connections(app, [stack_plan.stack])
    cloud = stack_plan.cloud if here else clouds.reach(replace(clouds.place(stack_plan.stack), region=old.region))
    return read_stack(cloud.send, old.region, old.name, stack_plan.plan.account)


def _text(app: App, stack: AccountStack, old: OldStack) -> str:
    cost = month_note([cost_of(app, stack.plan)])
    bills = f", and AWS bills {cost}" if cost else ""
    options = () if app.options.region else ("--region", stack.region)
    command = f"`{retry_command(app, 'destroy', [stack.name], *options)}`"
    if old.sure:
        return f"the stack {stack.name} in {stack.region}, which this spec was before{bills}; {command} ends it"
    return f"the stack {stack.name} in {stack.region}{bills}; if this spec was renamed, {command} ends it"
