"""The target groups for the instance ports of a Classic load balancer, and their health check. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.address import Address, AwsId
from ...core.resource import from_live
from ...kinds.aws.health_check import HealthCheck
from ...kinds.target_group import TargetGroup
from ..claims import BALANCER
from ..source import NotImported
from .policies import stickiness
from .read import ClassicFacts, Raw, user_tags

TARGET = re.compile(r"(?P<protocol>[A-Z]+):(?P<port>\d+)(?P<path>/.*)?", re.DOTALL)
ANY_ANSWER = "200-499"
"""A TCP check passes whatever the server answers. These are all codes that AWS accepts for an application group."""
APPLICATION = {"HTTP": "HTTP", "HTTPS": "HTTPS"}
NETWORK = {"HTTP": "TCP", "HTTPS": "TLS", "TCP": "TCP", "SSL": "TLS"}
PASSED_ON = {"HTTP": "TCP", "TCP": "TCP"}
"""For listeners that do not decrypt: a TCP listener cannot forward to a TLS group."""


@dataclass
class Groups:
    """The target groups, and the address of the one to which each listener forwards, by the listener's port."""

    groups: dict[Address, TargetGroup] = field(default_factory=dict)
    of_listener: dict[int, Address] = field(default_factory=dict)


def is_application(facts: ClassicFacts) -> bool:
    """True if every listener speaks HTTP or HTTPS: the new one is an application load balancer, else a network one."""
    return all(listener["Protocol"] in APPLICATION for listener, _ in facts.listeners)


def groups_of(facts: ClassicFacts) -> Groups:
    """One group for each instance port, protocol and stickiness. Listeners with the same ones share a group."""
    result, application = Groups(), is_application(facts)
    keys: dict[tuple[Any, ...], list[int]] = {}
    for listener, policies in facts.listeners:
        protocol = group_protocol(listener, application)
        sticky = stickiness(policies) if application else ()
        keys.setdefault((protocol, listener["InstancePort"], sticky), []).append(listener["LoadBalancerPort"])
    for (protocol, port, sticky), ports in keys.items():
        address = Address(TargetGroup.kind, _name(protocol, port, len(keys), result.groups))
        result.groups[address] = _group(facts, protocol, port, dict(sticky))
        result.of_listener |= dict.fromkeys(ports, address)
    return result


def group_protocol(listener: Raw, application: bool) -> str:
    """The protocol to the instances."""
    backend = listener.get("InstanceProtocol") or listener["Protocol"]
    if application:
        return APPLICATION.get(backend, "HTTP")
    decrypts = listener["Protocol"] in ("HTTPS", "SSL")
    return NETWORK[backend] if decrypts else PASSED_ON.get(backend, "TCP")


def _name(protocol: str, port: int, number: int, taken: dict[Address, TargetGroup]) -> str:
    if number == 1:
        return "web"
    base = f"{protocol.lower()}-{port}"
    names = [base, *(f"{base}-{count}" for count in range(2, number + 1))]
    return next(name for name in names if Address(TargetGroup.kind, name) not in taken)


def _group(facts: ClassicFacts, protocol: str, port: int, sticky: dict[str, str]) -> TargetGroup:
    draining = facts.attributes.get("ConnectionDraining") or {}
    seconds = str(draining.get("Timeout") or 300) if draining.get("Enabled") else "0"
    drain = {"deregistration_delay.timeout_seconds": seconds} if seconds != "300" else {}
    fields = {
        "tags": user_tags(facts.tags),
        "protocol": protocol,
        "port": port,
        "protocol_version": "HTTP1" if protocol in APPLICATION else None,
        "vpc": AwsId(facts.raw["VPCId"]),
        "balancer": BALANCER,
        "health": _health(facts.raw["HealthCheck"], protocol, port),
        "attributes": drain | sticky,
    }
    return from_live(TargetGroup, fields)


def _health(check: Raw, group: str, port: int) -> HealthCheck:
    """The same check. An application group has no TCP check, so it asks for / and accepts every answer below 500."""
    protocol, checked, path = _target(check)
    http = protocol in APPLICATION
    fields: dict[str, Any] = {
        "protocol": protocol if http else "TCP",
        "port": "traffic-port" if checked == port else str(checked),
        "path": path if http else None,
        "interval": check["Interval"],
        "timeout": check["Timeout"],
        "healthy": check["HealthyThreshold"],
        "unhealthy": check["UnhealthyThreshold"],
        "codes": "200" if http else None,
    }
    if group in APPLICATION and not http:
        fields |= {"protocol": "HTTPS" if protocol == "SSL" else "HTTP", "path": "/", "codes": ANY_ANSWER}
        fields["protocol"] = group if checked == port else fields["protocol"]
    return from_live(HealthCheck, fields)


def _target(check: Raw) -> tuple[str, int, str]:
    """The protocol, port and path of `HTTP:80/health`."""
    match = TARGET.fullmatch(check["Target"])
    assert match, check["Target"]
    return match["protocol"], int(match["port"]), match["path"] or ""


def health_differences(facts: ClassicFacts, groups: Sequence[TargetGroup]) -> Iterator[NotImported]:
    """What is different with the new health check."""
    protocol, port, _ = _target(facts.raw["HealthCheck"])
    what = f"health check {facts.raw['HealthCheck']['Target']}"
    if protocol not in APPLICATION and any(group.protocol in APPLICATION for group in groups):
        yield NotImported(what, f"an application load balancer asks for / instead; answers {ANY_ANSWER} are healthy")
    elif protocol == "SSL":
        yield NotImported(what, "a network load balancer only connects by TCP")
    others = sorted({group.port for group in groups if group.port not in (None, port)})
    if others:
        ports = ", ".join(map(str, others))
        yield NotImported(what, f"the groups of port {ports} are checked on port {port} too, as before")
