"""Proves that a migration can be rolled back from each rollback point, and applied again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..core.address import Ref
from ..core.resource import Resource, field_values, references
from ..errors import ElbplanError
from ..live.observe import Observed
from ..migrations.apply.notices import Looked, Notice
from ..migrations.apply.options import ApplyResult
from ..migrations.apply.pending import Pending
from ..migrations.migration import Migration, MigrationStep
from .environment import RehearsalEnvironment
from .observer import Observer
from .proof import Proof, ProofFailure, count, failure


def prove_rollback(environment: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """Applies the migration up to each rollback point and rolls back; in the end, applies the whole migration."""
    observer = Observer.of(environment, migration, compares=False)
    check = RollbackCheck(environment, migration, observer, environment.snapshot(migration, 0).observed)
    points = rollback_points(migration)
    for point in points:
        if not check.wrong:
            check.apply_and_roll_back(point)
    if points and not check.wrong:
        check.apply_and_roll_back(len(migration.entries))
    text = f"rolls back to {migration.start} from each rollback point"
    yield Proof(text, count(points, "point"), check.wrong)
    if not observer.proof("").holds:
        yield observer.proof("every route answers all the time, during rollbacks")
    environment.at_end_of = migration.number if points and not check.wrong else None


@dataclass
class RollbackCheck:
    """Applies a migration up to a point and rolls it back. The next run checks that the rollback reached the start.

    observed  AWS at the start of the migration
    point     the index of the step after which the last rollback began; -1 before the first
    """

    environment: RehearsalEnvironment
    migration: Migration
    observer: Observer
    observed: Observed
    point: int = -1
    wrong: list[ProofFailure] = field(default_factory=list)

    def apply_and_roll_back(self, point: int) -> None:
        """Applies the migration up to this point and rolls it back. At the end of the migration it stays applied."""
        reads: list[Pending] = []

        def listen(notice: Notice) -> None:
            if isinstance(notice, Looked):
                if not reads:
                    self._check_start(notice.pending)
                reads.append(notice.pending)

        try:
            applied = self.environment.apply_migration(self.migration, self.observer, listen=listen, until=point)
            self.point = point
            stopped = applied.last is not None and applied.last.outcome.interrupted
            result = self._roll_back(point) if stopped or applied.state == "applied" else applied
        except ElbplanError as problem:
            self.wrong.append(ProofFailure(problem.what, point + 1))
        else:
            if result and (broken := failure(result)):
                self.wrong.append(ProofFailure(broken.what, point + 1))

    def _roll_back(self, point: int) -> ApplyResult | None:
        """Rolls back, unless the migration stays applied or there is a failure already."""
        if self.wrong or point == len(self.migration.entries):
            return None
        result = self.environment.roll_back_to(self.environment.before(self.migration))
        self.observer.check_routes(point)
        return result

    def _check_start(self, pending: Pending) -> None:
        """Adds a failure if the run does not start from the state before the migration."""
        if pending.done or pending.migration != self.migration or pending.entry:
            self.wrong.append(ProofFailure("the start is not reached", self.point + 1))
            return
        lives = pending.plan.lives
        if differs := self.environment.differing_from_start(self.migration, lives, self.observed):
            self.wrong.append(ProofFailure(f"{', '.join(differs)} is not as it was", self.point + 1))


def rollback_points(migration: Migration) -> list[int]:
    """The indices of the writing steps before the first step that deletes, releases or detaches something."""
    points = []
    for index, entry in enumerate(migration.entries):
        if entry.writes and _removes(migration, index, entry):
            break
        points += [index] if entry.writes else []
    return points


def _removes(migration: Migration, index: int, entry: MigrationStep) -> bool:
    if entry.do in ("delete", "release"):
        return True
    if entry.what is None:
        return False
    before, after = (migration.states[at].get(entry.what) for at in (index, index + 1))
    return bool(before and after and (_references(before) - _references(after) or _loses_member(before, after)))


def _references(resource: Resource) -> set[Ref]:
    return set(references(resource))


def _loses_member(before: Resource, after: Resource) -> bool:
    """True if a list of the resource loses a member."""
    later = field_values(after)
    lists = {name: value for name, value in field_values(before).items() if isinstance(value, tuple)}
    return any(member not in (later[name] or ()) for name, members in lists.items() for member in members)
