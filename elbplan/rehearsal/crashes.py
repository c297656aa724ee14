"""Killed after each write: one world in which run after run dies, each a write later than the one before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
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
"""More than any file has writes: a run that dies this often does not get on."""


def prove_resume(scene: RehearsalEnvironment, migration: Migration) -> Iterator[Proof]:
    """One world in which each run dies a write after the one before it."""
    audience = Observer.of(scene, migration, looking=False)
    trail = ResumeCheck(migration)
    kills, wrong = 0, None
    while not wrong and kills < MOST_RUNS:
        dying = AwsUntilFirstWrite(scene.aws)
        wrong = _until_death(scene, migration, dying, trail, audience)
        if dying.alive:
            break
        kills += 1
    found = [wrong] if wrong else list(trail.wrong)
    if not found and (differs := scene.sight(migration, len(migration.entries)).differs):
        found = [ProofFailure(f"after {count(range(kills), 'kill')} {', '.join(differs)} is not as the file ends")]
    yield Proof("killed after each write, it goes on to its end", count(range(kills), "kill"), found)
    if not audience.proof("").holds:
        yield audience.proof("no route goes unanswered, killed after each write")
    scene.stands = migration.number if not found else None


def _until_death(
    scene: RehearsalEnvironment, migration: Migration, dying: AwsUntilFirstWrite, trail: ResumeCheck, audience: Observer
) -> ProofFailure | None:
    """One run, from wherever the last one left things to its own end; what it should not have met."""
    try:
        result = scene.play(migration, audience, listen=trail.hear, cloud=dying)
    except ElbplanError as problem:
        return ProofFailure(problem.what) if dying.alive else None
    return failure(result) if dying.alive else None


@dataclass
class ResumeCheck:
    """Where the runs of one world began, one after the other: never before where another began."""

    migration: Migration
    furthest: int = 0
    wrong: list[ProofFailure] = field(default_factory=list)
    shared: dict[Address, list[dict[str, int]]] = field(default_factory=dict)

    def hear(self, notice: Notice) -> None:
        """A run begins, or goes on after a hold."""
        if isinstance(notice, Looked):
            self.note(notice.pending)

    def note(self, pending: Pending) -> None:
        """A run begins, or goes on after a hold."""
        entry = len(self.migration.entries) if pending.done else pending.entry
        if entry < self.furthest:
            self.wrong.append(ProofFailure(f"a run goes on at step {entry + 1}", self.furthest + 1))
        self.furthest = max(self.furthest, entry)
        for address, live in pending.plan.lives.items():
            now = forward_weights(live.model)
            past = self.shared.setdefault(address, [])
            if now in past[:-1] and now != past[-1] and not self._meant(address, now):
                told = ", ".join(f"{group} {weight}" for group, weight in now.items())
                self.wrong.append(ProofFailure(f"{address} is back at {told}", entry + 1))
            if not past or past[-1] != now:
                past.append(now)

    def _meant(self, address: Address, now: dict[str, int]) -> bool:
        """Does the file itself come by these weights twice?"""
        told = [forward_weights(state.get(address)) for state in self.migration.states]
        turns = [one for one, before in zip(told, [None, *told], strict=False) if one != before]
        return turns.count(now) > 1


def forward_weights(resource: Any) -> dict[str, int]:
    """How a listener or rule shares out requests; empty where it is none."""
    return {group_text(share.group): share.weight for share in weighted_groups(resource)}
