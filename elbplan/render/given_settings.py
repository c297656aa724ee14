"""What the spec gives a new resource beside what its row says: attributes, headers, sessions, health checks.

Defaults of AWS and secrets are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..core.hidden import redacted
from ..core.resource import Part, Resource
from ..errors import escaped
from ..kinds.aws.health_check import HEALTHY, UNHEALTHY, default_timeout, health_check_defaults
from ..kinds.aws.listener_attributes import defaults_of
from ..kinds.aws.load_balancer_attributes import attribute_defaults
from ..kinds.aws.login_actions import Login
from ..kinds.aws.target_group_attributes import HTTP
from ..kinds.aws.target_group_attributes import defaults as group_defaults
from ..kinds.aws.tls_policies import RECOMMENDED
from ..kinds.aws.token_checks import TokenCheck
from ..kinds.listener import Listener
from ..kinds.load_balancer import LoadBalancer
from ..kinds.rule import Rule
from ..kinds.target_group import TargetGroup
from .attribute_words import WORDS
from .style import duration

VALUES: Mapping[str, Callable[[int], str]] = {"session_timeout": duration, "timeout": "{} s".format}
LOGIN_WORDS: Mapping[str, str] = {
    "session_timeout": "session",
    "scope": "scope",
    "session_cookie_name": "cookie",
    "on_unauthenticated_request": "unauthenticated",
}
"""The words of the spec. Parameters of the request are left out: their values can be secrets."""
CHECK_WORDS: Mapping[str, str] = {
    "protocol": "protocol",
    "port": "port",
    "timeout": "timeout",
    "healthy": "healthy after",
    "unhealthy": "unhealthy after",
    "codes": "codes",
}


def given_settings(resource: Resource) -> str:
    """Returns the settings in one line: `idle timeout (s): 120; HTTP/2: false`; empty if there are none."""
    shown = redacted(resource)
    return escaped("; ".join(_texts(shown)))


def _texts(resource: Resource) -> Iterator[str]:
    if isinstance(resource, LoadBalancer):
        yield from _attributes(resource.attributes, attribute_defaults(resource.type, resource.scheme))
    if isinstance(resource, TargetGroup):
        yield from _check(resource)
        yield from _attributes(resource.attributes, group_defaults(resource))
    if isinstance(resource, Listener):
        yield from [f"TLS policy: {resource.ssl_policy}"] if resource.ssl_policy not in (None, RECOMMENDED) else []
        yield from [f"ALPN: {resource.alpn}"] if resource.alpn else []
        yield from _attributes(resource.attributes, defaults_of(resource.protocol))
    if isinstance(resource, Listener | Rule):
        for action in resource.leading_actions:
            yield from _leading(action)


def _attributes(given: Mapping[str, str], defaults: Mapping[str, str]) -> Iterator[str]:
    for key, value in sorted(given.items()):
        if value != defaults.get(key):
            yield f"{WORDS.get(key, key)}: {value or 'empty'}"


def _check(group: TargetGroup) -> Iterator[str]:
    """The row has the path and the interval."""
    defaults = health_check_defaults(group.protocol, group.protocol_version)
    usual = {
        "protocol": "HTTP" if group.protocol in HTTP else "TCP",
        "codes": defaults.short_codes_for(group.health.path),
        "timeout": default_timeout(group.protocol, group.health.protocol),
        "healthy": HEALTHY,
        "unhealthy": UNHEALTHY,
    }
    texts = list(_changed(group.health, CHECK_WORDS, usual))
    yield from [f"check with {', '.join(texts).replace(':', '')}"] if texts else []


def _leading(action: Any) -> Iterator[str]:
    if isinstance(action, Login):
        yield from _changed(action, LOGIN_WORDS, {})
    if isinstance(action, TokenCheck):
        yield from (f"claim {claim.name}: {' or '.join(claim.values)}" for claim in action.additional_claims)


def _changed(part: Part, words: Mapping[str, str], usual: Mapping[str, Any]) -> Iterator[str]:
    fields = type(part).model_fields
    for name, word in words.items():
        value = getattr(part, name)
        if value is not None and value not in (fields[name].default, usual.get(name)):
            yield f"{word}: {VALUES[name](value) if name in VALUES else value}"
