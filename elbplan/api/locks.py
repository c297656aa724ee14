"""Makes the lock managers and the run requests of a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..core.plan import Plan
from ..errors import UsageProblem
from ..run.clock import RealClock
from ..run.lock.locked_run import RunRequest
from ..run.lock.manager import LEASE_SECONDS, LockManager
from ..run.lock.process_files import Caller, ProcessFiles, folder_of
from ..run.lock.run_store import RunStore
from ..run.migration_run import MigrationRun
from ..run.workflow import Cloud, planned
from .planning import Planned

DEAD_AFTER = "ELBPLAN_LOCK_DEAD_AFTER"


def lock_manager(
    cloud: Cloud, environ: Mapping[str, str], say: Callable[..., None], wall: Callable[[], float]
) -> LockManager:
    """Returns the lock manager of this process; its messages go to `say`. Raises UsageProblem."""
    caller = Caller.here()
    files = ProcessFiles(folder_of(environ), caller.machine)
    # A clock of its own: Ctrl-C wakes whoever sleeps by the run's clock, and must not hurry the last record.
    store = RunStore(cloud.send, RealClock())
    return LockManager(store, caller, files, say, lease_seconds=_lease_seconds(environ), wall=wall)


def _lease_seconds(environ: Mapping[str, str]) -> float:
    text = environ.get(DEAD_AFTER)
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
