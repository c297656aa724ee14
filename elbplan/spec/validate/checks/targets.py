"""Checks registered targets and Auto Scaling groups: types, ports, zones, QUIC server ids, counts.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ....core.address import Address, AwsId, Ref
from ....kinds.target import EVERY_ZONE, Target, target_name
from ....kinds.target_group import TargetGroup
from ....kinds.targets import Targets
from ....kinds.traffic import attached_groups
from .subject import Subject

QUIC = ("QUIC", "TCP_QUIC")
MOST_TARGETS = 1000
"""In a group: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""

TYPES = {
    "instance": "instances",
    "ip": "IP addresses",
    "lambda": "the ARN of one Lambda function",
    "alb": "the name or ARN of one application load balancer",
}
Findings = Iterator[tuple[str, str]]
"""The problem, and the hint."""


def check(subject: Subject) -> None:
    """Reports what AWS refuses of targets, and Auto Scaling groups that cannot fill their group."""
    for address, targets in subject.of("targets"):
        _group_of(subject, address, targets.group, "targets")
        if isinstance(group := subject.get(targets.group), TargetGroup):
            ids_are_known = subject.report.complete("quic_server_id")
            for what, hint in _problems(targets, group, ids_are_known):
                subject.problem(address, ("members",), what, hint)
    for address, attachment in subject.of("auto_scaling_attachment"):
        _group_of(subject, address, attachment.group, "Auto Scaling groups")
        _scaling(subject, address, attachment.group)
    for address, resource in (*subject.of("listener"), *subject.of("rule")):
        _unique_server_ids(subject, address, attached_groups(resource))


def _group_of(subject: Subject, address: Address, group: Ref, words: str) -> None:
    """AWS has no tags for registered targets: elbplan finds its targets, and their address, by their group."""
    if isinstance(group, AwsId):
        subject.problem(
            address,
            ("group",),
            f"{words} need a target group of this stack: AWS does not record who registered a target",
            "register the targets in the stack that has the group, or define the group under target_group:",
        )
    elif isinstance(group, Address) and group in subject.drafts and group.name != address.name:
        subject.problem(
            address,
            ("group",),
            f"the {words} of {group} cannot have the name {address.name}",
            f"write {address.kind}: {{{group.name}: {{group: {group.name}, ...}}}}",
        )


def _scaling(subject: Subject, address: Address, ref: Ref) -> None:
    group = subject.get(ref)
    if isinstance(group, TargetGroup) and group.target_type != "instance":
        what = f"an Auto Scaling group fills only groups of instances, and {ref} has the type {group.target_type}"
        subject.problem(address, ("group",), what, "write target_type: instance, or leave target_type out")
    if Address("targets", address.name) in subject.drafts:
        what = f"{ref} cannot have both an Auto Scaling group and other targets"
        subject.problem(address, ("auto_scaling_groups",), what, "split it into two groups")


def _problems(targets: Targets, group: TargetGroup, ids_are_known: bool) -> Findings:
    for member in targets.members:
        yield from _member(member, group)
        yield from _server_id(member, group) if ids_are_known else ()
    if group.target_type in ("lambda", "alb") and len(targets.members) > 1:
        yield f"a group of the type {group.target_type} can have only one target", "make a group for each"
    if len(targets.members) > MOST_TARGETS:
        yield f"{len(targets.members)} targets are too many", f"a group can have {MOST_TARGETS}: split it"
    versions = {ip.version for member in targets.members if (ip := _ip(member)) is not None}
    if len(versions) > 1:
        yield "a group has either IPv4 or IPv6 addresses", "split it into two groups"


def _member(member: Target, group: TargetGroup) -> Findings:
    kind, name = group.target_type, target_name(member)
    if not _has_type(member, kind):
        yield f"{name} is no target for a group of the type {kind}", f"write {TYPES[kind]}"
    if member.zone and (kind in ("instance", "alb") or (kind == "lambda" and member.zone != EVERY_ZONE)):
        yield f"{name}: AWS takes no zone for a target of the type {kind}", "remove zone:"
    if member.port and kind == "lambda":
        yield f"{name}: a function has no port", "remove port:"
    if member.port and group.protocol == "GENEVE" and member.port != group.port:
        yield f"{name}: a GENEVE target must use port 6081", "remove port:"
    address = _ip(member)
    if address is not None and (address.is_loopback or address.is_multicast or address.is_link_local):
        yield f"{name} cannot be a target", "write an address of the VPC, or a private address that it can reach"
    elif address is not None and address.version == 4 and address.is_global:
        yield f"{name} is a public address, which AWS does not take as a target", "write its private address"


def _has_type(member: Target, kind: str) -> bool:
    text = member.address or ""
    return {
        "instance": member.instance is not None,
        "ip": _ip(member) is not None,
        "lambda": ":lambda:" in text,
        "alb": member.load_balancer is not None or ":loadbalancer/app/" in text,
    }[kind]


def _ip(member: Target) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(member.address or "")
    except ValueError:
        return None


def _server_id(member: Target, group: TargetGroup) -> Findings:
    name = target_name(member)
    if group.protocol in QUIC and not member.quic_server_id:
        yield f"{name} needs a QUIC server id", f'write quic_server_id: {{{name}: "0x..."}}, as the server has it'
    if group.protocol not in QUIC and member.quic_server_id:
        yield f"{name}: only QUIC and TCP_QUIC groups have QUIC server ids", "remove quic_server_id:"


def _unique_server_ids(subject: Subject, address: Address, groups: tuple[Ref, ...]) -> None:
    """The server id of a target is unique among the targets of a listener."""
    users: dict[str, set[str]] = {}
    for _, targets in subject.of("targets"):
        for member in targets.members if targets.group in groups else ():
            if member.quic_server_id:
                users.setdefault(member.quic_server_id, set()).add(target_name(member))
    for server, names in users.items():
        if len(names) > 1:
            what = f"{' and '.join(sorted(names))} have the QUIC server id {server}"
            place = next(a for a, targets in subject.of("targets") if targets.group in groups)
            subject.problem(place, ("members",), what, f"each target of {address} needs an id of its own")
