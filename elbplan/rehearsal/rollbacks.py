"""Going back: from each point of a file up to which nothing has gone yet, and forth again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..core.resource import Resource, references
from ..errors import ElbplanError
from ..live.observe import Observed
from ..migrations.apply.notices import Looked, Notice
from ..migrations.apply.options import ApplyResult
from ..migrations.apply.pending import Pending
from ..migrations.migration import Migration, MigrationStep
from .environment import RehearsalEnvironment
from .observer import Observer
from .proof import Proof, ProofFailure, count, failure


def prove_rollback(scene: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """From each point up to which all is free back to the start, and on to the next."""
    audience = Observer.of(scene, migration, looking=False)
    shuttle = RollbackCheck(scene, migration, audience, scene.sight(migration, 0).observed)
    points = rollback_points(migration)
    for point in points:
        if not shuttle.wrong:
            shuttle.go(point)
    if points and not shuttle.wrong:
        shuttle.go(len(migration.entries))
    text = f"goes back to {migration.start} from each rollback point"
    yield Proof(text, count(points, "point"), shuttle.wrong)
    if not audience.proof("").holds:
        yield audience.proof("no route goes unanswered, going back")
    scene.stands = migration.number if points and not shuttle.wrong else None


@dataclass
class RollbackCheck:
    """Forth to a point of a file and back to its start, again and again; the last time it stays at the end."""

    scene: RehearsalEnvironment
    migration: Migration
    audience: Observer
    observed: Observed
    point: int = -1
    wrong: list[ProofFailure] = field(default_factory=list)

    def go(self, point: int) -> None:
        """Forth, from where the last way back led, and back unless it is the end."""
        checked: list[Pending] = []

        def listen(notice: Notice) -> None:
            if isinstance(notice, Looked):
                if not checked:
                    self._check(notice.pending)
                checked.append(notice.pending)

        try:
            played = self.scene.play(self.migration, self.audience, listen=listen, until=point)
            self.point = point
            stopped = played.last is not None and played.last.outcome.interrupted
            result = self._back(point) if stopped or played.state == "applied" else played
        except ElbplanError as problem:
            self.wrong.append(ProofFailure(problem.what, point + 1))
        else:
            if result and (wrong := failure(result)):
                self.wrong.append(ProofFailure(wrong.what, point + 1))

    def _back(self, point: int) -> ApplyResult | None:
        """Roll back, unless the file is to stay applied or something is wrong already."""
        if self.wrong or point == len(self.migration.entries):
            return None
        result = self.scene.back(self.scene.before(self.migration))
        self.audience.look_out(point)
        return result

    def _check(self, pending: Pending) -> None:
        """Is what the next run finds what the file began with?"""
        lives = {} if pending.done else pending.plan.lives
        if pending.done or pending.migration != self.migration or pending.entry:
            self.wrong.append(ProofFailure("the start is not reached", self.point + 1))
        elif differs := self.scene.off(self.migration, lives, self.observed):
            self.wrong.append(ProofFailure(f"{', '.join(differs)} is not as it was", self.point + 1))


def rollback_points(migration: Migration) -> list[int]:
    """The steps after which nothing has gone yet: up to the first that deletes, or lets go of something."""
    points = []
    for index, entry in enumerate(migration.entries):
        if entry.writes and _lets_go(migration, index, entry):
            break
        points += [index] if entry.writes else []
    return points


def _lets_go(migration: Migration, index: int, entry: MigrationStep) -> bool:
    if entry.do in ("delete", "release"):
        return True
    before, after = (migration.states[at].get(entry.what) for at in (index, index + 1) if entry.what)
    return bool(before and after and (_pointed(before) - _pointed(after) or _lost(before, after)))


def _pointed(resource: Resource) -> set[Any]:
    return set(references(resource))


def _lost(before: Resource, after: Resource) -> bool:
    """Is a member of one of its sets gone?"""
    sets = [name for name in type(before).model_fields if isinstance(getattr(before, name), tuple)]
    return any(member not in (getattr(after, name) or ()) for name in sets for member in getattr(before, name))
