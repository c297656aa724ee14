"""Expands groups: target groups with their health checks."""

from __future__ import annotations

import ipaddress
from typing import Any

from ...kinds.aws.health_check import GATEWAY_CODES, INTERVAL, default_timeout, health_check_defaults
from ..short.group_attributes import expanded_words, keys_of_word
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
        context.add(group.address, _fields(context, group), group.path, _places(group), group.definition.tags)
        _check_function(context, group)
        _check_sticky(context, group)
        add_targets(context, group)


def _fields(context: ExpandContext, group: NamedGroup) -> dict[str, Any]:
    short, protocol, kind = group.definition, group.protocol, target_type_of(group.definition)
    health = short.health or ShortHealth()
    if kind == "lambda":
        return {
            "target_type": kind,
            "balancer": BALANCER,
            "health": _function_health(health) if short.health else None,
            "attributes": _attributes(context, short) or None,
        }
    version = short.version or ("HTTP1" if protocol in HTTP else None)
    return {
        "target_type": kind,
        "protocol": protocol,
        "port": group.port,
        "protocol_version": version,
        "ip_address_type": short.ip or ("ipv6" if _all_v6(short) else None),
        "vpc": context.vpc,
        "control_port": short.control_port,
        "balancer": BALANCER,
        "health": {**_health(health, protocol, version, kind), **({"enabled": False} if health.on is False else {})},
        "attributes": _attributes(context, short) or None,
    }


def _check_function(context: ExpandContext, group: NamedGroup) -> None:
    """Reports keys that a function, or only a function, can have."""
    short, is_function = group.definition, target_type_of(group.definition) == "lambda"
    if is_function and context.short.type != "application":
        what = "only an application load balancer can have a function as target"
        context.report.at((*group.path, "lambda"), what, "write type: application", key=True)
    if short.load_balancer is not None and context.short.type != "network":
        what = "only a network load balancer can have a load balancer as target"
        context.report.at((*group.path, "load_balancer"), what, "write type: network", key=True)
    for key in NOT_FOR_FUNCTIONS if is_function else ():
        if getattr(short, key) is not None:
            context.report.at((*group.path, key), f"a function has no {key}", "remove it", key=True)
    if not is_function and short.multi_value_headers is not None:
        context.report.at((*group.path, "multi_value_headers"), "only a function has it", "remove it", key=True)
    if short.sticky and short.sticky.cookie and context.short.type != "application":
        what = f"a group of a {context.short.type} load balancer is sticky by addresses, without a cookie"
        context.report.at((*group.path, "sticky", "cookie"), what, "write sticky: true", key=True)
    if not is_function and short.health is not None and short.health.on is False:
        place = (*group.path, "health") if "on" not in _keys(context, group) else (*group.path, "health", "on")
        what = "AWS always checks the health of targets, except functions"
        context.report.at(place, what, "remove it; you can change path, every and the other keys")


def _check_sticky(context: ExpandContext, group: NamedGroup) -> None:
    """Only an application load balancer has cookies; the others know a client by its address, without an end."""
    sticky, type = group.definition.sticky, context.short.type
    if sticky is not None and type != "application" and "seconds" in sticky.model_fields_set:
        what = f"a {type} load balancer keeps a client with its target by its address, without a time"
        context.report.at((*group.path, "sticky"), what, "write sticky: true")


def _keys(context: ExpandContext, group: NamedGroup) -> Any:
    """The keys of the health check in the document; none if it is one word."""
    data = context.report.tree.data
    for step in (*group.path, "health"):
        data = data[step] if isinstance(data, dict) and step in data else {}
    return data if isinstance(data, dict) else {}


NOT_FOR_FUNCTIONS = ("port", "protocol", "version", "ip", "drain", "slow_start", "sticky", "control_port")


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
        ("attributes", "lambda.multi_value_headers.enabled"): (*path, "multi_value_headers"),
        ("control_port",): (*path, "control_port"),
        ("ip_address_type",): (*path, "ip"),
        ("target_type",): path,
        ("health", "enabled"): (*path, "health"),
        **{("attributes", f"stickiness.{key}"): (*path, "sticky") for key in sticky},
    }
    given = group.definition.attributes or {}
    places |= {("attributes", key): (*path, "attributes", word) for word in given for key in keys_of_word(word)}
    written = [key for word in given for key in keys_of_word(word) if key == word]
    return {field: place for field, place in places.items() if field[-1] not in written}


def _all_v6(short: ShortGroup) -> bool:
    listed = short.listed_ips
    return bool(listed) and all(ipaddress.ip_address(target.ip).version == 6 for target in listed)


def _function_health(short: ShortHealth) -> dict[str, Any]:
    """The check of a function, which AWS makes only on request."""
    given = {
        "enabled": short.on is not False,
        "path": short.path,
        "interval": short.every,
        "timeout": short.timeout,
        "healthy": short.healthy,
        "unhealthy": short.unhealthy,
        "codes": short.codes,
    }
    return {key: value for key, value in given.items() if value is not None}


def _health(short: ShortHealth, group: str, version: str | None, target_type: str) -> dict[str, Any]:
    """The health check with the short form's defaults: every 30 s, path /, codes 200 to 299; TCP for TCP groups."""
    http = bool(short.path or short.codes or target_type == "alb")
    protocol = short.protocol or (group if group in HTTP else "HTTP" if http else "TCP")
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
    if short.multi_value_headers is not None and short.function is not None:
        attributes["lambda.multi_value_headers.enabled"] = str(short.multi_value_headers).lower()
    return attributes | as_text(expanded_words(short.attributes or {}))


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
