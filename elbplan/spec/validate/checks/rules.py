"""Checks rules: priorities, and conditions that AWS accepts and a request can match."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ....core.address import Address
from ....kinds.aws.conditions import Condition
from ....kinds.aws.regular_expressions import unusable
from ....kinds.rule import Rule
from ...errors import SpecValueError
from ...short.domain_names import domain_name
from ...short.words import network
from .subject import Subject

MAX_VALUES = 5
MAX_WILDCARDS = 5
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""
MAX_VALUE_LENGTH = 128
ONCE = {"host-header": "host", "path-pattern": "path", "http-request-method": "method", "source-ip": "ip"}
METHOD = re.compile(r"[A-Z_-]{1,40}", re.ASCII)
HOST = re.compile(r"[A-Za-z0-9.*?_-]+", re.ASCII)
LAST_LABEL = re.compile(r"[A-Za-z*?]+|xn--[A-Za-z0-9-]+", re.ASCII | re.IGNORECASE)
PATH = re.compile(r"""[A-Za-z0-9_\-.$/~"'@:+*?&]+""", re.ASCII)
"""API_HostHeaderConditionConfig, API_RuleCondition (Values)"""
VISIBLE = re.compile(r"[\x20-\x7e]+")
"""rule-condition-types: rules apply to visible ASCII characters"""
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
    for regex in condition.regex:
        _regex(subject, address, condition.field, regex)
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


def _regex(subject: Subject, address: Address, field: str, regex: str) -> None:
    place = ("conditions", field)
    if problem := unusable(regex):
        hint = "write it without that" if problem.startswith("AWS") else "close every bracket; write \\. for a dot"
        subject.problem(address, place, f'"{regex}": {problem}', hint, near=regex)
    if len(regex) > MAX_VALUE_LENGTH:
        hint = f"use at most {MAX_VALUE_LENGTH} characters"
        subject.problem(address, place, "this regular expression is too long", hint, near=regex)


def _value(field: str, value: str) -> Iterator[tuple[str, str]]:
    if field == "host-header" and not value.isascii():
        yield from _in_other_script(value)
    elif not VISIBLE.fullmatch(value):
        yield f'"{value}" has characters outside visible ASCII', "percent-encode them, as a client sends them"
    elif field == "host-header":
        yield from _host(value)
    elif field == "path-pattern" and not value.startswith(("/", "*", "?")):
        yield f'"{value}" never matches: paths start with /', f"write /{value}"
    elif field == "path-pattern" and "?" in value and "=" in value:
        yield f'"{value}" has a query, which a path condition never sees', "use query: {key: value}"
    elif field == "path-pattern" and not PATH.fullmatch(value):
        yield f'"{value}" has characters that AWS does not allow', """use letters, digits and _-.$/~"'@:+&*?"""
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


def _in_other_script(value: str) -> Iterator[tuple[str, str]]:
    try:
        domain_name(value)
    except SpecValueError as error:
        yield error.what, error.hint


def _host(value: str) -> Iterator[tuple[str, str]]:
    if "." not in value:
        yield f'"{value}" is not a host name: it has no dot', "write api.example.com or *.example.com"
    elif not HOST.fullmatch(value):
        yield f'"{value}" is not a host name', "use letters, digits, dashes, dots, * and ?; no port and no path"
    elif not LAST_LABEL.fullmatch(value.rpartition(".")[2]):
        yield f'"{value}" is not a host name: only letters may follow the last dot', "write a name, not an address"


def _header(name: str) -> Iterator[tuple[str, str]]:
    if name.lower() == "host":
        yield "a header condition cannot match the Host header", "use host:"
    elif "*" in name:
        yield f'"{name}": AWS knows no wildcards in the name of a header', "write the whole name"
    elif not HEADER.fullmatch(name):
        yield f'"{name}" is not a header name', "write header: {X-Name: value}"
