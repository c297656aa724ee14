"""Groups spelled out: target groups, how their health is checked, and what is registered in them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

from ...core.address import Address, Lookup, Points
from ...kinds.aws.health_check import INTERVAL, health_check_defaults
from ..short.groups import ShortGroup, ShortHealth, Sticky
from ..values import as_text
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext
from .names import NamedGroup

HTTP = ("HTTP", "HTTPS")
DRAIN = "deregistration_delay.timeout_seconds"
SLOW_START = "slow_start.duration_seconds"


def add_groups(scene: ExpandContext) -> None:
    """A target group for each group, and its targets unless somebody else fills it."""
    for group in scene.groups.values():
        scene.add(group.address, _fields(scene, group), group.path, _places(group))
        members = list(_members(scene, group))
        if members or group.word.ips == [] or (group.word.instances and not members):
            places: dict[YamlPath, YamlPath] = {("members",): group.path}
            fields = {"group": group.address, "members": members}
            scene.add(Address("targets", group.name), fields, group.path, places)


def _fields(scene: ExpandContext, group: NamedGroup) -> dict[str, Any]:
    word, protocol = group.word, group.protocol
    version = word.version or ("HTTP1" if protocol in HTTP else None)
    return {
        "target_type": "ip" if word.ips is not None else "instance",
        "protocol": protocol,
        "port": group.port,
        "protocol_version": version,
        "ip_address_type": "ipv6" if _all_v6(word) else None,
        "vpc": scene.vpc,
        "balancer": BALANCER,
        "health": _health(word.health or ShortHealth(), protocol, version),
        "attributes": _attributes(scene, word) or None,
    }


def _places(group: NamedGroup) -> dict[YamlPath, YamlPath]:
    """Where the fields that bear another name come from."""
    path = group.path
    sticky = ("enabled", "type", "lb_cookie.duration_seconds", "app_cookie.duration_seconds", "app_cookie.cookie_name")
    return {
        ("protocol_version",): (*path, "version"),
        ("vpc",): ("network", "vpc"),
        ("health", "interval"): (*path, "health", "every"),
        ("attributes", DRAIN): (*path, "drain"),
        ("attributes", SLOW_START): (*path, "slow_start"),
        **{("attributes", f"stickiness.{key}"): (*path, "sticky") for key in sticky},
    }


def _all_v6(word: ShortGroup) -> bool:
    return bool(word.ips) and all(ipaddress.ip_address(ip).version == 6 for ip in word.ips or ())


def _health(word: ShortHealth, group: str, version: str | None) -> dict[str, Any]:
    """The check with the short form's defaults: every 30 s, path /, 200 to 299; TCP groups are only connected to."""
    protocol = word.protocol or (group if group in HTTP else "HTTP" if word.path or word.codes else "TCP")
    usual = health_check_defaults(protocol, version)
    interval = word.every or INTERVAL
    timeout = word.timeout or (interval - 1 if interval <= usual.timeout else None)
    health: dict[str, Any] = {
        "protocol": protocol,
        "port": word.port or ("80" if group == "GENEVE" else None),
        "interval": interval,
        "timeout": timeout,
        "healthy": word.healthy,
        "unhealthy": word.unhealthy,
        "path": word.path or usual.path,
        "codes": word.codes or usual.short_codes,
    }
    return {key: value for key, value in health.items() if value is not None}


def _attributes(scene: ExpandContext, word: ShortGroup) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if word.drain is not None:
        attributes[DRAIN] = str(word.drain)
    if word.slow_start is not None:
        attributes[SLOW_START] = str(word.slow_start)
    if word.sticky:
        attributes |= _sticky(word.sticky, scene.short.type)
    return attributes | as_text(word.attributes or {})


def _sticky(word: Sticky, balancer: str) -> dict[str, str]:
    if not word.on:
        return {"stickiness.enabled": "false"}
    if balancer != "application":
        return {"stickiness.enabled": "true", "stickiness.type": "source_ip"}
    kind = "app_cookie" if word.cookie else "lb_cookie"
    attributes = {
        "stickiness.enabled": "true",
        "stickiness.type": kind,
        f"stickiness.{kind}.duration_seconds": str(word.seconds),
    }
    return attributes | ({"stickiness.app_cookie.cookie_name": word.cookie} if word.cookie else {})


def _members(scene: ExpandContext, group: NamedGroup) -> Iterator[dict[str, Any]]:
    word = group.word
    picked = word.instances
    for text in picked.ids if picked else ():
        yield {"instance": Points("instance").parse(text)}
    for tag in (word.tag, picked.tag if picked else None):
        if tag:
            yield {"instance": Lookup("instance", f"tag:{tag}")}
    for name in group.servers:
        for number in range(1, scene.servers[name].word.count + 1):
            yield {"instance": Address("instance", f"{name}-{number}")}
    yield from _addresses(scene, group)


def _addresses(scene: ExpandContext, group: NamedGroup) -> Iterator[dict[str, Any]]:
    word = group.word
    if word.ips is not None and (word.instances or word.tag or group.servers):
        scene.report.at(
            (*group.path, "ips"), "a group holds either instances or addresses", "make two groups", key=True
        )
        return
    for ip in word.ips or ():
        yield {"address": ip}
