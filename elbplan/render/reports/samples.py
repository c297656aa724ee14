"""Sample requests for a report: one for each rule, and what the load balancer does with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .matching import Request, RouteCondition
from .requests import Route, RouteBalancer, RouteListener, RouteRule, route_of

MOST = 60
"""The most rows of the table."""


@dataclass(frozen=True)
class Sample:
    """A request that a rule serves, as a person types it, and the result in words."""

    url: str
    method: str
    header: str
    rule: str
    result: str


def samples_of(balancers: Sequence[RouteBalancer]) -> list[Sample]:
    """A request for each rule, in the order of the rules, secure listeners first."""
    found = [sample for balancer in balancers for sample in _of_balancer(balancer, balancers)]
    return list(dict.fromkeys(found))[:MOST]


def _of_balancer(balancer: RouteBalancer, balancers: Sequence[RouteBalancer]) -> Iterator[Sample]:
    secure_first = sorted(balancer.listeners, key=lambda listener: listener.protocol != "HTTPS")
    for listener in secure_first:
        for rule in listener.rules if listener.protocol in ("HTTP", "HTTPS") else ():
            yield from _of_rule(balancer, listener, rule, balancers)


def _of_rule(
    balancer: RouteBalancer, listener: RouteListener, rule: RouteRule, balancers: Sequence[RouteBalancer]
) -> Iterator[Sample]:
    values = {condition.field: _example(condition) for condition in rule.conditions}
    host = values.get("host-header") or next(iter(balancer.names), "")
    if not host or None in values.values():
        return
    scheme = listener.protocol.lower()
    port = "" if listener.port == {"http": 80, "https": 443}[scheme] else f":{listener.port}"
    query = values.get("query-string") or ""
    query = f"?{query}" if query else ""
    url = f"{scheme}://{host}{port}{values.get('path-pattern') or '/'}{query}"
    name = next((condition.name for condition in rule.conditions if condition.field == "http-header"), "")
    header = f"{name}: {values['http-header']}" if name else ""
    method = values.get("http-request-method") or "GET"
    request = Request.of(url, method, {name: values["http-header"] or ""} if name else {})
    if request:
        route = route_of(balancers, request)
        served = next((tried.id for tried in route.tried if tried.matched), "")
        yield Sample(url, method, header, _title(served, listener), result_text(route, listener))


def _title(rule: str, listener: RouteListener) -> str:
    title = next((each.title for each in listener.rules if each.id == rule), "")
    return f"{listener.title} {title}"


def _example(condition: RouteCondition) -> str | None:
    """A text that matches the condition; None if there is no simple one."""
    if condition.field == "source-ip":
        return "" if "0.0.0.0/0" in condition.values else None
    if not condition.values:
        return None
    text = condition.values[0]
    if condition.field == "http-request-method":
        return text
    text = text.replace("*", "example" if condition.field in ("host-header", "query-string") else "").replace("?", "a")
    return f"key={text}" if condition.field == "query-string" and "=" not in text else text


def result_text(route: Route, listener: RouteListener) -> str:
    """The result in a few words: `web`, `web 90 % or canary 10 %`, `301 to https://…`."""
    rule = next((each for each in listener.rules if route.tried and each.id == route.tried[-1].id), None)
    if route.outcome == "redirect":
        return f"{route.status} to {route.location}"
    if route.outcome == "fixed-response":
        return f"{route.status} from the load balancer"
    if route.outcome in ("forward", "no-target") and rule:
        groups = [group for group in rule.action.groups if group.weight]
        texts = [f"{group.title} {route.shares[group.id]} %" if len(groups) > 1 else group.title for group in groups]
        return " or ".join(texts) + (" (503: no target)" if route.outcome == "no-target" else "")
    return rule.action.text if rule else route.outcome
