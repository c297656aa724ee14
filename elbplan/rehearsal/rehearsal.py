"""Runs a migration on a local AWS simulator, to prove that it arrives, whatever dies, and drops no request."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import ElbplanError
from ..migrations.apply.notices import Looked, Notice
from ..migrations.apply.pending import Pending
from ..migrations.migration import Migration
from .crashes import prove_resume
from .environment import RehearsalEnvironment
from .observer import Observer
from .proof import Proof, ProofFailure, count, failure
from .rollbacks import prove_rollback
from .unhealthy import prove_failures


def rehearse(scene: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """The proofs of one file, in their order, each as soon as it is known. Raises Refused, AwsProblem."""
    for proofs in (_forward, prove_resume, prove_rollback):
        scene.begin(migration)
        yield from proofs(scene, migration)
    yield from prove_failures(scene, migration)


def _forward(scene: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """The whole file once, looked at after every step."""
    audience = Observer.of(scene, migration)
    wrong = tuple(_played(scene, migration, audience))
    yield Proof(f"ends in {migration.end}", count(migration.entries, "step"), wrong)
    if not wrong:
        scene.double.clear_calls()
        yield Proof("a second run does nothing", "1 run", tuple(_again(scene, migration)))
    yield Proof("every step leads where the file says", count(audience.seen, "step"), audience.untrue)
    yield audience.proof("no route goes unanswered")


def _played(scene: RehearsalEnvironment, migration: Migration, audience: Observer) -> Iterator[ProofFailure]:
    broken = _tried(scene, migration, audience)
    if broken:
        yield broken
    elif differs := scene.sight(migration, len(migration.entries)).differs:
        yield ProofFailure(f"{', '.join(differs)} is not as the file ends")


def _tried(scene: RehearsalEnvironment, migration: Migration, audience: Observer) -> ProofFailure | None:
    """Why an apply did not arrive."""
    try:
        return failure(scene.play(migration, audience))
    except ElbplanError as problem:
        return ProofFailure(problem.what)


def _again(scene: RehearsalEnvironment, migration: Migration) -> Iterator[ProofFailure]:
    looked: list[Pending] = []

    def listen(notice: Notice) -> None:
        if isinstance(notice, Looked):
            looked.append(notice.pending)

    scene.play(migration, listen=listen)
    if not looked[0].done:
        yield ProofFailure("it is not done", looked[0].entry + 1)
    if writes := scene.double.writes():
        yield ProofFailure(f"a second run writes {count(writes, 'time')}")
