"""The load balancers of a stack as requests see them, before and after a plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Literal

from ...core.address import Address, Ref
from ...core.hidden import redacted
from ...core.resource import Resource
from ...kinds.aws.actions import Forward, Redirect, Respond, action_text
from ...kinds.aws.conditions import Condition, condition_text
from ...kinds.aws.leading_actions import leading_text
from ...kinds.certificate import Certificate
from ...kinds.listener import Listener
from ...kinds.load_balancer import LoadBalancer
from ...kinds.record import Record
from ...kinds.rule import Rule
from ...kinds.traffic import attach_only
from .boxes import group_title, title_of
from .entries import Entries, Entry
from .map import StackMap
from .matching import RouteCondition
from .requests import RouteAction, RouteBalancer, RouteListener, RouteRule, RouteShare

Side = Literal["before", "after"]


def traffic_of(entries: Entries, map: StackMap, side: Side) -> tuple[RouteBalancer, ...]:
    """The load balancers that exist on one side of the plan."""
    found = [entry for entry in entries if isinstance(getattr(entry, side), LoadBalancer)]
    return tuple(_balancer(entry, entries, map, side) for entry in found)


def traffic_document(balancers: tuple[RouteBalancer, ...]) -> list[dict[str, Any]]:
    """The load balancers as JSON for the page."""
    return [asdict(balancer) for balancer in balancers]


def on_side(entries: Entries, side: Side) -> Iterator[tuple[Entry, Resource]]:
    """The resources that exist on one side of the plan, without the values of variables."""
    for entry in entries:
        resource = getattr(entry, side)
        if isinstance(resource, Resource):
            yield entry, redacted(resource)


def _balancer(entry: Entry, entries: Entries, map: StackMap, side: Side) -> RouteBalancer:
    names = {
        resource.name: str(other.address)
        for other, resource in on_side(entries, side)
        if isinstance(resource, Record) and entries.address(resource.load_balancer) == entry.address
    }
    if own := entry.fact("dns_name").lower():
        names[own] = str(entry.address)
    listeners = [
        _listener(other, resource, entries, map, side)
        for other, resource in on_side(entries, side)
        if isinstance(resource, Listener) and entries.address(resource.load_balancer) == entry.address
    ]
    return RouteBalancer(str(entry.address), title_of(entry), names, tuple(listeners))


def _listener(entry: Entry, listener: Listener, entries: Entries, map: StackMap, side: Side) -> RouteListener:
    rules = [
        RouteRule(
            str(other.address), str(resource.priority), tuple(_condition(c) for c in resource.conditions),
            _action(resource, entries, map, side),
        )
        for other, resource in sorted(_rules(entries, entry.address, side), key=lambda pair: pair[1].priority)
    ]  # fmt: skip
    default = RouteRule(f"{entry.address}/default", "default", (), _action(listener, entries, map, side))
    names = [name for ref in (listener.certificate, *listener.more_certificates) for name in _names(ref, entries, side)]
    title = f"{listener.port}/{listener.protocol}"
    return RouteListener(
        str(entry.address), title, listener.port or 0, listener.protocol or "", tuple(names), (*rules, default)
    )


def _rules(entries: Entries, listener: Address, side: Side) -> Iterator[tuple[Entry, Rule]]:
    for entry, resource in on_side(entries, side):
        here = isinstance(resource, Rule) and entries.address(resource.listener) == listener
        if here and isinstance(resource, Rule) and not attach_only(resource):
            yield entry, resource


def _names(ref: Ref | None, entries: Entries, side: Side) -> tuple[str, ...]:
    """The names that a certificate covers; `*` for one of others, which elbplan does not read."""
    if ref is not None and entries.of(ref) is None:
        return ("*",)
    entry = entries.of(ref)
    certificate = getattr(entry, side) if entry else None
    return certificate.domains if isinstance(certificate, Certificate) else ()


def _condition(condition: Condition) -> RouteCondition:
    return RouteCondition(condition.field, condition.values, condition.regex, condition.name, condition_text(condition))


def _action(resource: Listener | Rule, entries: Entries, map: StackMap, side: Side) -> RouteAction:
    action = resource.action
    before = tuple(leading_text(leading) for leading in resource.leading_actions)
    text = action_text(action)
    if isinstance(action, Forward):
        shares = (_share(share.group, share.weight, entries, map, side) for share in action.groups)
        return RouteAction("forward", text, tuple(shares), before=before)
    if isinstance(action, Redirect):
        parts = {name: str(getattr(action, name)) for name in ("protocol", "host", "port", "path", "query")}
        return RouteAction("redirect", text, status=action.code, redirect=parts, before=before)
    if isinstance(action, Respond):
        return RouteAction("fixed-response", text, status=int(action.status), before=before)
    return RouteAction("other", text, before=before)


def _share(ref: Ref, weight: int, entries: Entries, map: StackMap, side: Side) -> RouteShare:
    id = str(entries.address(ref) or ref)
    gone = "create" if side == "before" else "delete"
    node = map.by_id.get(id)
    targets = [target.title for edge, target in (map.after(node) if node else ()) if edge.change != gone]
    return RouteShare(id, group_title(ref, entries), weight, tuple(targets) if node else ("targets of others",))
