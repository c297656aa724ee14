"""Expands the targets of groups: registered targets, and the Auto Scaling groups that fill a group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Lookup, Points
from ..short.groups import ShortGroup
from ..yaml.tree import YamlPath
from .context import ExpandContext
from .names import NamedGroup

SOURCES: dict[str, str] = {
    "instances": "instances",
    "tag": "instances",
    "servers": "instances",
    "ips": "IP addresses",
    "auto_scaling_group": "an Auto Scaling group",
    "lambda": "a function",
    "load_balancer": "a load balancer",
}
"""The keys that say what a group's targets are, and what they are."""

FIELDS = {"lambda": "function"}
"""The fields of keys that have another name."""


def target_type_of(short: ShortGroup) -> str:
    """AWS's target type of a group."""
    if short.function is not None:
        return "lambda"
    if short.load_balancer is not None:
        return "alb"
    return "ip" if short.ips is not None else "instance"


def add_targets(context: ExpandContext, group: NamedGroup) -> None:
    """Adds the targets of a group, or its Auto Scaling groups, unless another tool registers them."""
    if _has_several_sources(context, group):
        return
    short = group.definition
    opened = _is_opened(context, group) or None
    if short.auto_scaling_group:
        fields: dict[str, Any] = {
            "group": group.address,
            "auto_scaling_groups": list(short.auto_scaling_group),
            "open": opened,
        }
        places: dict[YamlPath, YamlPath] = {("auto_scaling_groups",): (*group.path, "auto_scaling_group")}
        context.add(Address("auto_scaling_attachment", group.name), fields, group.path, places)
        return
    members = list(_members(context, group))
    if members or short.ips == [] or (short.instances and not members):
        fields = {"group": group.address, "members": members, "open": opened, "on_destroy": short.on_destroy}
        context.add(Address("targets", group.name), fields, group.path, {("members",): group.path})


def _has_several_sources(context: ExpandContext, group: NamedGroup) -> bool:
    """True, with a problem, if the targets of a group have different types: AWS allows one type."""
    given = [key for key in SOURCES if getattr(group.definition, FIELDS.get(key, key)) is not None]
    kinds = list(dict.fromkeys(SOURCES[key] for key in given))
    if group.servers and "instances" not in kinds:
        kinds.insert(0, "instances")
    if len(kinds) < 2:
        return False
    last = next(key for key in reversed(given) if SOURCES[key] == kinds[-1])
    what = f"a group cannot have both {kinds[0]} and {kinds[-1]}"
    context.report.at((*group.path, last), what, "split it into two groups", key=True)
    return True


def _is_opened(context: ExpandContext, group: NamedGroup) -> bool:
    """True if elbplan opens the servers of this group. Reports groups whose servers it cannot open."""
    short = group.definition
    if short.open and (context.short.type == "gateway" or target_type_of(short) != "instance"):
        what = "elbplan opens only instances, and only to application and network load balancers"
        context.report.at((*group.path, "open"), what, "leave it out, and open the targets yourself", key=True)
    return bool(short.open)


def _members(context: ExpandContext, group: NamedGroup) -> Iterator[dict[str, Any]]:
    short = group.definition
    ids = dict(short.quic_server_id or {})
    for member in _every_member(context, group):
        name = str(member.get("instance") or member.get("address") or "")
        yield {**member, "quic_server_id": ids.pop(name)} if name in ids else member
    for name in ids:
        what = f'the group has no target "{name}"'
        context.report.at((*group.path, "quic_server_id", name), what, "write the id of an instance, or an address")


def _every_member(context: ExpandContext, group: NamedGroup) -> Iterator[dict[str, Any]]:
    short = group.definition
    selector = short.instances
    for text in selector.ids if selector else ():
        yield {"instance": Points("instance").parse(text)}
    for tag in (short.tag, selector.tag if selector else None):
        if tag:
            yield {"instance": Lookup("instance", f"tag:{tag}")}
    for name in group.servers:
        for number in range(1, context.servers[name].definition.count + 1):
            yield {"instance": Address("instance", f"{name}-{number}")}
    for target in short.listed_ips:
        given = {"address": target.ip, "port": target.port, "zone": target.zone}
        yield {key: value for key, value in given.items() if value is not None}
    if short.function:
        yield {"address": short.function}
    if short.load_balancer:
        yield {"load_balancer": short.load_balancer}
