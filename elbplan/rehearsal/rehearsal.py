"""Rehearses a migration on a local AWS simulator: it arrives, it resumes after each crash, and no request fails."""

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


def rehearse(environment: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """The proofs of a migration, each as soon as it is known. Raises Refused, AwsProblem."""
    for prove in (prove_apply, prove_resume, prove_rollback):
        environment.begin(migration)
        yield from prove(environment, migration)
    yield from prove_failures(environment, migration)


def prove_apply(environment: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """Applies the whole migration once, and checks the simulator after every step."""
    observer = Observer.of(environment, migration)
    problems = tuple(_apply_to_end(environment, migration, observer))
    yield Proof(f"ends in {migration.end}", count(migration.entries, "step"), problems)
    if not problems:
        environment.simulator.clear_calls()
        yield Proof("a second run changes nothing", "1 run", tuple(_apply_again(environment, migration)))
    yield Proof("every step ends as the file says", count(observer.compared, "step"), observer.differing)
    yield observer.proof("every route answers all the time")


def _apply_to_end(
    environment: RehearsalEnvironment, migration: Migration, observer: Observer
) -> Iterator[ProofFailure]:
    problem = _apply(environment, migration, observer)
    if problem:
        yield problem
    elif differs := environment.snapshot(migration, len(migration.entries)).differs:
        yield ProofFailure(f"{', '.join(differs)} is not as the file ends")


def _apply(environment: RehearsalEnvironment, migration: Migration, observer: Observer) -> ProofFailure | None:
    """Applies the migration. Returns the reason if it does not reach its end."""
    try:
        return failure(environment.apply_migration(migration, observer))
    except ElbplanError as problem:
        return ProofFailure(problem.what)


def _apply_again(environment: RehearsalEnvironment, migration: Migration) -> Iterator[ProofFailure]:
    reads: list[Pending] = []

    def listen(notice: Notice) -> None:
        if isinstance(notice, Looked):
            reads.append(notice.pending)

    environment.apply_migration(migration, listen=listen)
    if not reads[0].done:
        yield ProofFailure("it is not done", reads[0].entry + 1)
    if writes := environment.simulator.writes():
        yield ProofFailure(f"a second run writes {count(writes, 'time')}")
