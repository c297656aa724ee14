"""What protects people and data: open, plain, guard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ...core.address import Address
from ...core.hazard import Hazard
from ...kinds.listener import SECURE
from ...kinds.traffic import weighted
from ..timeline import Timeline, Transition
from ..traffic_state import TrafficState, front_of, without_deposed

WORLD = ("0.0.0.0/0", "::/0")
NO_PORTS = ("icmp", "icmpv6", "1", "58")
GUARDS = {"deletion_protection.enabled": "deletion protection", "access_logs.s3.enabled": "the access log"}


def public_exposure(film: Timeline) -> Iterator[Hazard]:
    """A port that becomes open to everybody without a public listener, or a balancer that goes public."""
    for frame in film.transitions:
        for address, _, group in frame.came("security_group"):
            ports = _listening(film.end, address)
            there = {door for other in _siblings(frame.before, address) for door in _doors(other)}
            for opening in group.ingress:
                if _to_all(opening) and not _heard(opening, ports) and _door(opening) not in there:
                    text = f"{_ports(opening)} is open to {opening.cidr}, and no listener of its balancers is there"
                    safe = "name who may come: cidr of your own network, or group of who calls"
                    yield Hazard("public-exposure", address, text, step=frame.index, remedy=safe)
        yield from _public(film, frame)


def _listening(world: TrafficState, group: Address) -> set[int]:
    """The ports of the listeners of the balancers that use this security group."""
    return {
        listener.port
        for address, balancer in world.of("load_balancer")
        if without_deposed(group) in map(without_deposed, balancer.security_groups or ())
        for _, listener in world.listeners.get(address, ())
        if listener.port is not None
    }


def _siblings(world: TrafficState, address: Address) -> list[Any]:
    """The resource, and the other side of its replacement."""
    return [resource for other, resource in world.of(address.kind) if other.name == address.name]


def _doors(group: Any) -> Iterator[tuple[Any, ...]]:
    return (_door(opening) for opening in group.ingress)


def _door(opening: Any) -> tuple[Any, ...]:
    return opening.protocol, opening.from_port, opening.to_port, opening.cidr


def _to_all(opening: Any) -> bool:
    return opening.cidr in WORLD and opening.protocol not in NO_PORTS


def _heard(opening: Any, ports: set[int]) -> bool:
    """Is there a listener at every one of these ports?"""
    if None in (opening.from_port, opening.to_port) or opening.to_port - opening.from_port >= len(ports):
        return False
    return set(range(opening.from_port, opening.to_port + 1)) <= ports


def _ports(opening: Any) -> str:
    if opening.from_port is None:
        return "every port" if opening.protocol == "all" else f"protocol {opening.protocol}"
    if opening.from_port == opening.to_port:
        return f"port {opening.from_port}"
    return f"ports {opening.from_port} to {opening.to_port}"


def _public(film: Timeline, frame: Transition) -> Iterator[Hazard]:
    for address, same, balancer in frame.came("load_balancer"):
        before = _siblings(film.start, address)
        if same is not None or not before or balancer.scheme != "internet-facing":
            continue
        if all(other.scheme == "internal" for other in before):
            text = "it was internal and can be reached from the internet from this step on"
            safe = "leave access: internal, or make a second balancer for the public part"
            yield Hazard("public-exposure", address, text, step=frame.index, remedy=safe)


def weaker_encryption(film: Timeline) -> Iterator[Hazard]:
    """Less encryption at a port than before."""
    yield from _forwarding(film)
    secure: dict[tuple[str, int | None], str] = {}
    for frame in film.transitions:
        for balancer, port, listener in _ports_of(frame.before):
            if listener.protocol in SECURE:
                secure[balancer, port] = listener.protocol
        for balancer, port, listener in _ports_of(frame.after):
            was = secure.get((balancer, port))
            if was and listener.protocol not in SECURE:
                del secure[balancer, port]
                text = f"{balancer}:{port} was {was} and is {listener.protocol} from this step on"
                safe = "leave the protocol; what needs no encryption gets a port of its own"
                yield Hazard(
                    "weaker-encryption",
                    frame.address(Address("listener", str(port))),
                    text,
                    step=frame.index,
                    remedy=safe,
                )
        yield from _weaker(frame)


def _ports_of(world: TrafficState) -> Iterator[tuple[str, int | None, Any]]:
    for balancer, listeners in world.listeners.items():
        yield from ((front_of(balancer), listener.port, listener) for _, listener in listeners)


def _forwarding(film: Timeline) -> Iterator[Hazard]:
    """At the end HTTP is served beside HTTPS, where HTTP was not served before."""
    before = {(balancer, port) for balancer, port, listener in _ports_of(film.start) if _open_text(listener)}
    secure = {balancer for balancer, _, listener in _ports_of(film.end) if listener.protocol in SECURE}
    last = {(b, port) for b, port, listener in _ports_of(film.end) if _open_text(listener) and b in secure}
    for balancer, port in sorted(last - before, key=str):
        frame = next(f for f in reversed(film.transitions) if not _forwards(f.before, balancer, port))
        text = f"{balancer}:{port} hands on requests without encryption, although HTTPS is there"
        safe = "let it redirect: {type: redirect, protocol: HTTPS, port: 443}"
        yield Hazard(
            "weaker-encryption", frame.address(Address("listener", str(port))), text, step=frame.index, remedy=safe
        )


def _forwards(world: TrafficState, balancer: str, port: int | None) -> bool:
    return any(b == balancer and p == port and _open_text(listener) for b, p, listener in _ports_of(world))


def _open_text(listener: Any) -> bool:
    return listener.protocol == "HTTP" and bool(weighted(listener))


def _weaker(frame: Transition) -> Iterator[Hazard]:
    for address, before, listener in frame.came("listener"):
        old, new = (strength(getattr(one, "ssl_policy", None)) for one in (before, listener))
        if old and new and new < old:
            text = f"{before.ssl_policy} → {listener.ssl_policy} lets older versions of TLS in, or the newest no more"
            safe = f"keep ssl_policy: {before.ssl_policy}"
            yield Hazard("weaker-encryption", address, text, step=frame.index, remedy=safe)


VERSION = re.compile(r"-(?:TLS13-1|TLS-1|FS-1)-(\d)-")


def strength(policy: str | None) -> tuple[int, bool] | None:
    """The lowest version 1.x of TLS that a policy of AWS lets in, and whether it knows 1.3; None if nobody says.

    Policies that name no version (2016-08, FS-2018-06) go down to TLS 1.0.
    """
    if policy is None:
        return None
    found = VERSION.search(policy)
    return int(found[1]) if found else 0, "TLS13" in policy


def protection_removed(film: Timeline) -> Iterator[Hazard]:
    """Deletion protection or the access log is off where it was on."""
    for frame in film.transitions:
        for address, same, balancer in frame.came("load_balancer"):
            if address in film.spare:
                continue
            before = [same] if same is not None else _siblings(frame.before, address)
            for key, what in GUARDS.items():
                was = before and all(other.attributes.get(key) == "true" for other in before)
                if was and balancer.attributes.get(key) != "true":
                    text = f"{what} is switched off"
                    safe = f"leave {key} as it is; if it must go, do it in a migration of its own"
                    yield Hazard("protection-removed", address, text, step=frame.index, remedy=safe)
