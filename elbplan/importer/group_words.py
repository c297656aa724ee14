"""A target group with its targets, health check and attributes in the words of the short form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.address import Address
from ..core.duration import duration_text
from ..core.resource import Resource
from ..kinds import KINDS
from ..kinds.auto_scaling_attachment import AutoScalingAttachment
from ..kinds.aws.auto_scaling import scaling_group_name
from ..kinds.target import Target
from ..kinds.target_group import TargetGroup
from ..kinds.targets import Targets
from ..spec.short.group_attributes import DURATIONS, SWITCHES, WORDS
from .words import Words

DRAIN = "deregistration_delay.timeout_seconds"
SLOW_START = "slow_start.duration_seconds"
MULTI_VALUE = "lambda.multi_value_headers.enabled"
USUAL = {"application": "HTTP", "network": "TCP", "gateway": "GENEVE"}


def group_words(
    group: TargetGroup, address: Address, resources: Mapping[Address, Resource], type: str, labels: Mapping[str, str]
) -> tuple[Words, set[Address]]:
    """The words, and the addresses that they cover. `type` is that of the load balancer."""
    targets, covered = _targets(address, group, resources, labels)
    if group.target_type == "lambda":
        health = _answers(group) if group.health.enabled else {}
        return targets | ({"health": health} if health else {}) | _attribute_words(group), {address, *covered}
    words = targets | {"port": group.port}
    words |= {"protocol": str(group.protocol).lower()} if group.protocol != USUAL[type] else {}
    if group.protocol_version not in (None, "HTTP1"):
        words["version"] = group.protocol_version.lower()
    words |= {"ip": "ipv6"} if group.ip_address_type == "ipv6" else {}
    words |= {"control_port": group.control_port} if group.control_port else {}
    words |= {"health": health} if (health := _health(group)) else {}
    return words | _times(group, type) | _attribute_words(group), {address, *covered}


def _targets(
    address: Address, group: TargetGroup, resources: Mapping[Address, Resource], labels: Mapping[str, str]
) -> tuple[Words, set[Address]]:
    """The targets, in the order of their names; and the addresses of what the words describe."""
    attachment = resources.get(Address(AutoScalingAttachment.kind, address.name))
    if isinstance(attachment, AutoScalingAttachment):
        names = [scaling_group_name(ref) for ref in attachment.auto_scaling_groups]
        words: Words = {"auto_scaling_group": names if len(names) > 1 else names[0]}
        return words, {Address(AutoScalingAttachment.kind, address.name)}
    targets = resources.get(Address(Targets.kind, address.name))
    members = list(targets.members) if isinstance(targets, Targets) else []
    words = _members(group, members, labels)
    return words, {Address(Targets.kind, address.name)} if words else set()


def _members(group: TargetGroup, members: list[Target], labels: Mapping[str, str]) -> Words:
    if not members:
        return {}
    if group.target_type == "lambda":
        return {"lambda": str(members[0].address)}
    if group.target_type == "alb":
        return {"load_balancer": str(members[0].load_balancer)}
    ids = {name: member.quic_server_id for member in members if (name := _name(member)) and member.quic_server_id}
    quic = {"quic_server_id": ids} if ids else {}
    if group.target_type == "ip":
        return {"ips": [_ip(member) for member in members], **quic}
    names = sorted({str(member.instance) for member in members}, key=lambda id: (labels.get(id, ""), id))
    return {"instances": names, **quic}


def _name(member: Target) -> str:
    return str(member.instance or member.address or "")


def _ip(member: Target) -> Any:
    """The address; a map if it has a port or a zone of its own."""
    words = {"ip": str(member.address), "port": member.port, "zone": member.zone}
    given = {key: value for key, value in words.items() if value is not None}
    return given if len(given) > 1 else given["ip"]


# Health check --------------------------------------------------------------------------------------------------------


def _health(group: TargetGroup) -> Words:
    health = group.health
    port = {"port": health.port} if health.port != "traffic-port" else {}
    protocol = {"protocol": health.protocol.lower()} if health.protocol else {}
    return _answers(group) | port | protocol


def _answers(group: TargetGroup) -> Words:
    """What the check asks and expects: all that a function can have."""
    health = group.health
    words: Words = {
        "path": health.path,
        "every": duration_text(health.interval) if health.interval else None,
        "timeout": duration_text(health.timeout) if health.timeout else None,
        "healthy": health.healthy,
        "unhealthy": health.unhealthy,
        "codes": health.codes,
    }
    return {key: value for key, value in words.items() if value is not None}


# Attributes ----------------------------------------------------------------------------------------------------------


def _times(group: TargetGroup, type: str) -> Words:
    """`drain`, `slow_start` and `sticky`."""
    attributes = group.attributes
    words: Words = {}
    if drain := attributes.get(DRAIN):
        words["drain"] = duration_text(int(drain))
    if (slow := attributes.get(SLOW_START, "0")) != "0":
        words["slow_start"] = duration_text(int(slow))
    if attributes.get("stickiness.enabled") == "true":
        words["sticky"] = _sticky(attributes) if type == "application" else True
    return words


def _sticky(attributes: Mapping[str, str]) -> Any:
    kind = attributes.get("stickiness.type", "lb_cookie")
    seconds = duration_text(int(attributes.get(f"stickiness.{kind}.duration_seconds", "86400")))
    cookie = attributes.get("stickiness.app_cookie.cookie_name") if kind == "app_cookie" else ""
    return {"for": seconds, "cookie": cookie} if cookie else seconds


def _attribute_words(group: TargetGroup) -> Words:
    """The attributes that do not have AWS's default, by short words where there are some."""
    unusual = _unusual(group)
    words: Words = {"multi_value_headers": True} if unusual.pop(MULTI_VALUE, "") == "true" else {}
    own = {key for key in unusual if key in (DRAIN, SLOW_START) or key.startswith("stickiness.")}
    left = {key: value for key, value in unusual.items() if key not in own}
    short: Words = {}
    for word, keys in WORDS.items():
        values = {left.get(key) for key in keys}
        if len(values) == 1 and (value := values.pop()) is not None:
            short[word] = _value(word, value)
            left = {key: other for key, other in left.items() if key not in keys}
    return words | ({"attributes": short | left} if short or left else {})


def _unusual(group: TargetGroup) -> dict[str, str]:
    bare = KINDS[TargetGroup.kind].with_live_defaults(group.model_copy(update={"attributes": {}}), group)
    usual: Mapping[str, str] = bare.attributes
    return {key: value for key, value in sorted(group.attributes.items()) if usual.get(key) != value}


def _value(word: str, text: str) -> Any:
    """The value of a word: switches as true and false, times as durations."""
    switch = next((key for key, value in SWITCHES.get(word, {}).items() if value == text), text)
    if switch in ("true", "false"):
        return switch == "true"
    if word in DURATIONS:
        return duration_text(int(text))
    return int(text) if text.isdigit() else text
