"""Other ways through migrations than step by step: to one file, back, directly to the end, and drift reverted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...core.plan import Plan
from ...errors import Refused, UsageProblem
from ...hazards import refuse_unless_allowed
from ...live.observe import Observed
from ...run.migration_run import MigrationRun
from ...run.result import RunResult
from ..migration import Migration
from ..position.position import Position
from .executor import MigrationExecutor
from .journal import recorded_sha
from .notices import Agreement
from .options import ApplyResult, failed
from .plan_to import plan_to
from .revert_drift import revert_drift


@dataclass(frozen=True)
class ApplyMode:
    """Where an apply goes: `to` the file of a number (None: the last), directly, with drift reverted first."""

    to: str | None = None
    direct: bool = False
    revert_drift: bool = False

    def run(self, executor: MigrationExecutor) -> ApplyResult:
        """Apply. Raises Refused, UsageProblem, SpecProblem, AwsProblem."""
        if self.direct:
            return apply_directly(executor)
        if self.revert_drift and (result := revert_first(executor)):
            return result
        return executor.run() if self.to is None else apply_to(executor, self.to)


def apply_to(executor: MigrationExecutor, number: str) -> ApplyResult:
    """Up to the file of this number, or back to its end. One read of AWS decides which, and gives the plan."""
    target = migration_numbered(executor.migrations, number)
    with executor.reading():
        seen = executor.finder().observe(executor.migrations)
        position = executor.finder().position(executor.migrations, seen)
    if later := begun_after(target, position, executor.migrations):
        return go_back(executor, target, later, seen)
    executor.migrations = [migration for migration in executor.migrations if migration.number <= target.number]
    return executor.run(seen)


def go_back(
    executor: MigrationExecutor,
    target: Migration | None,
    begun: Migration,
    seen: Mapping[str, Observed] | None = None,
) -> ApplyResult:
    """Go to the end of `target` (None: to nothing) with the plan that was confirmed; `begun` is the file after it.

    Raises Refused for a hazard that is not allowed, and if AWS changed since the plan was shown.
    """

    def plan_again() -> Plan:
        return plan_to(executor.cloud, executor.stack, target)

    shown = plan_to(executor.cloud, executor.stack, target, seen)
    executor.propose(Agreement(shown), lambda: refuse_unless_allowed(shown.hazards, executor.options.allow))
    return _result(executor.roll_back(begun, target, shown, _checked(executor, plan_again)))


def begun_after(target: Migration, position: Position, migrations: Sequence[Migration]) -> Migration | None:
    """The first file after `target`, if AWS is somewhere after the end of `target`; else None."""
    later = [migration for migration in migrations if migration.number > target.number]
    past = position.migration.number - target.number
    begun = past > 1 or (past == 1 and position.index > 0)
    return later[0] if begun else None


def apply_directly(executor: MigrationExecutor) -> ApplyResult:
    """From nothing to the end of the last file in one run. Raises Refused where resources exist already."""
    last = executor.migrations[-1]
    with executor.reading():
        shown = plan_to(executor.cloud, executor.stack, last, dns=executor.dns)
    unfinished = executor.journal.under_way
    if shown.lives and not (unfinished and unfinished.mode == "direct"):
        raise Refused(
            f"{executor.stack.name}: --direct is for a new environment, and this one has resources already",
            hint="elbplan apply runs the files that are pending",
        )
    executor.propose(Agreement(shown), lambda: None)
    sha = recorded_sha(executor.migrations, last, "direct")
    run = MigrationRun(last.id, sha, "direct", 0, len(last.entries))
    return _result(executor.execute(shown, lambda: plan_to(executor.cloud, executor.stack, last), run))


def revert_first(executor: MigrationExecutor) -> ApplyResult | None:
    """Change back what has drifted; the result if that fails. It approves no hold.

    Raises Refused for a hazard that is not allowed.
    """
    executor.options = replace(executor.options, approval="refused")

    def plan_again() -> Plan:
        return revert_drift(executor.finder(), executor.migrations)

    with executor.reading():
        shown = plan_again()
    if shown.empty:
        return None
    executor.propose(Agreement(shown), lambda: refuse_unless_allowed(shown.hazards, executor.options.allow))
    run = executor.execute(shown, _checked(executor, plan_again), MigrationRun("", ""))
    return None if run.complete else failed(run)


def _checked(executor: MigrationExecutor, plan_again: Callable[[], Plan]) -> Callable[[], Plan]:
    """AWS may have changed since the question: a new hazard must be allowed too."""

    def checked() -> Plan:
        plan = plan_again()
        refuse_unless_allowed(plan.hazards, executor.options.allow)
        return plan

    return checked


def _result(run: RunResult) -> ApplyResult:
    return ApplyResult("applied", last=run) if run.complete else failed(run)


def migration_numbered(migrations: Sequence[Migration], number: str) -> Migration:
    """The file of this number. Raises UsageProblem."""
    found = [migration for migration in migrations if number.isdigit() and migration.number == int(number)]
    if not found:
        last = migrations[-1].number
        raise UsageProblem(f"there is no migration {number}", hint=f"the migrations are 0001 to {last:04d}")
    return found[0]
