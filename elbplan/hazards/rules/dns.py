"""Names that lead to the wrong place: dns-early, dns-tail, cert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address, Ref
from ...core.hazard import Hazard
from ...kinds.listener import SECURE
from ...kinds.record import ALIAS_TTL
from ...kinds.traffic import answers, weighted
from ..timeline import NOTHING_HAPPENS, Timeline, Transition
from ..traffic_state import Route, TrafficState, name_of
from .routes import routes_text


def dns_too_early(film: Timeline) -> Iterator[Hazard]:
    """A name is given to a balancer before all is there that it will serve."""
    inactive = _waiting(film, "load_balancer", "active")
    for frame in film.transitions:
        for record, balancer in frame.after.alias_targets.items():
            if frame.before.alias_targets.get(record) == balancer or balancer not in frame.after.state:
                continue
            lacks = [f"{balancer} was not waited for until active"] if balancer in inactive[frame.index] else []
            lacks += _unserved(film, frame, balancer, record)
            if lacks:
                text = f"{name_of(frame.after.state[record])} leads to {balancer} too early: {'; '.join(lacks)}"
                safe = "move this step behind the waits for the balancer (active) and its targets (healthy)"
                yield Hazard("dns-too-early", record, text, step=frame.index, remedy=safe)


def _unserved(film: Timeline, frame: Transition, balancer: Ref, record: Address) -> Iterator[str]:
    there = frame.after.endpoints(balancer)
    missing = film.end.endpoints(balancer).keys() - there.keys()
    if missing:
        name = name_of(frame.after.state[record])
        yield f"not there yet: {routes_text(Route(name, port, when) for port, when in missing)}"
    groups = {group for place in there.values() for group in weighted(frame.after.state[place])}
    answered = _answered(film, frame, balancer, record)
    for group in sorted(groups, key=str):
        if not film.is_verified(group, frame.index) and (group in answered or group in frame.after.filled_by_stack):
            yield f"{group} was never seen healthy"


def _answered(film: Timeline, frame: Transition, balancer: Ref, record: Address) -> set[Ref]:
    """The groups of a balancer to which requests come that were answered where the name led before."""
    left = frame.before.alias_targets.get(record)
    before = frame.before.endpoints(left) if left is not None else {}
    doors = [door for door, place in before.items() if answers(frame.before.state[place], film.empty)]
    after = frame.after.endpoints(balancer)
    return {group for door in doors if door in after for group in weighted(frame.after.state[after[door]])}


def _waiting(film: Timeline, kind: str, gate: str) -> list[frozenset[Ref]]:
    """For each state, what was made in this film, or not ready at its start, and not waited for since."""
    waiting = {address for address in film.unready if address.kind == kind}
    found: list[frozenset[Ref]] = [frozenset(waiting)]
    for frame in film.transitions:
        if frame.step.do not in NOTHING_HAPPENS:
            waiting |= {a for a, before, _ in frame.came(kind) if before is None}
        if frame.waits(kind, gate):
            waiting -= {frame.step.what} - {None}
        found.append(frozenset(waiting))
    return found


@dataclass
class _Tail:
    """A balancer that a name has just left: what is still to be waited for, by record."""

    left: dict[Address, set[str]] = field(default_factory=dict)

    def take(self, frame: Transition) -> None:
        """A wait or a hold passes."""
        if frame.step.holds(ALIAS_TTL):
            self.left.clear()
        for record, gates in self.left.items():
            if frame.waits("record", "insync") and frame.step.what == record:
                gates.discard("insync")
            if frame.waits("record", "resolvers"):
                gates.discard("resolvers")
        self.left = {record: gates for record, gates in self.left.items() if gates}


def dns_still_cached(film: Timeline) -> Iterator[Hazard]:
    """An old balancer ends before every resolver has forgotten it."""
    tails: dict[Ref, _Tail] = {}
    for frame in film.transitions:
        for balancer, tail in list(tails.items()):
            tail.take(frame)
            if tail.left and frame.before.endpoints(balancer).keys() - frame.after.endpoints(balancer).keys():
                yield _tail(frame, balancer, tail)
                del tails[balancer]
        for record, old in frame.before.alias_targets.items():
            if frame.after.alias_targets.get(record, old) != old:
                tails.setdefault(old, _Tail()).left[record] = {"insync", "resolvers"}


def _tail(frame: Transition, balancer: Ref, tail: _Tail) -> Hazard:
    record, gates = next(iter(tail.left.items()))
    text = f"{record.name} led to {balancer} a moment ago, and resolvers may still send people there"
    waits = [f"- {{do: wait, what: {record.kind}.{record.name}, until: {gate}}}" for gate in sorted(gates)]
    safe = "before this step: " + ", ".join(waits)
    return Hazard("dns-still-cached", frame.address(record), text, step=frame.index, remedy=safe)


def certificate_invalid(film: Timeline) -> Iterator[Hazard]:
    """A certificate that is not issued yet, or does not cover a name that leads to it."""
    unissued = _waiting(film, "certificate", "issued")
    for frame in film.transitions:
        for address, earlier, listener in frame.came("listener"):
            new = _used(listener) - _used(earlier)
            for certificate in sorted(new & unissued[frame.index], key=str):
                text = f"{certificate} was made a moment ago and not waited for until it is issued"
                name = str(certificate).partition(".")[2]
                safe = f"before this step: - {{do: wait, what: certificate.{name}, until: issued}}"
                yield Hazard("certificate-invalid", address, text, step=frame.index, remedy=safe)
        yield from _uncovered(film, frame)


def _used(listener: Any) -> set[Ref]:
    if listener is None:
        return set()
    return {*listener.more_certificates, *([listener.certificate] if listener.certificate else [])}


def _uncovered(film: Timeline, frame: Transition) -> Iterator[Hazard]:
    """Names that stay and were better off before: no certificate is good for them now, or nobody can tell."""
    before = {(record.name, listener.name): state for record, listener, state in _coverage(frame.before)}
    for record, listener, now in _coverage(frame.after):
        was = before.get((record.name, listener.name))
        lost = now == "not covered" and was != now
        unsure = now == "unknown" and was == "covered"
        if record in film.end.alias_targets and (lost or unsure):
            name = name_of(frame.after.state[record])
            text = f"no certificate of {listener} covers {name}, which leads there"
            if unsure:
                text = f"{listener} loses the certificate that covers {name}, and nobody can tell what the other covers"
            safe = "keep a certificate that covers the name among the listener's more_certificates"
            yield Hazard("certificate-invalid", frame.address(record), text, step=frame.index, remedy=safe)


def _coverage(world: TrafficState) -> Iterator[tuple[Address, Address, str]]:
    """Each name with each secure listener it leads to: "covered", "not covered" or, by a foreign ARN, "unknown"."""
    for record, balancer in world.alias_targets.items():
        for address, listener in world.listeners.get(balancer, ()):
            if listener.protocol in SECURE:
                name: Any = world.state[record]
                yield record, address, _cover(world, name.name, _used(listener))


def _cover(world: TrafficState, name: str, certificates: set[Ref]) -> str:
    ours = [found for c in certificates if isinstance(c, Address) and (found := world.state.get(c))]
    if _covered(name, ours):
        return "covered"
    return "not covered" if len(ours) == len(certificates) else "unknown"


def _covered(name: str, certificates: Iterable[Any]) -> bool:
    """A wildcard stands for one label."""
    domains = {domain for certificate in certificates for domain in certificate.domains}
    return name in domains or f"*.{name.partition('.')[2]}" in domains
