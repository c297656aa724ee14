"""The collaborators of the lock, from what a command was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..core.plan import Plan
from ..errors import AwsProblem, UsageProblem
from ..render.style import Style
from ..run.clock import RealClock
from ..run.lock.locked_run import RunRequest
from ..run.lock.manager import SILENCE, LockManager
from ..run.lock.process_files import Caller, ProcessFiles, folder_of
from ..run.lock.run_store import RunStore
from ..run.migration_run import MigrationRun
from ..run.status import StackRuns, runs_of
from ..run.workflow import Cloud
from .connect import Connections
from .context import App
from .plans import Planned, style_for
from .select import select

DEAD_AFTER = "ELBPLAN_LOCK_DEAD_AFTER"


def lock_manager_of(app: App, cloud: Cloud) -> LockManager:
    """Who takes and keeps locks here; what it has to say goes to stderr. Raises UsageProblem."""
    who = Caller.here()
    witness = ProcessFiles(folder_of(app.terminal.environ), who.machine)
    # A clock of its own: Ctrl-C wakes those who sleep by the run's clock, and must not hurry the last record.
    return LockManager(RunStore(cloud.send, RealClock()), who, witness, app.terminal.err, silence=_silence(app))


def _silence(app: App) -> float:
    said = app.terminal.environ.get(DEAD_AFTER)
    try:
        seconds = float(said) if said else SILENCE
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 86400:
        raise UsageProblem(f"{DEAD_AFTER}={said}: should be seconds, from 1 to 86400", hint="90 is usual; unset it")
    return seconds


def run_request_of(one: Planned, verb: str, agreed: bool, aim: MigrationRun | None = None) -> RunRequest:
    """The run of a plan, with the way to draw it again."""
    return RunRequest(one.cloud, one.plan, _again(one), verb, one.stack.spec_hash, agreed, aim)


def _again(one: Planned) -> Callable[[], Plan]:
    def look() -> Plan:
        (plan,) = one.planner(one.cloud, [one.stack])
        return plan

    return look


@dataclass(frozen=True)
class StackRunStore:
    """A stack by its name alone, and whoever reads its runs."""

    stack: str
    region: str
    keeper: LockManager

    def runs(self) -> StackRuns:
        """Its runs. Raises AwsProblem."""
        found = runs_of(self.stack, self.keeper)
        if found.unknown:
            raise AwsProblem(found.unknown, hint="the runs of a stack are kept in SSM Parameter Store")
        return found


def run_stores_of(app: App, words: Sequence[str]) -> list[StackRunStore]:
    """The runs of the selected stacks. Raises SpecProblem, UsageProblem."""
    stacks = [selection.stack for selection in select(app, words)]
    clouds = Connections(app, stacks)
    regions = [clouds.region(stack) for stack in stacks]
    reached = {region: clouds.reach(region) for region in dict.fromkeys(regions)}
    return [
        StackRunStore(stack.name, region, lock_manager_of(app, reached[region]))
        for stack, region in zip(stacks, regions, strict=True)
    ]


def table_style(app: App) -> Style:
    """For what goes to stdout."""
    return style_for(app, app.terminal.stdout)
