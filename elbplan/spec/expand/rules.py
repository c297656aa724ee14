"""Rules spelled out: conditions, priorities from their order, and `ip: "!..."` as two rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address
from ..short.listeners import ShortRule
from ..yaml.tree import YamlPath
from .actions import action_of, action_places
from .context import ExpandContext, PlacedListener

FIELDS = {"host": "host-header", "path": "path-pattern", "method": "http-request-method"}
STEP = 10


def add_rules(
    scene: ExpandContext, listener: PlacedListener, address: Address, usual: Mapping[str, Any] | None
) -> None:
    """Each rule of a listener; what `!` keeps out goes where the listener sends everybody."""
    highest = 0
    for index, rule in enumerate(listener.word.rules or ()):
        path: YamlPath = (*listener.path, "rules", index)
        name = rule.name or f"r{index + 1}"
        for half, (suffix, conditions, action) in enumerate(_halves(scene, rule, path, usual)):
            priority = rule.priority + half if rule.priority else (highest // STEP + 1) * STEP
            highest = max(highest, priority)
            fields = {"listener": address, "priority": priority, "conditions": conditions, "action": action}
            _add(scene, Address("rule", f"{listener.name}-{name}{suffix}"), fields, path, rule)


def _add(scene: ExpandContext, address: Address, fields: Mapping[str, Any], path: YamlPath, rule: ShortRule) -> None:
    if address in scene.drafts:
        scene.report.at(
            (*path, "name"), f"two rules of this listener are called {rule.name or address.name}", "rename one"
        )
        return
    words = {**FIELDS, "header": "http-header", "query": "query-string", "ip": "source-ip"}
    places: dict[YamlPath, YamlPath] = {("conditions", field): (*path, word) for word, field in words.items()}
    places |= {**action_places(rule, path), ("conditions",): path}
    scene.add(address, fields, path, places)


def _halves(
    scene: ExpandContext, rule: ShortRule, path: YamlPath, usual: Mapping[str, Any] | None
) -> Iterator[tuple[str, list[dict[str, Any]], Mapping[str, Any]]]:
    """The rule; before it, if it is for all but some networks, one that lets those pass."""
    conditions = list(_conditions(rule))
    action = action_of(rule.forward or rule.redirect or rule.respond)
    ips = rule.ip or []
    outside = [ip[1:] for ip in ips if ip.startswith("!")]
    if outside and len(outside) < len(ips):
        scene.report.at((*path, "ip"), 'networks with and without "!" in one rule', "write two rules", key=True)
    elif outside:
        if usual:
            yield "-except", [*conditions, _condition("source-ip", outside)], usual
        conditions = conditions or [_condition("path-pattern", ["/*"])]
    elif ips:
        conditions.append(_condition("source-ip", ips))
    if not conditions:
        scene.report.at(
            path, "a rule without a condition", "add host:, path:, method:, header:, query: or ip:", key=True
        )
        return
    yield "", conditions, action


def _conditions(rule: ShortRule) -> Iterator[dict[str, Any]]:
    for word, field in FIELDS.items():
        values = getattr(rule, word)
        if values is not None:
            yield _condition(field, values)
    for header in rule.header or ():
        yield {**_condition("http-header", header.values), "name": header.name}
    for query in rule.query or ():
        yield _condition("query-string", query.values)


def _condition(field: str, values: list[str]) -> dict[str, Any]:
    return {"field": field, "values": values}
