"""Rehearses failures: the targets of a group become or stay unhealthy, and the run must stop or roll back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..core.fingerprint import fingerprint
from ..errors import ElbplanError, UsageProblem
from ..kinds import KINDS
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..migrations.apply.notices import HoldBegins, Notice
from ..migrations.apply.options import ApplyResult
from ..migrations.migration import Migration, MigrationStep
from ..run.outcome import Event
from .environment import RehearsalEnvironment
from .observer import Observer
from .proof import Proof, ProofFailure, failure, place_of

GROUPS = (TargetGroup.kind, Targets.kind)


def files_that_create(migrations: Sequence[Migration], group: str) -> list[Migration]:
    """The migrations that create this target group. Raises UsageProblem if there is none."""
    created = {migration.id: _created_groups(migration) for migration in migrations}
    creating = [migration for migration in migrations if group in created[migration.id]]
    if not creating:
        names = ", ".join(sorted(set().union(*created.values()))) or "none"
        raise UsageProblem(f"no migration creates a target group {group}", hint=f"created target groups: {names}")
    return creating


def _created_groups(migration: Migration) -> set[str]:
    created = [entry.what for entry in migration.entries if entry.what and entry.do == "create"]
    return {address.name for address in created if address.kind == TargetGroup.kind}


def rehearse_unhealthy(environment: RehearsalEnvironment, migration: Migration, group: str) -> Iterator[Proof]:
    """The proofs of a migration whose new group is unhealthy from its creation on. Raises Refused, AwsProblem."""
    environment.begin(migration)
    observer = Observer.of(environment, migration, compares=False)

    def tell(event: Event) -> None:
        if event.what == "done" and event.step.do == "create" and event.step.address == (TargetGroup.kind, group, ""):
            environment.simulator.sick(event.step.name)
        observer(event)

    try:
        yield _proof_of_stop(environment, migration, group, environment.apply_migration(migration, tell))
    except ElbplanError as problem:
        yield Proof(f"{group} is unhealthy, so the run stops", "1 run", [ProofFailure(problem.what)])
    yield observer.proof("what answered before answers all the time")


def _proof_of_stop(environment: RehearsalEnvironment, migration: Migration, group: str, result: ApplyResult) -> Proof:
    if result.state == "applied":
        what = f"the file goes to its end: nothing waits until {group} is healthy"
        return Proof(f"{group} is unhealthy, so the run stops", "1 run", [ProofFailure(what)])
    if result.entry is None or migration.entries[result.entry].writes:
        problem = failure(result) or ProofFailure(result.reason)
        return Proof(f"{group} is unhealthy, so the run stops at a wait", "1 run", [problem])
    return failure_proof(environment, migration, result.entry, result)


def prove_failures(environment: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """Lets each wait with `on_failure: rollback` and each watching hold fail once, and checks what the apply does."""
    for index, entry in enumerate(migration.entries):
        watches = entry.do == "hold" and entry.until
        if entry.what and entry.what.kind in GROUPS and (watches or (entry.do == "wait" and _rolls_back(entry))):
            environment.begin(migration)
            yield _proof_of_failure(environment, migration, index)


def _proof_of_failure(environment: RehearsalEnvironment, migration: Migration, index: int) -> Proof:
    """The targets become unhealthy when this step begins."""

    def tell(event: Event) -> None:
        if event.what == "started" and event.step.entry == index:
            _make_unhealthy(environment, migration, index)

    def listen(notice: Notice) -> None:
        if isinstance(notice, HoldBegins) and notice.pending.hold == (migration.id, index):
            _make_unhealthy(environment, migration, index)

    try:
        result = environment.apply_migration(migration, tell, listen=listen)
    except ElbplanError as problem:
        return Proof(f"step {index + 1} may fail", "1 run", [ProofFailure(problem.what, index + 1)])
    return failure_proof(environment, migration, index, result)


def _make_unhealthy(environment: RehearsalEnvironment, migration: Migration, index: int) -> None:
    address = migration.entries[index].what
    lives = environment.snapshot(migration, index).lives
    if address is not None and address in lives:
        environment.simulator.sick(lives[address].id.split("/")[1])  # an ARN: ...:targetgroup/NAME/ID


def failure_proof(environment: RehearsalEnvironment, migration: Migration, index: int, result: ApplyResult) -> Proof:
    """The proof that the apply rolled back or stopped at the step with this index, as its `on_failure` requires."""
    where = place_of(migration, ProofFailure("", index + 1))
    rolls_back = _rolls_back(migration.entries[index])
    state = fingerprint(migration.states[index], KINDS).text
    text = f"stops at {where} and {f'rolls back to {migration.start}' if rolls_back else f'stays at {state}'}"
    expected = ("rolled-back",) if rolls_back else ("failed", "hold-broken")
    if result.state not in expected or result.entry != index:
        what = result.reason or f"the apply ended as {result.state}"
        return Proof(text, "1 run", [ProofFailure(what, index + 1)])
    if rolls_back:
        previous = environment.before(migration)
        snapshot = environment.snapshot(previous, len(previous.entries) if previous else 0)
        what = "is not as it was"
    else:
        snapshot = environment.snapshot(migration, index)
        what = "is not as the file says"
    problems = [ProofFailure(f"{', '.join(snapshot.differs)} {what}", index + 1)] if snapshot.differs else []
    return Proof(text, "1 run", problems)


def _rolls_back(entry: MigrationStep) -> bool:
    return entry.on_failure == "rollback"
