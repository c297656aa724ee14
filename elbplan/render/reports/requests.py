"""What happens to a request: the listener, the rule and the target groups that AWS chooses for it. Pure.

`templates/route.js` does the same in the page; tests/browser compares the two. The matching follows
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .boxes import share
from .matching import Request, RouteCondition, covers, matches

Outcome = Literal[
    "forward", "redirect", "fixed-response", "other", "no-name", "no-listener", "wrong-protocol", "no-target"
]  # fmt: skip


@dataclass(frozen=True)
class RouteShare:
    """A target group of a forward: its box, its title, its weight, and the titles of its targets."""

    id: str
    title: str
    weight: int
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class RouteAction:
    """What a rule does: `forward`, `redirect`, `fixed-response`, or an action that elbplan does not know (`other`).

    before   actions before, such as a login
    """

    type: Outcome
    text: str
    groups: tuple[RouteShare, ...] = ()
    status: int = 0
    redirect: Mapping[str, str] = field(default_factory=dict)
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class RouteRule:
    """A rule in the order in which AWS tries it; the last one of a listener has no conditions."""

    id: str
    title: str
    conditions: tuple[RouteCondition, ...]
    action: RouteAction


@dataclass(frozen=True)
class RouteListener:
    """A listener with its rules; `certificates` has the names that its certificates cover."""

    id: str
    title: str
    port: int
    protocol: str
    certificates: tuple[str, ...]
    rules: tuple[RouteRule, ...]


@dataclass(frozen=True)
class RouteBalancer:
    """A load balancer: the boxes of the names that lead to it, by name, and its listeners."""

    id: str
    title: str
    names: Mapping[str, str]
    listeners: tuple[RouteListener, ...]


@dataclass(frozen=True)
class TriedRule:
    """A rule that AWS tried, and for each of its conditions whether the request matches."""

    id: str
    matched: bool
    conditions: tuple[bool, ...]


@dataclass(frozen=True)
class Route:
    """The way of one request, as far as it gets.

    known     the host is a name of the stack; without one, the request goes to the first load balancer
    covered   a certificate of the listener covers the host; True without HTTPS
    path      the boxes on the way
    shares    the share of each target group in percent
    status    the status that AWS itself answers with; 0 if a target answers or nothing does
    """

    outcome: Outcome
    known: bool
    covered: bool = True
    tried: tuple[TriedRule, ...] = ()
    path: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)
    status: int = 0
    location: str = ""


SCHEMES: Mapping[str, str] = {"HTTP": "http", "HTTPS": "https", "TLS": "https"}
"""The scheme of the URLs that a listener takes; one of TCP or UDP passes on everything."""


def route_of(balancers: Sequence[RouteBalancer], request: Request) -> Route:
    """The way of a request through the load balancers of a stack."""
    known = next((balancer for balancer in balancers if request.host in balancer.names), None)
    balancer = known or (balancers[0] if balancers else None)
    if balancer is None:
        return Route("no-name", False)
    name = balancer.names.get(request.host, "")
    path = tuple(filter(None, (name if name != balancer.id else "", balancer.id)))
    listener = next((each for each in balancer.listeners if each.port == request.port), None)
    if listener is None:
        return Route("no-listener", known is not None, path=path)
    path = (*path, listener.id)
    if SCHEMES.get(listener.protocol, request.scheme) != request.scheme:
        return Route("wrong-protocol", known is not None, path=path, status=400 if listener.protocol == "HTTPS" else 0)
    plain = SCHEMES.get(listener.protocol) != "https"
    covered = plain or any(covers(name, request.host) for name in listener.certificates)
    tried: list[TriedRule] = []
    for rule in listener.rules:
        results = tuple(matches(condition, request) for condition in rule.conditions)
        tried.append(TriedRule(rule.id, all(results), results))
        if all(results):
            return _ended(rule, request, known is not None, covered, tuple(tried), (*path, rule.id))
    return Route("other", known is not None, covered, tuple(tried), path)


def _ended(
    rule: RouteRule, request: Request, known: bool, covered: bool, tried: tuple[TriedRule, ...], path: tuple[str, ...]
) -> Route:
    action = rule.action
    if action.type == "redirect":
        location = location_of(action.redirect, request)
        return Route("redirect", known, covered, tried, path, status=action.status, location=location)
    if action.type != "forward":
        return Route(action.type, known, covered, tried, path, status=action.status)
    total = sum(group.weight for group in action.groups)
    shares = {group.id: share(group.weight, total) for group in action.groups if group.weight}
    empty = not any(group.targets for group in action.groups if group.weight)
    path = (*path, *shares)
    return Route("no-target" if empty else "forward", known, covered, tried, path, shares, 503 if empty else 0)


def location_of(redirect: Mapping[str, str], request: Request) -> str:
    """The URL of a redirect, with the parts of the request that it keeps."""
    words = {
        "#{protocol}": request.scheme,
        "#{host}": request.host,
        "#{port}": str(request.port),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }

    def filled(text: str) -> str:
        return re.sub(r"#\{\w+\}", lambda match: words.get(match[0], match[0]), text)

    query = filled(redirect["query"])
    place = f"{filled(redirect['protocol']).lower()}://{filled(redirect['host'])}:{filled(redirect['port'])}"
    return place + filled(redirect["path"]) + (f"?{query}" if query else "")


def route_document(route: Route) -> dict[str, Any]:
    """The way as JSON, in the words of `route.js`."""
    return {
        "outcome": route.outcome,
        "known": route.known,
        "covered": route.covered,
        "tried": [
            {"id": tried.id, "matched": tried.matched, "conditions": list(tried.conditions)} for tried in route.tried
        ],
        "path": list(route.path),
        "shares": dict(route.shares),
        "status": route.status,
        "location": route.location,
    }
