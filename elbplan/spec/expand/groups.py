"""Expands groups: target groups with their health checks."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...kinds.aws.health_check import GATEWAY_CODES, INTERVAL, default_timeout, health_check_defaults
from ..short.groups import ShortGroup, ShortHealth, Sticky
from ..values import as_text
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext
from .names import NamedGroup
from .targets import add_targets, target_type_of

HTTP = ("HTTP", "HTTPS")
DRAIN = "deregistration_delay.timeout_seconds"
SLOW_START = "slow_start.duration_seconds"


def add_groups(context: ExpandContext) -> None:
    """Adds a target group for each group, and its targets unless another tool registers them."""
    for group in context.groups.values():
        context.add(group.address, _fields(context, group), group.path, _places(group))
        add_targets(context, group)


def _fields(context: ExpandContext, group: NamedGroup) -> dict[str, Any]:
    short, protocol = group.definition, group.protocol
    version = short.version or ("HTTP1" if protocol in HTTP else None)
    return {
        "target_type": target_type_of(short),
        "protocol": protocol,
        "port": group.port,
        "protocol_version": version,
        "ip_address_type": "ipv6" if _all_v6(short) else None,
        "vpc": context.vpc,
        "balancer": BALANCER,
        "health": _health(short.health or ShortHealth(), protocol, version),
        "attributes": _attributes(context, short) or None,
    }


def _places(group: NamedGroup) -> dict[YamlPath, YamlPath]:
    """The document paths of the fields that have another name in the short form."""
    path = group.path
    sticky = ("enabled", "type", "lb_cookie.duration_seconds", "app_cookie.duration_seconds", "app_cookie.cookie_name")
    places: dict[YamlPath, YamlPath] = {
        ("protocol_version",): (*path, "version"),
        ("vpc",): ("network", "vpc"),
        ("health", "interval"): (*path, "health", "every"),
        ("attributes", DRAIN): (*path, "drain"),
        ("attributes", SLOW_START): (*path, "slow_start"),
        **{("attributes", f"stickiness.{key}"): (*path, "sticky") for key in sticky},
    }
    written = group.definition.attributes or {}
    return {field: place for field, place in places.items() if field[-1] not in written}


def _all_v6(short: ShortGroup) -> bool:
    return bool(short.ips) and all(ipaddress.ip_address(target.ip).version == 6 for target in short.ips or ())


def _health(short: ShortHealth, group: str, version: str | None) -> dict[str, Any]:
    """The health check with the short form's defaults: every 30 s, path /, codes 200 to 299; TCP for TCP groups."""
    protocol = short.protocol or (group if group in HTTP else "HTTP" if short.path or short.codes else "TCP")
    usual = health_check_defaults(protocol, version)
    interval = short.every or INTERVAL
    path = short.path or usual.path
    usual_codes = GATEWAY_CODES if group == "GENEVE" and usual.codes else usual.short_codes_for(path)
    timeout = short.timeout or (interval - 1 if interval <= default_timeout(group, protocol) else None)
    health: dict[str, Any] = {
        "protocol": protocol,
        "port": short.port or ("80" if group == "GENEVE" else None),
        "interval": interval,
        "timeout": timeout,
        "healthy": short.healthy,
        "unhealthy": short.unhealthy,
        "path": path,
        "codes": short.codes or usual_codes,
    }
    return {key: value for key, value in health.items() if value is not None}


def _attributes(context: ExpandContext, short: ShortGroup) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if short.drain is not None:
        attributes[DRAIN] = str(short.drain)
    if short.slow_start is not None:
        attributes[SLOW_START] = str(short.slow_start)
    if short.sticky:
        attributes |= _sticky(short.sticky, context.short.type)
    return attributes | as_text(short.attributes or {})


def _sticky(sticky: Sticky, balancer_type: str) -> dict[str, str]:
    if not sticky.on:
        return {"stickiness.enabled": "false"}
    if balancer_type != "application":
        kind = "source_ip_dest_ip" if balancer_type == "gateway" else "source_ip"
        return {"stickiness.enabled": "true", "stickiness.type": kind}
    kind = "app_cookie" if sticky.cookie else "lb_cookie"
    attributes = {
        "stickiness.enabled": "true",
        "stickiness.type": kind,
        f"stickiness.{kind}.duration_seconds": str(sticky.seconds),
    }
    return attributes | ({"stickiness.app_cookie.cookie_name": sticky.cookie} if sticky.cookie else {})
