"""Expands rules: conditions, priorities from the order, and `ip: "!..."` as two rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address
from ...kinds.aws.transforms import TRANSFORMS
from ..short.listeners import ShortRule
from ..short.rewrites import Rewrite
from ..yaml.tree import YamlPath
from .actions import action_of, action_places
from .context import ExpandContext, PlacedListener
from .logins import leading_fields, leading_places

FIELDS = {"host": "host-header", "path": "path-pattern", "method": "http-request-method"}
STEP = 10


def add_rules(
    context: ExpandContext, listener: PlacedListener, address: Address, default: Mapping[str, Any] | None
) -> None:
    """Adds each rule of a listener. Requests from networks with `!` get the listener's default action."""
    highest = 0
    for index, rule in enumerate(listener.definition.rules or ()):
        path: YamlPath = (*listener.path, "rules", index)
        name = rule.name or f"r{index + 1}"
        for offset, (suffix, conditions, action) in enumerate(_variants(context, rule, path, default)):
            priority = rule.priority + offset if rule.priority else (highest // STEP + 1) * STEP
            highest = max(highest, priority)
            fields = {"listener": address, "priority": priority, "conditions": conditions, **action}
            _add(context, Address("rule", f"{listener.name}-{name}{suffix}"), fields, path, rule)


def _add(context: ExpandContext, address: Address, fields: Mapping[str, Any], path: YamlPath, rule: ShortRule) -> None:
    if address in context.drafts:
        context.report.at(
            (*path, "name"),
            f'two rules of this listener have the name "{rule.name or address.name}"',
            "rename one of them",
        )
        return
    keys = {**FIELDS, "header": "http-header", "query": "query-string", "ip": "source-ip"}
    places: dict[YamlPath, YamlPath] = {("conditions", field): (*path, key) for key, field in keys.items()}
    places |= {**action_places(rule, path), **leading_places(rule, path), ("conditions",): path}
    places |= {("transforms",): (*path, "rewrite")}
    context.add(address, fields, path, places, rule.tags)


def _variants(
    context: ExpandContext, rule: ShortRule, path: YamlPath, default: Mapping[str, Any] | None
) -> Iterator[tuple[str, list[dict[str, Any]], Mapping[str, Any]]]:
    """The rule. If it excludes networks, first a rule that gives these networks what the listener does by default."""
    conditions = list(_conditions(rule))
    action = {
        "action": action_of(rule.forward or rule.redirect or rule.respond),
        **leading_fields(rule),
        **_transforms(rule),
    }
    ips = rule.ip or []
    excluded = [ip[1:] for ip in ips if ip.startswith("!")]
    if excluded and len(excluded) < len(ips):
        what = 'one rule has networks with and without "!"'
        context.report.at((*path, "ip"), what, "split it into two rules", key=True)
    elif excluded:
        if default:
            yield "-except", [*conditions, _condition("source-ip", excluded)], default
        conditions = conditions or [_condition("path-pattern", ["/*"])]
    elif ips:
        conditions.append(_condition("source-ip", ips))
    if not conditions:
        context.report.at(
            path, "this rule has no condition", "add host:, path:, method:, header:, query: or ip:", key=True
        )
        return
    yield "", conditions, action


def _conditions(rule: ShortRule) -> Iterator[dict[str, Any]]:
    for key in ("host", "path"):
        if (patterns := getattr(rule, key)) is not None:
            yield _condition(FIELDS[key], patterns.values, patterns.regex)
    if rule.method is not None:
        yield _condition(FIELDS["method"], rule.method)
    for header in rule.header or ():
        yield {**_condition("http-header", header.values, header.regex), "name": header.name}
    for query in rule.query or ():
        yield _condition("query-string", query.values)


def _condition(field: str, values: list[str] | None, regex: list[str] | None = None) -> dict[str, Any]:
    return {"field": field, **({"values": values} if values else {}), **({"regex": regex} if regex else {})}


def _transforms(rule: ShortRule) -> dict[str, Any]:
    """The field with AWS's form of the rewrites; none without `rewrite:`."""
    if rule.rewrite is None:
        return {}
    both = {"host-header-rewrite": rule.rewrite.host, "url-rewrite": rule.rewrite.path}
    return {"transforms": [_transform(kind, rewrite) for kind, rewrite in both.items() if rewrite is not None]}


def _transform(kind: str, rewrite: Rewrite) -> dict[str, Any]:
    return {"Type": kind, TRANSFORMS[kind]: {"Rewrites": [{"Regex": rewrite.regex, "Replace": rewrite.to}]}}
