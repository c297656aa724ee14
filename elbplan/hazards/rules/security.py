"""Hazards of people and data: public-exposure, weaker-encryption, protection-removed."""

from __future__ import annotations

from collections.abc import Iterator

from ...core.address import Address, without_deposed
from ...core.hazard import Hazard
from ...kinds.aws.ingress_rules import IngressRule
from ...kinds.aws.tls_policies import strength
from ...kinds.listener import SECURE, Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.security_group import SecurityGroup
from ...kinds.traffic import weighted
from ..routing import front_of
from ..timeline import Timeline, Transition
from ..traffic_state import R, TrafficState

WORLD = ("0.0.0.0/0", "::/0")
NO_PORTS = ("icmp", "icmpv6", "1", "58")
GUARDS = {
    "deletion_protection.enabled": "deletion protection",
    "access_logs.s3.enabled": "the access log",
    "connection_logs.s3.enabled": "the connection log",
    "health_check_logs.s3.enabled": "the log of health checks",
}

Source = tuple[str, int | None, int | None, str | None]
"""Protocol, first and last port, and network of an ingress rule."""


def public_exposure(timeline: Timeline) -> Iterator[Hazard]:
    """A port opens to everybody without a public listener, or a load balancer becomes public."""
    for transition in timeline.transitions:
        for address, _, group in transition.changed_to(SecurityGroup):
            ports = _listener_ports(timeline.end, address)
            sides = _sides(transition.before, SecurityGroup, address)
            known = {_source(rule) for side in sides for rule in side.ingress}
            for rule in group.ingress:
                if _is_public(rule) and not _is_served(rule, ports) and _source(rule) not in known:
                    text = f"{_ports_text(rule)} is open to {rule.cidr}, and no listener of its load balancers is there"
                    remedy = "allow only who needs it: the cidr of your own network, or the group of the clients"
                    yield Hazard("public-exposure", address, text, step=transition.index, remedy=remedy)
        yield from _becomes_public(timeline, transition)


def _listener_ports(traffic: TrafficState, group: Address) -> set[int]:
    """The listener ports of the load balancers that use this security group."""
    return {
        listener.port
        for address, balancer in traffic.of(LoadBalancer)
        if without_deposed(group) in map(without_deposed, balancer.security_groups or ())
        for _, listener in traffic.listeners.get(address, ())
        if listener.port is not None
    }


def _sides(traffic: TrafficState, model: type[R], address: Address) -> list[R]:
    """The resource and the other side of its replacement."""
    return [resource for other, resource in traffic.of(model) if other.name == address.name]


def _source(rule: IngressRule) -> Source:
    return rule.protocol, rule.from_port, rule.to_port, rule.cidr


def _is_public(rule: IngressRule) -> bool:
    return rule.cidr in WORLD and rule.protocol not in NO_PORTS


def _is_served(rule: IngressRule, ports: set[int]) -> bool:
    """True if there is a listener at each port of the rule."""
    first, last = rule.from_port, rule.to_port
    if first is None or last is None or last - first >= len(ports):
        return False
    return set(range(first, last + 1)) <= ports


def _ports_text(rule: IngressRule) -> str:
    if rule.from_port is None:
        return "every port" if rule.protocol == "all" else f"protocol {rule.protocol}"
    if rule.from_port == rule.to_port:
        return f"port {rule.from_port}"
    return f"ports {rule.from_port} to {rule.to_port}"


def _becomes_public(timeline: Timeline, transition: Transition) -> Iterator[Hazard]:
    for address, same, balancer in transition.changed_to(LoadBalancer):
        before = _sides(timeline.start, LoadBalancer, address)
        if same is not None or not before or balancer.scheme != "internet-facing":
            continue
        if all(other.scheme == "internal" for other in before):
            text = "it was internal, and the internet can reach it from this step on"
            remedy = "leave access: internal, or create a second load balancer for the public part"
            yield Hazard("public-exposure", address, text, step=transition.index, remedy=remedy)


def weaker_encryption(timeline: Timeline) -> Iterator[Hazard]:
    """A port has less encryption than before."""
    yield from _unencrypted_beside_https(timeline)
    secure: dict[tuple[str, int | None], str] = {}
    for transition in timeline.transitions:
        secure |= {
            (front, listener.port): listener.protocol
            for front, listener in _listeners(transition.before)
            if listener.protocol in SECURE
        }
        for front, listener in _listeners(transition.after):
            port = listener.port
            if listener.protocol not in SECURE and (earlier := secure.pop((front, port), None)):
                text = f"{front}:{port} used {earlier} before and uses {listener.protocol} from this step on"
                remedy = "leave the protocol; use another port for what needs no encryption"
                yield _weaker(transition, port, text, remedy)
        yield from _weaker_policies(transition)


def _weaker(transition: Transition, port: int | None, text: str, remedy: str) -> Hazard:
    where = transition.address(Address(Listener.kind, str(port)))
    return Hazard("weaker-encryption", where, text, step=transition.index, remedy=remedy)


def _listeners(traffic: TrafficState) -> Iterator[tuple[str, Listener]]:
    """Each listener with the front of its load balancer."""
    for balancer, listeners in traffic.listeners.items():
        yield from ((front_of(balancer), listener) for _, listener in listeners)


def _unencrypted_beside_https(timeline: Timeline) -> Iterator[Hazard]:
    """At the end HTTP forwards requests beside HTTPS, and at the start it did not."""
    secure = {front for front, listener in _listeners(timeline.end) if listener.protocol in SECURE}
    new = _unencrypted(timeline.end) - _unencrypted(timeline.start)
    for front, port in sorted((place for place in new if place[0] in secure), key=str):
        last = next(t for t in reversed(timeline.transitions) if (front, port) not in _unencrypted(t.before))
        text = f"{front}:{port} forwards requests without encryption, although there is HTTPS"
        yield _weaker(last, port, text, "let it redirect: {type: redirect, protocol: HTTPS, port: 443}")


def _unencrypted(traffic: TrafficState) -> set[tuple[str, int | None]]:
    """The fronts and ports where an HTTP listener forwards requests to a group."""
    return {(front, li.port) for front, li in _listeners(traffic) if li.protocol == "HTTP" and weighted(li)}


def _weaker_policies(transition: Transition) -> Iterator[Hazard]:
    for address, before, listener in transition.changed_to(Listener):
        if before is None:
            continue
        old, new = strength(before.ssl_policy), strength(listener.ssl_policy)
        if old and new and new < old:
            text = f"{before.ssl_policy} → {listener.ssl_policy} allows older versions of TLS, or no longer the newest"
            remedy = f"keep ssl_policy: {before.ssl_policy}"
            yield Hazard("weaker-encryption", address, text, step=transition.index, remedy=remedy)


def protection_removed(timeline: Timeline) -> Iterator[Hazard]:
    """Deletion protection or a log is switched off."""
    for transition in timeline.transitions:
        for address, same, balancer in transition.changed_to(LoadBalancer):
            if address in timeline.spare:
                continue
            before = [same] if same is not None else _sides(transition.before, LoadBalancer, address)
            for key, what in GUARDS.items():
                on = before and all(other.attributes.get(key) == "true" for other in before)
                if on and balancer.attributes.get(key) != "true":
                    text = f"{what} is switched off"
                    remedy = f"leave {key} as it is; if it must go, do it in a migration of its own"
                    yield Hazard("protection-removed", address, text, step=transition.index, remedy=remedy)
