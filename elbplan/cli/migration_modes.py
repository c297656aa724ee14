"""Ways through the files that are not step by step: back, straight to the end, and away from what was done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..core.plan import Plan
from ..core.stack import Stack
from ..errors import Refused, UsageProblem
from ..hazards import refuse_unless_allowed
from ..migrations.apply.plan_to import plan_to
from ..migrations.apply.revert_drift import revert_drift
from ..migrations.migration import Migration
from ..run.migration_run import MigrationRun
from ..run.workflow import Cloud
from .migration_executor import MigrationExecutor
from .plans import Planned, planned


@dataclass
class DirectRun:
    """A way of one apply; `migration` is the file that its record names."""

    executor: MigrationExecutor
    migration: Migration

    def rollback(self, to: Migration | None) -> int:
        """From wherever it is to where a file ended (None: to nothing), and note what was taken back."""
        self.executor.say(f"going back to {to.id if to else 'nothing'}")
        one = self._towards(to)
        aim = MigrationRun(self.migration.id, self.migration.sha, "rollback", state="rolled-back")
        return self.executor.execute(one, aim).code

    def direct(self) -> int:
        """From nothing to where the last file ends. Raises Refused where something is there already."""
        one = self._towards(self.migration)
        told = self.executor.told
        going_on = told is not None and told.under_way is not None and told.under_way.mode == "direct"
        if one.plan.lives and not going_on:
            raise Refused(
                f"{one.plan.stack}: --direct is for a new environment, and here something is there already",
                hint="elbplan apply runs the files that are pending",
            )
        self.executor.agree_to(one)
        end = len(self.migration.entries)
        return self.executor.execute(one, MigrationRun(self.migration.id, self.migration.sha, "direct", 0, end)).code

    def rollback_after_question(self, to: Migration | None) -> int:
        """As `back`, after a question. Raises Refused for a hazard that is not allowed by name."""
        one = self._towards(to)
        self.executor.agree_to(one, lambda: refuse_unless_allowed(one.plan.hazards, self.executor.allow))
        return self.rollback(to)

    def revert_drift(self) -> int:
        """What was changed by hand is put back; 0 if nothing was. Raises Refused for a hazard that is not allowed."""

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            return [revert_drift(self.executor.looker(cloud, group[0]), self.executor.migrations)]

        (one,) = planned(self.executor.app, [self.executor.stack], planner)
        if one.plan.empty:
            return 0
        self.executor.agree_to(one, lambda: refuse_unless_allowed(one.plan.hazards, self.executor.allow))
        return self.executor.execute(one, MigrationRun("", "")).code

    def _towards(self, to: Migration | None) -> Planned:

        def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
            looker = self.executor.looker(cloud, group[0])
            return [plan_to(cloud, group[0], to, looker.kinds)]

        (one,) = planned(self.executor.app, [self.executor.stack], planner)
        return one


def roll_back(filed: MigrationExecutor, migration: Migration, to: Migration | None) -> int:
    """Takes a file back, to where the one before it ended. The exit code."""
    return DirectRun(filed, migration).rollback(to)


def run_in_mode(filed: MigrationExecutor, to: str | None, *, straight: bool, mend: bool) -> int:
    """The way that the command line names, or else step by step. The exit code."""
    last = filed.migrations[-1]
    if straight:
        return DirectRun(filed, last).direct()
    if mend:
        filed.approves = False  # to put drift back says nothing of what waits for a person
        if code := DirectRun(filed, last).revert_drift():
            return code
    if to is not None:
        target = migration_numbered(filed.migrations, to)
        if later := file_behind(filed, target):
            return DirectRun(filed, later).rollback_after_question(target)
        filed.migrations = [one for one in filed.migrations if one.number <= target.number]
    return filed.run()


def file_behind(filed: MigrationExecutor, to: Migration) -> Migration | None:
    """The file behind `to` that live has begun or done, so that `to` lies back; None if it lies ahead."""
    found: list[Migration] = []

    def planner(cloud: Cloud, group: Sequence[Stack]) -> list[Plan]:
        place = filed.looker(cloud, group[0]).place(filed.migrations)
        later = [one for one in filed.migrations if one.number > to.number]
        past = place.migration.number - to.number
        found.extend(later[:1] if past > 1 or (past == 1 and place.index > 0) else [])
        return [Plan(group[0].name, cloud.region, "")]

    planned(filed.app, [filed.stack], planner)
    return found[0] if found else None


def migration_numbered(migrations: Sequence[Migration], to: str) -> Migration:
    """The file of this number. Raises UsageProblem."""
    found = [one for one in migrations if to.isdigit() and one.number == int(to)]
    if not found:
        last = migrations[-1].number
        raise UsageProblem(f"there is no migration {to}", hint=f"there are 0001 to {last:04d}")
    return found[0]
