"""Where the redirect of a listener or rule leads, and what another address lost. Pure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..kinds.aws.actions import Redirect
from .http import port_of, url_of

REDIRECTS = (301, 302, 303, 307, 308)


def expected_location(redirect: Redirect, url: str) -> str:
    """The address to which this redirect leads from a URL."""
    parts = urlsplit(url)
    words = {
        "#{protocol}": parts.scheme,
        "#{host}": parts.hostname or "",
        "#{port}": str(port_of(parts)),
        "#{path}": parts.path.removeprefix("/"),
        "#{query}": parts.query,
    }
    scheme = _filled(redirect.protocol, words).lower()
    query = _filled(redirect.query, words)
    target = _filled(redirect.path, words) + (f"?{query}" if query else "")
    return url_of(scheme, _filled(redirect.host, words), int(_filled(redirect.port, words)), target)


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def kept(found: str, wanted: str) -> str:
    """What differs between the address that was found and the wanted one; empty if nothing does."""
    here, there = urlsplit(found), urlsplit(wanted)
    if here.scheme != there.scheme:
        return f"it leads to {here.scheme}, not to {there.scheme}"
    if (here.hostname, port_of(here)) != (there.hostname, port_of(there)):
        return f"it leads to another address than {there.netloc}"
    if (here.path or "/") != (there.path or "/"):
        return "it loses the path"
    return "it loses the query" if here.query != there.query else ""
