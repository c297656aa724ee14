"""A rehearsal in which the targets of a new group never become healthy: the run must not get past its wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..core.address import Address
from ..core.fingerprint import fingerprint
from ..errors import ElbplanError, UsageProblem
from ..migrations.migration import Migration
from ..run.outcome import Event, Outcome
from .environment import RehearsalEnvironment, step_index
from .observer import Observer
from .proof import Proof, ProofFailure, failure, place_of


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
    """The proofs of one file whose new group is sick from the moment it is made. Raises Refused, AwsProblem."""
    scene.begin(migration)
    audience = Observer.of(scene, migration, looking=False)

    def tell(event: Event) -> None:
        if event.what == "done" and event.step.do == "create" and event.step.address == ("target_group", group, ""):
            scene.double.sick(event.step.name)
        audience(event)

    try:
        yield from _stopped(scene, migration, group, scene.play(migration, tell))
    except ElbplanError as problem:
        yield Proof(f"{group} is sick, so the run stops", "1 run", [ProofFailure(problem.what)])
    yield audience.proof("what served before serves on")


def _stopped(scene: RehearsalEnvironment, migration: Migration, group: str, outcome: Outcome | None) -> Iterator[Proof]:
    if outcome is None:
        what = f"the file goes to its end: nothing waits until {group} is healthy"
        yield Proof(f"{group} is sick, so the run stops", "1 run", [ProofFailure(what)])
        return
    wrong = failure(outcome)
    index = step_index(outcome.failed[0])
    where = place_of(migration, wrong)
    if migration.entries[index].do != "wait":
        yield Proof(f"{group} is sick, so the run stops at a wait", "1 run", [wrong])
    elif migration.entries[index].on_failure == "rollback":
        yield Proof(f"stops at {where} and goes back to {migration.start}", "1 run", list(_gone_back(scene, migration)))
    else:
        stays = fingerprint(migration.states[index], scene.kinds).text
        differs = scene.sight(migration, index).differs
        said = [ProofFailure(f"{', '.join(differs)} is not as the file says", index + 1)] if differs else []
        yield Proof(f"stops at {where} and stays at {stays}", "1 run", said)


def _gone_back(scene: RehearsalEnvironment, migration: Migration) -> Iterator[ProofFailure]:
    previous = scene.before(migration)
    outcome = scene.back(previous)
    if not outcome.complete:
        yield failure(outcome)
    elif differs := scene.sight(previous, len(previous.entries) if previous else 0).differs:
        yield ProofFailure(f"{', '.join(differs)} is not as it was")
