"""Checks target groups: health checks, ranges of attributes, and groups that nothing forwards to."""

from __future__ import annotations

import re

from ....core.resource import references
from ....kinds.aws.health_check import GATEWAY_CODES, HealthCheck
from ....kinds.aws.target_group_attributes import KEYS
from ....kinds.load_balancer import LoadBalancer
from ....kinds.target_group import TargetGroup
from ...messages import article
from .attributes import unknown_keys
from .group_attributes import HTTP, Findings, attribute_problems
from .subject import Subject

METHOD = re.compile(r"/[^/]+/[^/]+")
CODE = re.compile(r"([0-9]{1,3})(?:-([0-9]{1,3}))?", re.ASCII)


def check(subject: Subject) -> None:
    """Reports what AWS refuses of target groups, and groups that no request can reach."""
    used = {ref for kind in ("listener", "rule") for _, resource in subject.of(kind) for ref in references(resource)}
    complete = subject.complete("listener", "rule")
    for address, group in subject.of("target_group"):
        if complete and address not in used:
            subject.problem(
                address, (), f'nothing forwards to the group "{address.name}"', "forward to it, or remove it"
            )
        for path, what, hint in (*_health(subject, group), *_shape(subject, group), *attribute_problems(group)):
            subject.problem(address, path, what, hint)
        unknown_keys(subject, address, group.attributes, KEYS)


def _shape(subject: Subject, group: TargetGroup) -> Findings:
    if group.control_port and (group.protocol not in HTTP or group.target_type not in ("instance", "ip")):
        what = "the target optimizer needs HTTP or HTTPS targets of an application load balancer"
        yield ("control_port",), what, "remove control_port:"
    if group.target_type == "alb" and group.protocol != "TCP":
        yield ("protocol",), "a load balancer as target needs the protocol TCP", "write protocol: tcp"
    balancer = subject.get(group.balancer)
    only_v4 = isinstance(balancer, LoadBalancer) and balancer.type == "network" and balancer.ip_address_type == "ipv4"
    if group.ip_address_type == "ipv6" and only_v4:
        what = "a network load balancer reaches IPv6 targets only if it is dualstack"
        yield ("ip_address_type",), what, "write ip: dualstack at the top level"
    if group.protocol_version and group.protocol not in HTTP:
        yield ("protocol_version",), f"{article(group.protocol)} group cannot have an HTTP version", "remove version:"
    if group.protocol == "GENEVE" and group.port != 6081:
        yield ("port",), "a GENEVE group must use port 6081", "write port: 6081, or leave it out"


def _health(subject: Subject, group: TargetGroup) -> Findings:
    health = group.health
    if group.protocol in HTTP and health.protocol == "TCP":
        yield (
            ("health", "protocol"),
            f"{group.protocol} targets need an HTTP or HTTPS health check, not TCP",
            "write protocol: http",
        )
    if health.protocol == "TCP" and (health.path or health.codes):
        field = "path" if health.path else "codes"
        yield ("health", field), f"a TCP health check cannot have {field}", "write protocol: http, or remove the line"
    if health.enabled and group.target_type != "lambda":
        yield ("health", "enabled"), "AWS always checks these targets", "remove enabled:"
    if group.target_type == "lambda" and (health.protocol or health.port != HealthCheck().port):
        field = "protocol" if health.protocol else "port"
        yield ("health", field), f"the health check of a function has no {field}", "remove it"
    if group.target_type == "alb" and health.protocol == "TCP":
        what = "AWS checks a load balancer as target only by HTTP or HTTPS"
        yield ("health", "protocol"), what, "write protocol: http"
    if group.protocol_version == "GRPC" and health.path and not METHOD.fullmatch(health.path):
        what = f"{health.path} is not a gRPC method"
        yield ("health", "path"), what, "write /PACKAGE.SERVICE/METHOD, like /grpc.health.v1.Health/Check"
    if health.port.isdigit() and int(health.port) > 65535:
        yield ("health", "port"), f"{health.port} is not a port", "use a number from 1 to 65535"
    if group.protocol == "GENEVE" and health.codes not in (None, GATEWAY_CODES):
        hint = f"write codes: {GATEWAY_CODES}, or remove the line"
        yield ("health", "codes"), f"{health.codes} is not possible for a GENEVE group", hint
    elif health.codes:
        kind = subject.type_of(group.balancer)
        low, high = (0, 99) if group.protocol_version == "GRPC" else (200, 499 if kind == "application" else 599)
        yield from _codes(health.codes, low, high)


def _codes(codes: str, low: int, high: int) -> Findings:
    for part in codes.split(","):
        match = CODE.fullmatch(part.strip())
        if not match:
            yield ("health", "codes"), f'"{codes}" is not a list of status codes', "write 200, 200-299 or 200,301"
            return
        first, last = int(match[1]), int(match[2] or match[1])
        if not low <= first <= last <= high:
            yield (
                ("health", "codes"),
                f"{part.strip()} is out of range",
                f"use codes from {low} to {high}, the smaller first",
            )
