"""The addresses of a stack, and what answers at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from ..core.plan import Plan
from ..core.resource import Resource
from ..kinds.listener import Listener
from .layout import flow
from .style import Style

SCHEMES = {"HTTPS": "https", "TLS": "https", "HTTP": "http"}
STANDARD_PORTS = {"https": 443, "http": 80}


def urls_at(names: Iterable[str], resources: Iterable[Resource]) -> list[str]:
    """Returns where these names answer, by the listeners among the resources: `https://...`, `tcp://...:7000`.

    A listener of HTTPS comes first, then HTTP, then others. Without listeners, a name stays as it is.
    """
    listeners = [resource for resource in resources if isinstance(resource, Listener) and resource.port]
    if not listeners:
        return list(names)
    scheme, _, port = min(map(_endpoint, listeners), key=lambda found: found[1:])
    suffix = "" if STANDARD_PORTS.get(scheme) == port else f":{port}"
    return [f"{scheme}://{name}{suffix}" for name in names]


def _endpoint(listener: Listener) -> tuple[str, int, int]:
    """The scheme of a listener, its rank and its port. What passes through port 443 or 80 is HTTPS or HTTP."""
    by_port = {port: scheme for scheme, port in STANDARD_PORTS.items()}
    protocol, port = listener.protocol or "", listener.port or 0
    if protocol == "TLS" and port != STANDARD_PORTS["https"]:
        return "tls", 2, port
    scheme = SCHEMES.get(protocol) or (by_port.get(port) if "TCP" in protocol else None) or protocol.lower()
    standard = STANDARD_PORTS.get(scheme) == port
    return scheme, 2 * ["https", "http"].index(scheme) - standard if scheme in STANDARD_PORTS else 4, port


def sample_urls(plan: Plan, urls: Sequence[str]) -> list[str]:
    """Returns the URLs of a stack, and for each https URL also that with http if port 80 has an HTTP listener."""
    listeners = [resource for resource in plan.desired.values() if isinstance(resource, Listener)]
    has_http = any(listener.protocol == "HTTP" and listener.port == 80 for listener in listeners)
    secure = [url for url in urls if url.startswith("https://") and has_http]
    return [*urls, *(url.replace("https://", "http://", 1) for url in secure)]


def answer_rows(url: str, answer: str, style: Style) -> Iterator[Text]:
    """Yields a URL and what it answers: `https://api.example.com/ → 200, "web-1 (i-…) in …"`."""
    yield from flow(style, style.line((url, "bold"), " → "), answer, back=2)


def answer_text(status: int, location: str, first_line: str, problem: str) -> str:
    """Returns an answer in a few words: `200, "web-1 …"`, `301 https://…`, or the problem."""
    if problem:
        return f"no answer: {problem}"
    if location:
        return f"{status} {location}"
    return f'{status}, "{first_line}"' if first_line and not first_line.startswith("<") else str(status)
