"""Rules: conditions that AWS takes and that can match."""

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

MOST_VALUES = 5
MOST_WILDCARDS = 6
LONGEST_VALUE = 128
ONCE = {"host-header": "host", "path-pattern": "path", "http-request-method": "method", "source-ip": "ip"}
METHOD = re.compile(r"[A-Z_-]{1,40}", re.ASCII)
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}", re.ASCII)


def check(subject: Subject) -> None:
    """What AWS refuses of rules, and conditions that no request can meet."""
    taken: dict[tuple[str, int], Address] = {}
    for address, rule in subject.of("rule"):
        there = taken.setdefault((str(rule.listener), rule.priority), address)
        if there != address:
            subject.say(
                address,
                ("priority",),
                f"priority {rule.priority} is taken by {there}",
                "leave priorities out: the order decides",
            )
        listener = subject.get(rule.listener)
        kind = subject.type_of(listener.load_balancer) if listener else None
        if kind not in (None, "application"):
            subject.say(address, (), f"a {kind} balancer has no rules", "use another listener")
        if rule.leading_actions and listener and listener.protocol != "HTTPS":
            what = f"{rule.leading_actions[0].type} needs a listener with protocol HTTPS, not {listener.protocol}"
            subject.say(address, ("leading_actions",), what, "use a listener on 443/https")
        _counts(subject, address, rule)
        for condition in rule.conditions:
            _condition(subject, address, condition)


def _counts(subject: Subject, address: Address, rule: Rule) -> None:
    values = [value for condition in rule.conditions for value in (*condition.values, *condition.regex)]
    if len(values) > MOST_VALUES:
        subject.say(
            address,
            ("conditions",),
            f"{len(values)} values in the conditions of one rule",
            f"AWS takes {MOST_VALUES} in all; make two rules of it",
        )
    wild = sum(v.count("*") + v.count("?") for condition in rule.conditions for v in condition.values)
    if wild > MOST_WILDCARDS:
        subject.say(address, ("conditions",), f"{wild} wildcards in one rule", f"AWS takes {MOST_WILDCARDS} in all")
    for field, count in Counter(condition.field for condition in rule.conditions).items():
        if field in ONCE and count > 1:
            subject.say(
                address,
                ("conditions", field),
                f"{count} {ONCE[field]} conditions in one rule",
                "put the values into one condition: any of them may match",
            )


def _condition(subject: Subject, address: Address, condition: Condition) -> None:
    for value in condition.values:
        for what, hint in _value(condition.field, value):
            subject.say(address, ("conditions", condition.field), what, hint, near=value)
        if len(value) > LONGEST_VALUE:
            subject.say(
                address,
                ("conditions", condition.field),
                "this value is too long",
                f"at most {LONGEST_VALUE} characters",
            )
    if condition.field == "http-header":
        for what, hint in _header(condition.name):
            subject.say(address, ("conditions", condition.field), what, hint, near=condition.name)
    elif condition.name:
        subject.say(address, ("conditions",), "only a header condition has a name", "remove name", near=condition.name)


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
        except SpecValueError as wrong:
            yield wrong.what, wrong.hint


def _header(name: str) -> Iterator[tuple[str, str]]:
    if name.lower() == "host":
        yield "the Host header has a condition of its own", "use host:"
    elif not HEADER.fullmatch(name):
        yield f'"{name}" is not the name of a header', "write header: {X-Name: value}"
