"""Hazards of DNS names: dns-too-early, dns-still-cached, certificate-invalid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...core.resource import Resource
from ...kinds.aws.certificate_gates import ISSUE_GATES
from ...kinds.aws.record_gates import ALIAS_TTL
from ...kinds.certificate import Certificate
from ...kinds.listener import SECURE, Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.traffic import answers, weighted
from ..routing import Route
from ..timeline import NOTHING_HAPPENS, Timeline, Transition
from ..traffic_state import TrafficState
from .routes import routes_text


def dns_too_early(timeline: Timeline) -> Iterator[Hazard]:
    """A record points at a load balancer before it serves everything that it will serve."""
    inactive = _not_ready(timeline, LoadBalancer, "active")
    for transition in timeline.transitions:
        before, after = transition.before, transition.after
        for record, balancer in after.alias_targets.items():
            if before.alias_targets.get(record) == balancer or balancer not in after.state:
                continue
            lacks = [f"no step waits until {balancer} is active"] if balancer in inactive[transition.index] else []
            lacks += _unserved(timeline, transition, balancer, record)
            if lacks:
                text = f"{after.name_of(record)} points at {balancer} too early: {'; '.join(lacks)}"
                remedy = "move this step behind the waits for the load balancer (active) and its targets (healthy)"
                yield Hazard("dns-too-early", record, text, step=transition.index, remedy=remedy)


def _unserved(timeline: Timeline, transition: Transition, balancer: Ref, record: Address) -> Iterator[str]:
    after = transition.after
    endpoints = after.endpoints(balancer)
    if missing := timeline.end.endpoints(balancer).keys() - endpoints.keys():
        name = after.name_of(record)
        yield f"not served yet: {routes_text(Route(name, port, when) for port, when in missing)}"
    groups = {group for place in endpoints.values() for group in weighted(after.state[place])}
    answered = _answered(timeline, transition, balancer, record)
    for group in sorted(groups, key=str):
        matters = group in answered or group in after.filled_by_stack
        if matters and not timeline.is_verified(group, transition.index):
            yield f"{group} was never seen healthy"


def _answered(timeline: Timeline, transition: Transition, balancer: Ref, record: Address) -> set[Ref]:
    """The groups that get requests which the record's former load balancer answered."""
    before, after = transition.before, transition.after
    former = before.alias_targets.get(record)
    served = before.endpoints(former) if former is not None else {}
    answered = [endpoint for endpoint, place in served.items() if answers(before.state[place], timeline.empty)]
    now = after.endpoints(balancer)
    return {group for endpoint in answered if endpoint in now for group in weighted(after.state[now[endpoint]])}


def _not_ready(timeline: Timeline, model: type[Resource], *gates: str) -> list[frozenset[Ref]]:
    """For each state, the resources that no step has waited for since their creation, or since the start."""
    waiting = {address for address in timeline.not_ready if address.kind == model.kind}
    found: list[frozenset[Ref]] = [frozenset(waiting)]
    for transition in timeline.transitions:
        if transition.step.do not in NOTHING_HAPPENS:
            waiting |= {address for address, before, _ in transition.changed_to(model) if before is None}
        if any(transition.waits(model, gate) for gate in gates):
            waiting -= {transition.step.what} - {None}
        found.append(frozenset(waiting))
    return found


@dataclass
class _FormerNames:
    """The records that have just left a load balancer, each with the gates that no step has waited at yet."""

    pending: dict[Address, set[str]] = field(default_factory=dict)

    def pass_step(self, transition: Transition) -> None:
        """Removes the gates at which this step waits."""
        if transition.step.holds(ALIAS_TTL):
            self.pending.clear()
        for record, gates in self.pending.items():
            if transition.waits(Record, "insync") and transition.step.what == record:
                gates.discard("insync")
            if transition.waits(Record, "resolvers"):
                gates.discard("resolvers")
        self.pending = {record: gates for record, gates in self.pending.items() if gates}


