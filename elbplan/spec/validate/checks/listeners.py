"""Checks listeners and actions: matching protocols, and redirects to existing listeners."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ....core.address import Address
from ....kinds.aws.actions import Forward, Redirect, groups_of
from ....kinds.listener import Listener
from ....kinds.target_group import HTTPS_ONLY
from ...messages import article
from .listener_attributes import check_attributes
from .listener_protocols import PROTOCOLS, check_protocol
from .subject import Subject

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
"""The group protocols that a listener of each protocol may forward to. A lambda group has none and fits HTTP."""


def check(subject: Subject) -> None:
    """Reports what AWS refuses of listeners, and actions that leave clients without a response."""
    by_port: dict[tuple[str, int | None], Address] = {}
    for address, listener in subject.of("listener"):
        check_protocol(subject, address, listener)
        check_attributes(subject, address, listener)
        other = by_port.setdefault((str(listener.load_balancer), listener.port), address)
        if other != address:
            subject.problem(
                address,
                ("port",),
                f"port {listener.port} already has a listener: {other}",
                "keep one listener for each port",
            )
    for address, action, listener in actions(subject):
        if isinstance(action, Forward):
            _forward(subject, address, action, listener)
        elif isinstance(action, Redirect):
            _redirect(subject, address, action, listener)


def actions(subject: Subject) -> Iterator[tuple[Address, Any, Listener]]:
    """Every action with its listener."""
    for address, listener in subject.of("listener"):
        yield address, listener.action, listener
    for address, rule in subject.of("rule"):
        listener = subject.get(rule.listener)
        if isinstance(listener, Listener):
            yield address, rule.action, listener


def _forward(subject: Subject, address: Address, action: Forward, listener: Listener) -> None:
    kind = subject.type_of(listener.load_balancer)
    if kind == "gateway" and (len(action.groups) > 1 or action.sticky):
        what = "a gateway load balancer can forward to one group only, without stickiness of the listener"
        subject.problem(address, ("action",), what, "write forward: with the name of one group")
    elif kind == "network" and action.sticky:
        what = "a network load balancer has no stickiness between groups"
        subject.problem(address, ("action",), what, "remove sticky: here; a group of its own can be sticky")
    elif len(action.groups) > 1 and not any(share.weight for share in action.groups):
        subject.problem(
            address, ("action",), "all weights are 0, so no group receives requests", "give one group a weight above 0"
        )
    if listener.protocol in PROTOCOLS["application"]:
        _stickiness(subject, address, action)
    for share in action.groups:
        group = subject.get(share.group)
        if group is None or kind is None or listener.protocol not in PROTOCOLS[kind]:
            continue
        fitting = FITTING.get(listener.protocol, ())
        name = share.group[1] if isinstance(share.group, Address) else str(share.group)
        if group.target_type not in ("lambda", "alb") and group.protocol not in fitting:
            protocol = article(listener.protocol or "gateway")
            what = f'{protocol} listener cannot forward to the {group.protocol} group "{name}"'
            hint = f"give the group protocol: {' or '.join(p.lower() for p in fitting)}"
            subject.problem(address, ("action",), what, hint, near=name)
        elif listener.protocol == "HTTP" and group.protocol_version in HTTPS_ONLY:
            what = f'an HTTP listener cannot forward to the group "{name}" with version {group.protocol_version}'
            hint = "listen on 443/https, or remove version: from the group"
            subject.problem(address, ("action",), what, hint, near=name)


def _stickiness(subject: Subject, address: Address, action: Forward) -> None:
    """Reports target stickiness behind weights without group stickiness.

    AWS: "You must enable group stickiness on a rule if you enabled target stickiness on one of its target groups".
    """
    if len(action.groups) == 1 or action.sticky is not None:
        return
    for ref in groups_of(action):
        group = subject.get(ref)
        if group is not None and group.attributes.get("stickiness.enabled") == "true":
            name = ref[1] if isinstance(ref, Address) else str(ref)
            what = f'the group "{name}" is sticky, so a forward to several groups must be sticky too'
            hint = "write forward: {groups: {...}, sticky: 1h}, or remove sticky: from the group"
            subject.problem(address, ("action",), what, hint, near=name)


def _redirect(subject: Subject, address: Address, action: Redirect, listener: Listener) -> None:
    protocol = listener.protocol if action.protocol == "#{protocol}" else action.protocol
    port = str(listener.port) if action.port == "#{port}" else action.port
    same_host = action.host == "#{host}"
    same = (protocol, port) == (listener.protocol, str(listener.port)) and same_host
    if same and action.path.lstrip("/") == "#{path}" and action.query == "#{query}":
        subject.problem(
            address,
            ("action",),
            "this redirect leads to the same URL again",
            "change protocol, host, port, path or query",
        )
    elif listener.protocol == "HTTPS" and protocol == "HTTP":
        subject.problem(address, ("action",), "this redirects from HTTPS to HTTP", "redirect to HTTPS, or forward")
    elif same_host and action.port.isdigit() and int(action.port) > 65535:
        subject.problem(address, ("action",), f"{action.port} is not a port", "ports go from 1 to 65535")
    elif same_host:
        _check_target(subject, address, listener, str(protocol), port)


def _check_target(subject: Subject, address: Address, listener: Listener, protocol: str, port: str) -> None:
    """Reports a redirect to a port of the same host that has no listener, or one with another protocol."""
    if subject.type_of(listener.load_balancer) is None or not subject.complete("listener"):
        return
    others = [other for _, other in subject.of("listener") if other.load_balancer == listener.load_balancer]
    target = next((other for other in others if str(other.port) == port), None)
    if target is None:
        subject.problem(
            address,
            ("action",),
            f"this redirects to port {port}, which has no listener",
            f"add a listener with listen: {port}/{protocol.lower()}",
        )
    elif target.protocol != protocol:
        subject.problem(
            address,
            ("action",),
            f"this redirects to {protocol} on port {port}, but the listener there uses {target.protocol}",
            f"redirect to {port}/{str(target.protocol).lower()}",
        )
