"""Requests to the load balancer: single ones, and a loop that runs during a change."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT, PAUSE = 5.0, 0.2


@dataclass(frozen=True)
class Visit:
    """One answer. `status` 0: no answer, and `body` has the reason."""

    status: int
    body: str = ""
    location: str = ""


Get = Callable[[str], Visit]


def get(url: str) -> Visit:
    """One request, without following redirects."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return Visit(answer.status, answer.read(200).decode(errors="replace").strip(), answer.getheader("Location", ""))
    except (OSError, http.client.HTTPException) as problem:
        return Visit(0, f"{type(problem).__name__}: {problem}")
    finally:
        connection.close()


@dataclass
class RequestLoop:
    """Sends a request every 0.2 s while the `with` block runs, and counts the answers by status."""

    get: Get
    url: str
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> RequestLoop:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(PAUSE):
            visit = self.get(self.url)
            self.statuses[visit.status] += 1
            if visit.status != 200:
                self.failures.append(f"{time.strftime('%H:%M:%S')} {visit.status} {visit.body}"[:120])

    @property
    def text(self) -> str:
        """The counts, and the first failures."""
        total = sum(self.statuses.values())
        failed = total - self.statuses[200]
        return f"{total} requests, {failed} failed" + (f": {'; '.join(self.failures[:3])}" if failed else "")

    @property
    def failed(self) -> int:
        return sum(self.statuses.values()) - self.statuses[200]