def dns_still_cached(timeline: Timeline) -> Iterator[Hazard]:
    """A load balancer stops serving while resolvers may still have its address in their cache."""
    left: dict[Ref, _FormerNames] = {}
    for transition in timeline.transitions:
        before, after = transition.before, transition.after
        for balancer, names in list(left.items()):
            names.pass_step(transition)
            if names.pending and before.endpoints(balancer).keys() - after.endpoints(balancer).keys():
                yield _still_cached(transition, balancer, names)
                del left[balancer]
        for record, balancer in before.alias_targets.items():
            if after.alias_targets.get(record, balancer) != balancer:
                left.setdefault(balancer, _FormerNames()).pending[record] = {"insync", "resolvers"}


def _still_cached(transition: Transition, balancer: Ref, names: _FormerNames) -> Hazard:
    record, gates = next(iter(names.pending.items()))
    text = f"{record.name} pointed at {balancer} until now, and resolvers may still send clients there"
    waits = [f"- {{do: wait, what: {record.kind}.{record.name}, until: {gate}}}" for gate in sorted(gates)]
    remedy = "before this step: " + ", ".join(waits)
    return Hazard("dns-still-cached", transition.address(record), text, step=transition.index, remedy=remedy)


def certificate_invalid(timeline: Timeline) -> Iterator[Hazard]:
    """A listener uses a certificate that is not issued yet, or that does not cover a name that points there."""
    unissued = _not_ready(timeline, Certificate, *ISSUE_GATES)
    for transition in timeline.transitions:
        for address, before, listener in transition.changed_to(Listener):
            new = _certificates(listener) - _certificates(before)
            for certificate in sorted(new & unissued[transition.index], key=str):
                model = transition.after.get(Certificate, certificate)
                if model is not None and model.imported:  # issued before elbplan imports it
                    continue
                text = f"{certificate} is new, and no step waits until it is issued"
                name = str(certificate).partition(".")[2]
                gate = model.issue_gate if model is not None else "issued"
                remedy = f"before this step: - {{do: wait, what: certificate.{name}, until: {gate}}}"
                yield Hazard("certificate-invalid", address, text, step=transition.index, remedy=remedy)
        yield from _uncovered(timeline, transition)


def _certificates(listener: Listener | None) -> set[Ref]:
    if listener is None:
        return set()
    return {*listener.more_certificates, *([listener.certificate] if listener.certificate else [])}


def _uncovered(timeline: Timeline, transition: Transition) -> Iterator[Hazard]:
    """Names that stay, and that a certificate covered before: now none does, or elbplan cannot know."""
    before = {(record.name, listener.name): coverage for record, listener, coverage in _coverages(transition.before)}
    for record, listener, now in _coverages(transition.after):
        earlier = before.get((record.name, listener.name))
        lost = now == "not covered" and earlier != now
        unsure = now == "unknown" and earlier == "covered"
        if record in timeline.end.alias_targets and (lost or unsure):
            name = transition.after.name_of(record)
            text = f"no certificate of {listener} covers {name}, which points there"
            if unsure:
                text = (
                    f"{listener} loses the certificate that covers {name}, and elbplan does not know what the other"
                    " covers"
                )
            remedy = "keep a certificate that covers the name among the listener's more_certificates"
            where = transition.address(record)
            yield Hazard("certificate-invalid", where, text, step=transition.index, remedy=remedy)


def _coverages(traffic: TrafficState) -> Iterator[tuple[Address, Address, str]]:
    """Each record with each secure listener behind it: "covered", "not covered" or, by a foreign ARN, "unknown"."""
    for address, record in traffic.of(Record):
        for place, listener in traffic.listeners.get(record.load_balancer, ()):
            if listener.protocol in SECURE:
                yield address, place, _coverage(traffic, record.name, _certificates(listener))


def _coverage(traffic: TrafficState, name: str, certificates: set[Ref]) -> str:
    ours = [model for certificate in certificates if (model := traffic.get(Certificate, certificate))]
    if _covers(ours, name):
        return "covered"
    return "not covered" if len(ours) == len(certificates) else "unknown"


def _covers(certificates: Iterable[Certificate], name: str) -> bool:
    """A wildcard stands for one label."""
    domains = {domain for certificate in certificates for domain in certificate.domains}
    return name in domains or f"*.{name.partition('.')[2]}" in domains
