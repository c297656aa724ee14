"""Checks rules: priorities, and conditions that AWS accepts and a request can match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.conditions import Condition
from ....kinds.rule import Rule
from ...errors import SpecValueError
from ...short.words import network
from .subject import Subject

MAX_VALUES = 5
MAX_WILDCARDS = 6
MAX_VALUE_LENGTH = 128
ONCE = {"host-header": "host", "path-pattern": "path", "http-request-method": "method", "source-ip": "ip"}
METHOD = re.compile(r"[A-Z_-]{1,40}", re.ASCII)
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}", re.ASCII)


def check(subject: Subject) -> None:
    """Reports what AWS refuses of rules, and conditions that no request can match."""
    by_priority: dict[tuple[str, int], Address] = {}
    for address, rule in subject.of("rule"):
        other = by_priority.setdefault((str(rule.listener), rule.priority), address)
        if other != address:
            subject.problem(
                address,
                ("priority",),
                f"{other} already has priority {rule.priority}",
                "use another priority; rules of the short form need none, their order decides",
            )
        listener = subject.get(rule.listener)
        kind = subject.type_of(listener.load_balancer) if listener else None
        if kind not in (None, "application"):
            subject.problem(address, (), f"a {kind} load balancer cannot have rules", "remove the rule")
        if rule.leading_actions and listener and listener.protocol != "HTTPS":
            what = f"{rule.leading_actions[0].type} needs a listener with protocol HTTPS, not {listener.protocol}"
            subject.problem(address, ("leading_actions",), what, "use a listener on 443/https")
        _counts(subject, address, rule)
        for condition in rule.conditions:
            _condition(subject, address, condition)


def _counts(subject: Subject, address: Address, rule: Rule) -> None:
    values = [value for condition in rule.conditions for value in (*condition.values, *condition.regex)]
    if len(values) > MAX_VALUES:
        subject.problem(
            address,
            ("conditions",),
            f"the conditions of this rule have {len(values)} values",
            f"AWS allows {MAX_VALUES} in total; split the rule into two",
        )
    wild = sum(v.count("*") + v.count("?") for condition in rule.conditions for v in condition.values)
    if wild > MAX_WILDCARDS:
        subject.problem(
            address, ("conditions",), f"this rule has {wild} wildcards", f"AWS allows {MAX_WILDCARDS} in total"
        )
    for field, count in Counter(condition.field for condition in rule.conditions).items():
        if field in ONCE and count > 1:
            subject.problem(
                address,
                ("conditions", field),
                f"this rule has {count} {ONCE[field]} conditions",
                "put all values into one condition, which matches any of them",
            )


def _condition(subject: Subject, address: Address, condition: Condition) -> None:
    for value in condition.values:
        for what, hint in _value(condition.field, value):
            subject.problem(address, ("conditions", condition.field), what, hint, near=value)
        if len(value) > MAX_VALUE_LENGTH:
            subject.problem(
                address,
                ("conditions", condition.field),
                "this value is too long",
                f"use at most {MAX_VALUE_LENGTH} characters",
            )
    if condition.field == "http-header":
        for what, hint in _header(condition.name):
            subject.problem(address, ("conditions", condition.field), what, hint, near=condition.name)
    elif condition.name:
        subject.problem(
            address, ("conditions",), "only a header condition can have a name", "remove name", near=condition.name
        )


def _value(field: str, value: str) -> Iterator[tuple[str, str]]:
    if field == "host-header" and "." not in value:
        yield f'"{value}" is not a host name: it has no dot', "write api.example.com or *.example.com"
    elif field == "path-pattern" and not value.startswith(("/", "*", "?")):
        yield f'"{value}" never matches: paths start with /', f"write /{value}"
    elif field == "http-request-method" and not METHOD.fullmatch(value):
        yield (
            f'"{value}" is not an HTTP method',
            f"write {value.upper()}" if value.isalpha() else "write GET, POST, ...",
        )
    elif field == "source-ip":
        try:
            network(value)
        except SpecValueError as error:
            yield error.what, error.hint


def _header(name: str) -> Iterator[tuple[str, str]]:
    if name.lower() == "host":
        yield "a header condition cannot match the Host header", "use host:"
    elif not HEADER.fullmatch(name):
        yield f'"{name}" is not a header name', "write header: {X-Name: value}"
