"""Makes the lock manager and the run requests of a command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..api.planning import Planned
from ..core.plan import Plan
from ..errors import AwsProblem, UsageProblem
from ..render.style import Style
from ..run.clock import RealClock
from ..run.lock.locked_run import RunRequest
from ..run.lock.manager import LEASE_SECONDS, LockManager
from ..run.lock.process_files import Caller, ProcessFiles, folder_of
from ..run.lock.run_store import RunStore
from ..run.migration_run import MigrationRun
from ..run.status import StackRuns, runs_of
from ..run.workflow import Cloud, planned
from .connect import Connections
from .context import App
from .plans import style_for
from .select import select

DEAD_AFTER = "ELBPLAN_LOCK_DEAD_AFTER"


def lock_manager_of(app: App, cloud: Cloud, say: Callable[..., None] | None = None) -> LockManager:
    """Returns the lock manager of this process; its messages go to `say`, by default to stderr. Raises UsageProblem."""
    caller = Caller.here()
    files = ProcessFiles(folder_of(app.terminal.environ), caller.machine)
    # A clock of its own: Ctrl-C wakes whoever sleeps by the run's clock, and must not hurry the last record.
    return LockManager(
        RunStore(cloud.send, RealClock()),
        caller,
        files,
        say or app.log,
        lease_seconds=_lease_seconds(app),
        wall=app.wall,
    )


def _lease_seconds(app: App) -> float:
    text = app.terminal.environ.get(DEAD_AFTER)
    try:
        seconds = float(text) if text else LEASE_SECONDS
    except ValueError:
        seconds = 0
    if not 1 <= seconds <= 86400:
        raise UsageProblem(
            f"{DEAD_AFTER}={text}: must be seconds, from 1 to 86400", hint="unset it to get the default of 90"
        )
    return seconds


def run_request_of(
    stack_plan: Planned, verb: str, agreed: bool, migration: MigrationRun | None = None, reads: Cloud | None = None
) -> RunRequest:
    """Returns the request to run a plan, which plans again under the lock, with the cloud `reads`."""
    stack, cloud = stack_plan.stack, stack_plan.cloud

    def plan_again() -> Plan:
        (plan,) = stack_plan.planner(reads or cloud, [stack])
        return planned(plan)

    return RunRequest(cloud, stack_plan.plan, plan_again, verb, stack.spec_hash, agreed, migration)


@dataclass(frozen=True)
class StackRunStore:
    """Reads the runs of a stack, of which only the name must be known."""

    stack: str
    region: str
    locks: LockManager

    def runs(self) -> StackRuns:
        """Returns the runs. Raises AwsProblem."""
        runs = runs_of(self.stack, self.locks)
        if runs.unknown:
            raise AwsProblem(runs.unknown, hint="the runs of a stack are kept in SSM Parameter Store")
        return runs


def run_stores_of(app: App, words: Sequence[str]) -> list[StackRunStore]:
    """The runs of the selected stacks. Raises SpecProblem, UsageProblem."""
    stacks = [selection.stack for selection in select(app, words)]
    connections = Connections(app, stacks)
    places = [connections.place(stack) for stack in stacks]
    reached = {place: connections.reach(place) for place in dict.fromkeys(places)}
    for stack, place in zip(stacks, places, strict=True):
        connections.check_account(stack, place, reached[place])
    return [
        StackRunStore(stack.name, place.region, lock_manager_of(app, reached[place]))
        for stack, place in zip(stacks, places, strict=True)
    ]


def table_style(app: App) -> Style:
    """Returns the style of tables on stdout."""
    return style_for(app, app.terminal.stdout)
