"""A request, and whether it matches a condition of a rule. `templates/route.js` does the same.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...kinds.aws.request_matching import fits

ADDRESS = re.compile(r"(?:(https?)://)?([^/?#:\s]+)(?::(\d{1,5}))?(/[^?#\s]*)?(?:\?([^#\s]*))?(?:#\S*)?", re.IGNORECASE)
"""A URL as a person types it, perhaps without scheme and path. `route.js` has the same expression."""


@dataclass(frozen=True)
class Request:
    """A request of a client. `headers` have names in lower case; `source` is the client's address, empty if unknown."""

    scheme: str
    host: str
    port: int
    path: str = "/"
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    @classmethod
    def of(cls, url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Request | None:
        """The request for a URL; None if the text is no URL of HTTP."""
        match = ADDRESS.fullmatch(url.strip())
        if not match:
            return None
        scheme = (match[1] or "https").lower()
        port = int(match[3]) if match[3] else {"http": 80, "https": 443}[scheme]
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        return cls(scheme, match[2].lower().rstrip("."), port, match[4] or "/", match[5] or "", method, lower)


@dataclass(frozen=True)
class RouteCondition:
    """A condition of a rule, with its text for a person."""

    field: str
    values: tuple[str, ...]
    regex: tuple[str, ...]
    name: str
    text: str


def covers(name: str, host: str) -> bool:
    """True if the name of a certificate covers a host. A wildcard stands for one label; `*` alone is unknown."""
    if name == "*":
        return True
    if name.startswith("*."):
        label, _, rest = host.partition(".")
        return bool(label) and rest == name[2:]
    return name == host


def matches(condition: RouteCondition, request: Request) -> bool:
    """True if the request matches one value of the condition. Headers and addresses that are not known do not match."""
    check = CHECKS.get(condition.field)
    if check is None:
        return False
    return any(check(value, condition, request) for value in condition.values) or any(
        _regex_matches(text, condition, request) for text in condition.regex
    )


def _regex_matches(text: str, condition: RouteCondition, request: Request) -> bool:
    subjects = {
        "host-header": request.host,
        "path-pattern": request.path,
        "http-header": request.headers.get(condition.name.lower()),
    }
    subject = subjects.get(condition.field)
    try:
        return subject is not None and re.search(text, subject) is not None
    except re.error:
        return False


def _fits(pattern: str, text: str) -> bool:
    """The same without regard to case."""
    return fits(pattern.lower(), text.lower())


def _header(value: str, condition: RouteCondition, request: Request) -> bool:
    sent = request.headers.get(condition.name.lower())
    return sent is not None and _fits(value, sent)


def _query(value: str, condition: RouteCondition, request: Request) -> bool:
    """`key=value`, or `value` alone for any key."""
    key, separator, wanted = value.partition("=")
    if not separator:
        key, wanted = "*", value
    pairs = (part.partition("=") for part in request.query.split("&") if part)
    return any(_fits(key, its_key) and _fits(wanted, its_value) for its_key, _, its_value in pairs)


def _source(value: str, condition: RouteCondition, request: Request) -> bool:
    if value in ("0.0.0.0/0", "::/0"):
        return True
    try:
        return bool(request.source) and ipaddress.ip_address(request.source) in ipaddress.ip_network(value)
    except ValueError:
        return False


CHECKS: Mapping[str, Callable[[str, RouteCondition, Request], bool]] = {
    "host-header": lambda value, _, request: _fits(value, request.host),
    "path-pattern": lambda value, _, request: fits(value, request.path),
    "http-request-method": lambda value, _, request: value == request.method,
    "http-header": _header,
    "query-string": _query,
    "source-ip": _source,
}
"""How a value of each kind of condition is compared. Only paths, methods and addresses are exact about case."""
