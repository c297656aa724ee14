"""Proves that migrations resume: each run on the simulator is killed after its next write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..core.address import Address
from ..core.resource import Resource
from ..errors import ElbplanError
from ..kinds.traffic import weighted_groups
from ..migrations.apply.notices import Looked, Notice
from ..migrations.apply.pending import Pending
from ..migrations.files.notation import group_text
from ..migrations.migration import Migration
from .environment import RehearsalEnvironment
from .fake_aws import AwsUntilFirstWrite
from .observer import Observer
from .proof import Proof, ProofFailure, count, failure

MOST_RUNS = 200
"""More runs than any migration has writes. A migration that is killed so often makes no progress."""


def prove_resume(environment: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """Applies the migration in many runs. Each run is killed one write later than the run before it."""
    observer = Observer.of(environment, migration, compares=False)
    check = ResumeCheck(migration)
    kills, problem = 0, None
    while not problem and kills < MOST_RUNS:
        cloud = AwsUntilFirstWrite(environment.aws)
        problem = _run_until_killed(environment, migration, cloud, check, observer)
        if cloud.alive:
            break
        kills += 1
    tried = count(range(kills), "kill")
    problems = [problem] if problem else list(check.wrong)
    if not problems and (differs := environment.snapshot(migration, len(migration.entries)).differs):
        problems = [ProofFailure(f"after {tried} {', '.join(differs)} is not as the file ends")]
    yield Proof("killed after each write, the next run finishes", tried, problems)
    if not observer.proof("").holds:
        yield observer.proof("every route answers all the time, killed after each write")
    environment.at_end_of = migration.number if not problems else None


def _run_until_killed(
    environment: RehearsalEnvironment,
    migration: Migration,
    cloud: AwsUntilFirstWrite,
    check: ResumeCheck,
    observer: Observer,
) -> ProofFailure | None:
    """One run, from the state that the last run left. Returns the problem of a run that was not killed."""
    try:
        result = environment.apply_migration(migration, observer, listen=check.on_notice, cloud=cloud)
    except ElbplanError as problem:
        return ProofFailure(problem.what) if cloud.alive else None
    return failure(result) if cloud.alive else None


@dataclass
class ResumeCheck:
    """Checks where each run starts: never at an earlier step than the run before it.

    furthest  the index of the last step at which a run started
    weights   the forward weights of each listener and rule, one entry for each change
    """

    migration: Migration
    furthest: int = 0
    wrong: list[ProofFailure] = field(default_factory=list)
    weights: dict[Address, list[dict[str, int]]] = field(default_factory=dict)

    def on_notice(self, notice: Notice) -> None:
        """Checks the start of a run, or its continuation after a hold."""
        if isinstance(notice, Looked):
            self.check_start(notice.pending)

    def check_start(self, pending: Pending) -> None:
        """Adds a failure if the run repeats a step, or if weights went back."""
        entry = len(self.migration.entries) if pending.done else pending.entry
        if entry < self.furthest:
            self.wrong.append(ProofFailure(f"a run goes on at step {entry + 1}", self.furthest + 1))
        self.furthest = max(self.furthest, entry)
        for address, live in pending.plan.lives.items():
            self._check_weights(address, forward_weights(live.model), entry)

    def _check_weights(self, address: Address, current: dict[str, int], entry: int) -> None:
        past = self.weights.setdefault(address, [])
        if current in past[:-1] and current != past[-1] and not self._occurs_twice(address, current):
            text = ", ".join(f"{group} {weight}" for group, weight in current.items())
            self.wrong.append(ProofFailure(f"{address} is back at {text}", entry + 1))
        if not past or past[-1] != current:
            past.append(current)

    def _occurs_twice(self, address: Address, weights: dict[str, int]) -> bool:
        """True if the migration itself sets these weights more than once."""
        planned = [forward_weights(state.get(address)) for state in self.migration.states]
        changes = [after for after, before in zip(planned, [None, *planned], strict=False) if after != before]
        return changes.count(weights) > 1


def forward_weights(resource: Resource | None) -> dict[str, int]:
    """The weight of each group that a listener or rule forwards to; empty for other resources."""
    return {group_text(share.group): share.weight for share in weighted_groups(resource)}
