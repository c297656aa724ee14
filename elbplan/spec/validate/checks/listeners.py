"""Listeners and what they and their rules do: protocols that fit, redirects that lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....core.address import Address
from ....kinds.aws.actions import Forward, Redirect
from ....kinds.listener import Listener
from ...messages import article
from .subject import Subject

PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
    "gateway": (None,),
}
FITTING = {
    "HTTP": ("HTTP", "HTTPS"),
    "HTTPS": ("HTTP", "HTTPS"),
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
    "QUIC": ("QUIC", "TCP_QUIC"),
    "TCP_QUIC": ("TCP_QUIC",),
    None: ("GENEVE",),
}
"""Which groups a listener of each protocol may forward to; a lambda group has no protocol and fits HTTP."""


def check(subject: Subject) -> None:
    """What AWS refuses of listeners, and what would leave people without an answer."""
    taken: dict[tuple[str, int | None], Address] = {}
    for address, listener in subject.of("listener"):
        _protocol(subject, address, listener)
        there = taken.setdefault((str(listener.load_balancer), listener.port), address)
        if there != address:
            subject.say(
                address, ("port",), f"port {listener.port} has a listener already: {there}", "one listener a port"
            )
    for address, action, listener in actions(subject):
        if isinstance(action, Forward):
            _forward(subject, address, action, listener)
        elif isinstance(action, Redirect):
            _redirect(subject, address, action, listener)


def actions(subject: Subject) -> Iterator[tuple[Address, Any, Listener]]:
    """Every action with the listener it serves."""
    for address, listener in subject.of("listener"):
        yield address, listener.action, listener
    for address, rule in subject.of("rule"):
        listener = subject.get(rule.listener)
        if isinstance(listener, Listener):
            yield address, rule.action, listener


def _protocol(subject: Subject, address: Address, listener: Listener) -> None:
    kind = subject.type_of(listener.load_balancer)
    if kind is None:
        return
    if listener.protocol not in PROTOCOLS[kind]:
        able = [protocol.lower() for protocol in PROTOCOLS[kind] if protocol]
        hint = f"one of {', '.join(able)}" if able else "leave port and protocol out"
        subject.say(
            address, ("protocol",), f"a listener of {article(kind)} balancer cannot speak {listener.protocol}", hint
        )
    elif listener.port is None and kind != "gateway":
        subject.say(address, (), "port is missing", "add port: 80")
    if kind != "application" and not isinstance(listener.action, Forward):
        subject.say(address, ("action",), f"{article(kind)} balancer can only forward", "use forward:")


def _forward(subject: Subject, address: Address, action: Forward, listener: Listener) -> None:
    kind = subject.type_of(listener.load_balancer)
    if len(action.groups) > 1 and not any(share.weight for share in action.groups):
        subject.say(
            address, ("action",), "all weights are zero: nobody would get an answer", "give one group a weight above 0"
        )
    for share in action.groups:
        group = subject.get(share.group)
        if group is None or kind is None or listener.protocol not in PROTOCOLS[kind]:
            continue
        fitting = FITTING.get(listener.protocol, ())
        if group.target_type not in ("lambda", "alb") and group.protocol not in fitting:
            name = share.group[1] if isinstance(share.group, Address) else str(share.group)
            speaker = article(listener.protocol or "gateway")
            what = f'{speaker} listener cannot forward to the {group.protocol} group "{name}"'
            hint = f"give the group protocol: {' or '.join(p.lower() for p in fitting)}"
            subject.say(address, ("action",), what, hint, near=name)


def _redirect(subject: Subject, address: Address, action: Redirect, listener: Listener) -> None:
    protocol = listener.protocol if action.protocol == "#{protocol}" else action.protocol
    port = str(listener.port) if action.port == "#{port}" else action.port
    same_host = action.host == "#{host}"
    same = (protocol, port) == (listener.protocol, str(listener.port)) and same_host
    if same and action.path.lstrip("/") == "#{path}" and action.query == "#{query}":
        subject.say(
            address, ("action",), "this redirects to itself, for ever", "change protocol, host, port, path or query"
        )
    elif listener.protocol == "HTTPS" and protocol == "HTTP":
        subject.say(address, ("action",), "this redirects from HTTPS to HTTP", "redirect to https, or forward")
    elif same_host and action.port.isdigit() and int(action.port) > 65535:
        subject.say(address, ("action",), f"{action.port} is not a port", "ports go from 1 to 65535")
    elif same_host:
        _leads_somewhere(subject, address, listener, str(protocol), port)


def _leads_somewhere(subject: Subject, address: Address, listener: Listener, protocol: str, port: str) -> None:
    """People who are sent to another port of the same name must find a listener there."""
    if subject.type_of(listener.load_balancer) is None or not subject.complete("listener"):
        return
    others = [other for _, other in subject.of("listener") if other.load_balancer == listener.load_balancer]
    there = [other for other in others if str(other.port) == port]
    if not there:
        subject.say(
            address,
            ("action",),
            f"this redirects to port {port}, where nothing listens",
            f"add a listener: listen: {port}/{protocol.lower()}",
        )
    elif there[0].protocol != protocol:
        subject.say(
            address,
            ("action",),
            f"this redirects to {protocol} on port {port}, where {there[0].protocol} is spoken",
            f"redirect to {port}/{str(there[0].protocol).lower()}",
        )
