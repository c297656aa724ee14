"""A migration played on a pretended AWS, and what that proves: it arrives, whatever dies, and no request is dropped."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ElbplanError
from ..migrations.migration import Migration
from .crashes import killed
from .environment import Scene
from .observer import Audience
from .proof import Proof, Wrong, count, failure
from .rollbacks import returned


def rehearse(scene: Scene, migration: Migration) -> Iterator[Proof]:
    """The proofs of one file, in their order, each as soon as it is known. Raises Refused, AwsProblem."""
    for proofs in (_forward, killed, returned):
        scene.begin(migration)
        yield from proofs(scene, migration)


def _forward(scene: Scene, migration: Migration) -> Iterator[Proof]:
    """The whole file once, looked at after every step."""
    audience = Audience.of(scene, migration)
    wrong = tuple(_played(scene, migration, audience))
    yield Proof(f"ends in {migration.end}", count(migration.entries, "step"), wrong)
    if not wrong:
        scene.double.clear_calls()
        yield Proof("a second run does nothing", "1 run", tuple(_again(scene, migration)))
    yield Proof("every step leads where the file says", count(audience.seen, "step"), audience.untrue)
    yield audience.proof("no route goes unanswered")


def _played(scene: Scene, migration: Migration, audience: Audience) -> Iterator[Wrong]:
    broken = _tried(scene, migration, audience)
    if broken:
        yield broken
    elif differs := scene.sight(migration, len(migration.entries)).differs:
        yield Wrong(f"{', '.join(differs)} is not as the file ends")


def _tried(scene: Scene, migration: Migration, audience: Audience) -> Wrong | None:
    """Why a run came to nothing."""
    try:
        outcome = scene.play(migration, audience)
    except ElbplanError as problem:
        return Wrong(problem.what)
    return failure(outcome) if outcome else None


def _again(scene: Scene, migration: Migration) -> Iterator[Wrong]:
    pending = scene.look(migration, set())
    if not pending.done:
        yield Wrong("it is not done", pending.entry + 1)
    scene.run(pending.plan, lambda event: None)
    if writes := scene.double.writes():
        yield Wrong(f"a second run writes {count(writes, 'time')}")
