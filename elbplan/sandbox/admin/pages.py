"""Gets one page through the proxy of a sandbox. Imports no moto."""

import http.client
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from .access import NetworkAccess

PATIENCE = 5.0
LONGEST = 65536


@dataclass(frozen=True)
class FetchedPage:
    """The answer to one request, or the problem without one. Redirects are not followed."""

    url: str
    status: int = 0
    location: str = ""
    text: str = ""
    problem: str = ""

    @property
    def first_line(self) -> str:
        return self.text.strip().partition("\n")[0]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """A redirect is an answer like others."""


def fetch(access: NetworkAccess, url: str, seconds: float = PATIENCE) -> FetchedPage:
    """Gets a URL. Raises nothing."""
    context = ssl.create_default_context(cadata=access.authority)
    proxy = urllib.request.ProxyHandler({"http": access.proxy, "https": access.proxy})
    opener = urllib.request.build_opener(proxy, urllib.request.HTTPSHandler(context=context), _NoRedirects)
    request = urllib.request.Request(url, headers={"User-Agent": "elbplan"})
    try:
        with opener.open(request, timeout=seconds) as reply:
            return _page(url, reply)
    except urllib.error.HTTPError as reply:
        with reply:
            return _page(url, reply)
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        text = "no answer in time" if isinstance(reason, TimeoutError) else str(reason)
        return FetchedPage(url, problem=text)


def _page(url: str, reply: Any) -> FetchedPage:
    text = reply.read(LONGEST).decode(errors="replace")
    return FetchedPage(url, reply.status, reply.headers.get("Location", ""), text)
