"""Whether a request matches the conditions of a rule, as AWS documents it. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from .conditions import Condition

Match = bool | None
"""True, False, or None: a condition that a request alone does not decide, such as the address of the client."""

EVERYBODY = ("0.0.0.0/0", "::/0")
SENT_AS_IS = string.punctuation.replace("#", "")
PATTERN = re.compile(r"\\[*?]|.", re.DOTALL)
WILDCARDS = {"*": ".*", "?": ".", r"\*": r"\*", r"\?": r"\?"}


@dataclass(frozen=True)
class Request:
    """A request of a client.

    path      without the query
    query     pairs of key and value
    headers   by their names, without `Host`
    """

    host: str
    path: str = "/"
    method: str = "GET"
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def target(self) -> str:
        """Path and query as the first line of the request has them. AWS compares them as they are sent."""
        query = "&".join(f"{key}={value}" if key else value for key, value in self.query)
        return quote(f"{self.path}?{query}" if query else self.path, safe=SENT_AS_IS)


def matches_all(conditions: Iterable[Condition], request: Request) -> Match:
    """True if every condition matches; None if a condition that is not decided would decide it."""
    found = [matches(condition, request) for condition in conditions]
    return False if False in found else None if None in found else True


def matches(condition: Condition, request: Request) -> Match:
    """Whether one condition matches. A regular expression is not decided: AWS uses its own engine for it."""
    test = TESTS.get(condition.field)
    if test is None or condition.settings:
        return None
    found = test(condition, request)
    return None if not found and condition.regex else found


def fits(pattern: str, text: str) -> bool:
    """`*` is any text, `?` one character, unless a backslash stands before it; nothing else is special."""
    expression = "".join(WILDCARDS.get(part) or re.escape(part) for part in PATTERN.findall(pattern))
    return re.fullmatch(expression, text, re.DOTALL) is not None


def text_for(pattern: str, filling: str) -> str:
    """A text that fits the pattern, with `filling` for each `*`."""
    plain = {"*": filling, "?": "x"}
    return "".join(plain.get(part, part.removeprefix("\\")) for part in PATTERN.findall(pattern))


def query_pair(text: str) -> tuple[str | None, str]:
    """Key and value of `key=value`, as `condition_to_aws` sends them; None for the key of a value alone."""
    key, equals, value = text.partition("=")
    return (key or None, value) if equals else (None, text)


def _host(condition: Condition, request: Request) -> Match:
    return any(fits(value.lower(), request.host.lower()) for value in condition.values)


def _path(condition: Condition, request: Request) -> Match:
    return any(fits(value, request.path) for value in condition.values)


def _method(condition: Condition, request: Request) -> Match:
    return request.method in condition.values


def _header(condition: Condition, request: Request) -> Match:
    values = [value for name, value in request.headers.items() if name.lower() == condition.name.lower()]
    return any(fits(wanted.lower(), value.lower()) for wanted in condition.values for value in values)


def _query(condition: Condition, request: Request) -> Match:
    wanted = [query_pair(value.lower()) for value in condition.values]
    pairs = [(key.lower(), value.lower()) for key, value in request.query]
    return any((name is None or fits(name, key)) and fits(text, value) for name, text in wanted for key, value in pairs)


def _source(condition: Condition, request: Request) -> Match:
    return True if set(EVERYBODY) & set(condition.values) else None


TESTS: Mapping[str, Callable[[Condition, Request], Match]] = {
    "host-header": _host,
    "path-pattern": _path,
    "http-request-method": _method,
    "http-header": _header,
    "query-string": _query,
    "source-ip": _source,
}
