"""The addresses of a stack, and what answers at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from ..core.plan import Plan
from ..kinds.listener import Listener
from .layout import flow
from .style import Style


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
