"""Checks the protocols of listeners.

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html (Prerequisites)
"""

from __future__ import annotations

from ....core.address import Address
from ....kinds.aws.actions import Forward
from ....kinds.listener import Listener
from ...messages import article
from .subject import Subject

QUIC = ("QUIC", "TCP_QUIC")
UDP = ("UDP", "TCP_UDP")
PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", *QUIC),
    "gateway": (None,),
}


def check_protocol(subject: Subject, address: Address, listener: Listener) -> None:
    """Reports a protocol that the load balancer cannot have, and an action that its type cannot have."""
    kind = subject.type_of(listener.load_balancer)
    if kind is None:
        return
    if listener.protocol not in PROTOCOLS[kind]:
        possible = [protocol.lower() for protocol in PROTOCOLS[kind] if protocol]
        hint = f"use one of {', '.join(possible)}" if possible else "remove port and protocol"
        what = f"a listener of {article(kind)} load balancer cannot use {listener.protocol}"
        subject.problem(address, ("protocol",), what, hint)
    elif listener.port is None and kind != "gateway":
        subject.problem(address, (), "port is missing", "add port: 80")
    elif listener.protocol in QUIC:
        _quic(subject, address, listener)
    if kind != "application" and not isinstance(listener.action, Forward):
        subject.problem(address, ("action",), f"{article(kind)} load balancer can only forward", "use forward:")


def _quic(subject: Subject, address: Address, listener: Listener) -> None:
    """QUIC needs a load balancer of its own kind: ipv4, without security groups, without UDP and another QUIC."""
    balancer, field = subject.get(listener.load_balancer), ("protocol",)
    if balancer.ip_address_type != "ipv4":
        what = f"a {balancer.ip_address_type} load balancer cannot have {article(listener.protocol or '')} listener"
        subject.problem(address, field, what, "write ip: ipv4, or use udp or tcp_udp")
    if balancer.security_groups:
        what = f"{article(listener.protocol or '')} listener needs a load balancer without security groups"
        subject.problem(address, field, what, "write network: {security_groups: []}, or use udp or tcp_udp")
    others = [other for place, other in subject.of("listener") if place != address]
    beside = [other for other in others if other.load_balancer == listener.load_balancer]
    if other := next((other for other in beside if other.protocol in (*QUIC, *UDP)), None):
        protocol = article(listener.protocol or "")
        what = f"{protocol} listener cannot be beside the {other.protocol} listener of port {other.port}"
        subject.problem(address, field, what, "keep one of them, or add a load balancer")
