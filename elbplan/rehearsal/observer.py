"""Observes a rehearsal: after each step, compares the simulator with the migration and probes the watched routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.address import Address
from ..core.resource import differing_fields
from ..kinds.certificate import Certificate
from ..migrations.migration import Migration
from ..run.outcome import Event
from .environment import RehearsalEnvironment, Snapshot
from .fake_aws import TrafficGap, WatchedRoute
from .proof import Proof, ProofFailure, count
from .routes import route_text, served_routes

WELCOME: Mapping[str, Any] = {"certificate": {"authority": "*"}}
"""A visitor whom every trust store accepts: a client that mutual TLS refuses is no lost traffic."""


@dataclass
class Observer:
    """Listens to the events of a run, and checks the simulator after each step.

    compares    also compares the resources with the state that the migration predicts
    compared    the indices of the steps after which it compared
    differing   the steps after which a resource differed
    unanswered  the first route that was not answered
    """

    environment: RehearsalEnvironment
    migration: Migration
    routes: Sequence[WatchedRoute]
    compares: bool = True
    compared: list[int] = field(default_factory=list)
    differing: list[ProofFailure] = field(default_factory=list)
    unanswered: ProofFailure | None = None

    @classmethod
    def of(cls, environment: RehearsalEnvironment, migration: Migration, *, compares: bool = True) -> Observer:
        """Watches all routes that answer now and that the migration serves both at its start and at its end."""
        previous = environment.before(migration)
        snapshot = environment.snapshot(previous, len(previous.entries) if previous else 0)
        names = {address: live.facts.get("dns_name", "") for address, live in snapshot.lives.items()}
        names = {address: name for address, name in names.items() if name and address in migration.states[0]}
        both = served_routes(migration.states[0], names) & served_routes(migration.last, names)
        routes = [route for route in sorted(both) if environment.simulator.traffic(*route, **WELCOME)["ok"]]
        environment.simulator.watch([(*route, WELCOME) for route in routes])
        return cls(environment, migration, routes, compares)

    def __call__(self, event: Event) -> None:
        """Checks the simulator if the event ends a step."""
        if event.what not in ("done", "failed"):
            return
        index = event.step.entry
        self.check_routes(-1 if index is None else index)
        if self.compares and event.what == "done" and event.step.writes and index is not None:
            self._compare(index)

    def check_routes(self, index: int) -> None:
        """Records the first route that was not answered, with the step after which this was noticed."""
        if self.unanswered is None and (gaps := self.environment.simulator.unanswered()):
            self.unanswered = ProofFailure(_gap_text(gaps[0]), index + 1)

    def _compare(self, index: int) -> None:
        snapshot = self.environment.snapshot(self.migration, index + 1)
        self.compared.append(index)
        if names := [name for name in snapshot.differs if not is_ahead(name, snapshot, self.migration, index)]:
            self.differing.append(ProofFailure(f"{', '.join(names)} is not as the file says", index + 1))

    def proof(self, text: str) -> Proof:
        """The proof that every watched route was always answered."""
        self.check_routes(-1)
        outage = any("outage" in entry.allow and entry.because for entry in self.migration.entries)
        tried = count(self.routes, "route") + (", an outage is allowed" if outage else "")
        return Proof(text, tried, [self.unanswered] if self.unanswered and not outage else [])


def _gap_text(gap: TrafficGap) -> str:
    _, action, route, why = gap
    when = "" if action in ("now", "watch") else f" after {action}"
    return f"{route_text(route)} was not answered{when}: {why}"


def is_ahead(name: str, snapshot: Snapshot, migration: Migration, index: int) -> bool:
    """True for a new certificate that differs only because ACM has validated it earlier than the migration expects.

    Certificates for the same name share a validation record. If an older certificate has the record, the new one
    is validated before its own step.
    """
    address = Address(Certificate.kind, name.removeprefix("certificate."))
    state = migration.states[index + 1]
    expected = state.get(address)
    if not name.startswith("certificate.") or not isinstance(expected, Certificate) or address not in snapshot.lives:
        return False
    live = snapshot.observed.portable_names.to_portable(snapshot.lives[address].model)
    if not isinstance(live, Certificate) or differing_fields(expected, live) != ("proofs",):
        return False
    others = [r for other, r in state.items() if isinstance(r, Certificate) and other != address]
    validated = {proof.domain.removeprefix("*.") for other in others for proof in other.proofs}
    early = [proof for proof in live.proofs if proof not in expected.proofs]
    return all(proof.domain.removeprefix("*.") in validated for proof in early)
