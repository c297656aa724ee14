"""Checks target groups: health checks, ranges of attributes, and groups that nothing forwards to."""

from __future__ import annotations

import re

from ....core.address import Address, AwsId, Ref
from ....core.resource import references
from ....kinds.aws.health_check import GATEWAY_CODES
from ....kinds.aws.target_group_attributes import KEYS
from ....kinds.target_group import TargetGroup
from ...messages import article
from .attributes import unknown_keys
from .group_attributes import HTTP, Findings, attribute_problems
from .listener_protocols import QUIC, QUIC_HINT
from .subject import Subject

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
        for path, what, hint in (*_health(subject, group), *_shape(group), *attribute_problems(group)):
            subject.problem(address, path, what, hint)
        unknown_keys(subject, address, group.attributes, KEYS)
    for address, targets in subject.of("targets"):
        _group_of_targets(subject, address, targets.group)


def _group_of_targets(subject: Subject, address: Address, group: Ref) -> None:
    """AWS has no tags for registered targets: elbplan finds its targets, and their address, by their group."""
    if isinstance(group, AwsId):
        subject.problem(
            address,
            ("group",),
            "targets need a target group of this stack: AWS does not record who registered a target",
            "register the targets in the stack that has the group, or define the group under target_group:",
        )
    elif isinstance(group, Address) and group in subject.drafts and group.name != address.name:
        subject.problem(
            address,
            ("group",),
            f"the targets of {group} cannot have the name {address.name}",
            f"write targets: {{{group.name}: {{group: {group.name}, ...}}}}",
        )


def _shape(group: TargetGroup) -> Findings:
    if group.protocol in QUIC:
        yield ("protocol",), f"elbplan does not support {group.protocol} yet", QUIC_HINT
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
