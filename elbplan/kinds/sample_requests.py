"""For each rule of a listener, a request that this rule takes, and what becomes of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from ..core.address import Address
from ..core.hidden import Hidden
from .aws.conditions import Condition, condition_text
from .aws.request_matching import EVERYBODY, Request, fits, matches_all, query_pair, text_for
from .listener import Listener
from .rule import Rule
from .traffic import attach_only

FILLING = "elbplan-verify"
"""Stands for the `*` of a pattern where an empty text is not enough."""

MOST_TRIES = 200
"""How many requests are tried for one rule: its conditions may have many values."""

Rules = Sequence[tuple[Address, Rule]]


@dataclass(frozen=True)
class SampleRequest:
    """A request for one rule of a listener, or for its default action.

    place      the address of the rule, or of the listener for its default action
    priority   the priority of the rule; None for the default action
    request    a request that this rule takes; None if there is none
    action     what the load balancer does with it: forward, redirect or a fixed response
    leading    the actions before it, such as a login
    skipped    why there is no request; empty if there is one
    """

    place: Address
    priority: int | None
    request: Request | None
    action: Any
    leading: tuple[Any, ...] = ()
    skipped: str = ""


def sample_requests(
    address: Address, listener: Listener, rules: Mapping[Address, Rule], hosts: Sequence[str]
) -> list[SampleRequest]:
    """A sample for each of these rules of the listener, in their order, and for the default action, which comes last.

    `hosts` are the names of the load balancer. A request has the first of them unless a rule needs another host. Rules
    that only attach their groups have no sample. A header or query with the value of a variable has none either: the
    value may be a secret.
    """
    ordered = sorted(rules.items(), key=lambda item: item[1].priority)
    served = [(place, rule) for place, rule in ordered if not attach_only(rule)]
    samples = [_of_rule(place, rule, served, hosts) for place, rule in served]
    return [*samples, _of_default(address, listener, served, hosts)]


def taken_by(request: Request, rules: Rules) -> Address | None:
    """The first of these rules, in the order of their priorities, that may take the request; None: no rule does."""
    return next((place for place, rule in rules if matches_all(rule.conditions, request) is not False), None)


def _of_rule(place: Address, rule: Rule, rules: Rules, hosts: Sequence[str]) -> SampleRequest:
    sample = SampleRequest(place, rule.priority, None, rule.action, rule.leading_actions)
    for condition in rule.conditions:
        if reason := _not_possible(condition):
            return replace(sample, skipped=reason)
    earlier = None
    for request in islice(_requests(rule.conditions, hosts), MOST_TRIES):
        taker = taken_by(request, rules)
        if taker == place:
            return replace(sample, request=request)
        earlier = earlier or taker
    return replace(sample, skipped=f"{earlier} comes first and may take the same requests")


def _of_default(address: Address, listener: Listener, rules: Rules, hosts: Sequence[str]) -> SampleRequest:
    sample = SampleRequest(address, None, None, listener.action, listener.leading_actions)
    requests = [Request(host, path) for path in ("/", f"/{FILLING}") for host in (*hosts, FILLING)]
    for request in requests:
        if taken_by(request, rules) is None:
            return replace(sample, request=request)
    return replace(sample, skipped="the rules may take every request")


def _not_possible(condition: Condition) -> str:
    """Why no request from here is sure to match; empty if one does."""
    if condition.field == "source-ip":
        everybody = set(condition.values) & set(EVERYBODY)
        return "" if everybody else f"only for clients with the {condition_text(condition)}"
    if condition.field not in BUILDERS or condition.settings:
        return f"elbplan does not know the condition {condition.field}"
    if any(isinstance(text, Hidden) for text in (*condition.values, *condition.regex)):
        return f"its condition {condition.field} has the value of a variable, which may be a secret"
    return "" if condition.values else f"its {condition_text(condition).partition(' ~')[0]} is a regular expression"


def _requests(conditions: Sequence[Condition], hosts: Sequence[str]) -> Iterator[Request]:
    """Requests with one value of each condition, the shortest texts first."""
    host = hosts[0] if hosts else FILLING
    for filling in ("", FILLING):
        for values in product(*([(c, value) for value in c.values] for c in conditions)):
            request = Request(host)
            for condition, value in values:
                if condition.field in BUILDERS:
                    request = BUILDERS[condition.field](request, condition, value, filling, hosts)
            yield request


def _with_host(request: Request, _: Condition, value: str, filling: str, hosts: Sequence[str]) -> Request:
    """A name of the load balancer if one fits; a host has no empty label."""
    own = next((host for host in hosts if fits(value.lower(), host.lower())), "")
    return replace(request, host=own or text_for(value, FILLING))


def _with_path(request: Request, _: Condition, value: str, filling: str, __: Sequence[str]) -> Request:
    path = text_for(value, filling)
    return replace(request, path=path if path.startswith("/") else f"/{path}")


def _with_method(request: Request, _: Condition, value: str, __: str, ___: Sequence[str]) -> Request:
    return replace(request, method=value)


def _with_header(request: Request, condition: Condition, value: str, filling: str, _: Sequence[str]) -> Request:
    return replace(request, headers={**request.headers, condition.name: text_for(value, filling or FILLING)})


def _with_query(request: Request, _: Condition, value: str, filling: str, __: Sequence[str]) -> Request:
    key, text = query_pair(value)
    pair = (FILLING if key is None else text_for(key, FILLING), text_for(text, filling or FILLING))
    return replace(request, query=(*request.query, pair))


BUILDERS = {
    "host-header": _with_host,
    "path-pattern": _with_path,
    "http-request-method": _with_method,
    "http-header": _with_header,
    "query-string": _with_query,
    "source-ip": lambda request, *_: request,
}
"""For each field of a condition, how a request gets a value that matches."""
