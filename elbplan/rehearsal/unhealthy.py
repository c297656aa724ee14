"""A rehearsal in which the targets of a new group never become healthy: the run must not get past its wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..core.address import Address
from ..core.fingerprint import fingerprint
from ..errors import ElbplanError, UsageProblem
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
    """The files that make this target group. Raises UsageProblem if none does."""
    made = {one.id: [e.what.name for e in one.entries if _makes(e.do, e.what) and e.what] for one in migrations}
    found = [one for one in migrations if group in made[one.id]]
    if not found:
        there = ", ".join(sorted({name for names in made.values() for name in names})) or "none"
        raise UsageProblem(f"no file makes a target group {group}", hint=f"target groups that are made: {there}")
    return found


def _makes(do: str, what: Address | None) -> bool:
    return do == "create" and what is not None and what.kind == "target_group"


def rehearse_unhealthy(scene: RehearsalEnvironment, migration: Migration, group: str) -> Iterator[Proof]:
    """The proofs of one file whose new group is unhealthy from its creation. Raises Refused, AwsProblem."""
    scene.begin(migration)
    audience = Observer.of(scene, migration, looking=False)

    def tell(event: Event) -> None:
        if event.what == "done" and event.step.do == "create" and event.step.address == (TargetGroup.kind, group, ""):
            scene.double.sick(event.step.name)
        audience(event)

    try:
        yield _stopped(scene, migration, group, scene.play(migration, tell))
    except ElbplanError as problem:
        yield Proof(f"{group} is sick, so the run stops", "1 run", [ProofFailure(problem.what)])
    yield audience.proof("what served before serves on")


def _stopped(scene: RehearsalEnvironment, migration: Migration, group: str, result: ApplyResult) -> Proof:
    if result.state == "applied":
        what = f"the file goes to its end: nothing waits until {group} is healthy"
        return Proof(f"{group} is sick, so the run stops", "1 run", [ProofFailure(what)])
    if result.entry is None or migration.entries[result.entry].writes:
        wrong = failure(result) or ProofFailure(result.reason)
        return Proof(f"{group} is sick, so the run stops at a wait", "1 run", [wrong])
    return failure_proof(scene, migration, result.entry, result)


def prove_failures(scene: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """Each wait with `on_failure: rollback`, and each watching hold, fails once: the apply does what the step says."""
    for index, entry in enumerate(migration.entries):
        watches = entry.do == "hold" and entry.until
        if entry.what and entry.what.kind in GROUPS and (watches or (entry.do == "wait" and _rolls_back(entry))):
            scene.begin(migration)
            yield _proof_of_failure(scene, migration, index)


def _proof_of_failure(scene: RehearsalEnvironment, migration: Migration, index: int) -> Proof:
    """The targets become unhealthy at the moment when this step begins."""

    def tell(event: Event) -> None:
        if event.what == "started" and event.step.entry == index:
            _make_unhealthy(scene, migration, index)

    def listen(notice: Notice) -> None:
        if isinstance(notice, HoldBegins) and notice.pending.hold == (migration.id, index):
            _make_unhealthy(scene, migration, index)

    try:
        result = scene.play(migration, tell, listen=listen)
    except ElbplanError as problem:
        return Proof(f"step {index + 1} may fail", "1 run", [ProofFailure(problem.what, index + 1)])
    return failure_proof(scene, migration, index, result)


def _make_unhealthy(scene: RehearsalEnvironment, migration: Migration, index: int) -> None:
    address = migration.entries[index].what
    lives = scene.sight(migration, index).lives
    if address is not None and address in lives:
        scene.double.sick(lives[address].id.split("/")[1])  # an ARN: ...:targetgroup/NAME/ID


def failure_proof(scene: RehearsalEnvironment, migration: Migration, index: int, result: ApplyResult) -> Proof:
    """The step with this index failed: the apply rolled back, or stopped there, as `on_failure` says."""
    where = place_of(migration, ProofFailure("", index + 1))
    rolls_back = _rolls_back(migration.entries[index])
    state = fingerprint(migration.states[index], scene.kinds).text
    text = f"stops at {where} and {f'goes back to {migration.start}' if rolls_back else f'stays at {state}'}"
    stopped = ("rolled-back",) if rolls_back else ("failed", "hold-broken")
    if result.state not in stopped or result.entry != index:
        what = result.reason or f"the apply ended as {result.state}"
        return Proof(text, "1 run", [ProofFailure(what, index + 1)])
    previous = scene.before(migration)
    if not rolls_back:
        differs = scene.sight(migration, index).differs
        wrong = [ProofFailure(f"{', '.join(differs)} is not as the file says", index + 1)] if differs else []
    else:
        differs = scene.sight(previous, len(previous.entries) if previous else 0).differs
        wrong = [ProofFailure(f"{', '.join(differs)} is not as it was", index + 1)] if differs else []
    return Proof(text, "1 run", wrong)


def _rolls_back(entry: MigrationStep) -> bool:
    return entry.on_failure == "rollback"
