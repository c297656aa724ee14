"""Who sits before a rehearsal: looks after each step whether it led where the file says, and who is answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from ..core.resource import differing_fields
from ..migrations.migration import Migration
from ..run.outcome import Event
from .environment import RehearsalEnvironment, Snapshot
from .fake_aws import TrafficGap, WatchedRoute
from .proof import Proof, ProofFailure, count
from .routes import route_text, served_routes


@dataclass
class Observer:
    """Hears what a run tells, and looks at the double after each step: was the state foretold, and who answers?"""

    scene: RehearsalEnvironment
    migration: Migration
    routes: Sequence[WatchedRoute]
    looking: bool = True
    seen: list[int] = field(default_factory=list)
    untrue: list[ProofFailure] = field(default_factory=list)
    gap: ProofFailure | None = None

    @classmethod
    def of(cls, scene: RehearsalEnvironment, migration: Migration, *, looking: bool = True) -> Observer:
        """Watching all routes that both ends of the file serve and that are answered now."""
        sight = scene.sight(scene.before(migration), _end(scene.before(migration)))
        own = {a: live.facts.get("dns_name", "") for a, live in sight.lives.items()}
        kept = {a: name for a, name in own.items() if name and a in migration.states[0]}
        both = served_routes(migration.states[0], kept) & served_routes(migration.last, kept)
        routes = [route for route in sorted(both) if scene.double.traffic(*route)["ok"]]
        scene.double.watch(routes)
        return cls(scene, migration, routes, looking)

    def __call__(self, event: Event) -> None:
        """Something happened to a step."""
        if event.what not in ("done", "failed"):
            return
        index = event.step.entry
        self.look_out(-1 if index is None else index)
        if self.looking and event.what == "done" and event.step.writes and index is not None:
            self._compare(index)

    def look_out(self, index: int) -> None:
        """Was a route unanswered since the last time?"""
        if self.gap is None and (gaps := self.scene.double.unanswered()):
            self.gap = ProofFailure(_gap_text(gaps[0]), index + 1)

    def _compare(self, index: int) -> None:
        sight = self.scene.sight(self.migration, index + 1)
        self.seen.append(index)
        if wrong := [name for name in sight.differs if not ahead(name, sight, self.migration, index)]:
            self.untrue.append(ProofFailure(f"{', '.join(wrong)} is not as the file says", index + 1))

    def proof(self, text: str) -> Proof:
        """Of the routes."""
        if self.gap is None and (gaps := self.scene.double.unanswered()):
            self.gap = ProofFailure(_gap_text(gaps[0]))
        outage = any("outage" in entry.allow and entry.because for entry in self.migration.entries)
        tried = count(self.routes, "route") + (", an outage is allowed" if outage else "")
        return Proof(text, tried, [self.gap] if self.gap and not outage else [])


def _end(migration: Migration | None) -> int:
    return len(migration.entries) if migration else 0


def _gap_text(gap: TrafficGap) -> str:
    _, action, route, why = gap
    when = "" if action in ("now", "watch") else f" after {action}"
    return f"{route_text(route)} was not answered{when}: {why}"


def ahead(name: str, sight: Snapshot, migration: Migration, index: int) -> bool:
    """A new certificate of names that another one has proved shares its records, and so is ahead of its next step."""
    address = Address("certificate", name.removeprefix("certificate."))
    told: Any = migration.states[index + 1].get(address)
    if not name.startswith("certificate.") or told is None or address not in sight.lives:
        return False
    live: Any = sight.observed.symbols.to_portable(sight.lives[address].model)
    others = [one for a, one in migration.states[index + 1].items() if a.kind == "certificate" and a != address]
    proved = {proof.domain.removeprefix("*.") for one in others for proof in getattr(one, "proofs", ())}
    early = [proof for proof in live.proofs if proof not in told.proofs]
    return differing_fields(told, live) == ("proofs",) and all(p.domain.removeprefix("*.") in proved for p in early)
