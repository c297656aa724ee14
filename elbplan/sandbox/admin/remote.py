"""A sandbox in another process. Imports no moto."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from ..errors import SandboxError
from .client import BoxClient


def request(url: str, verb: str, token: str = "", timeout: float = 10.0, **given: Any) -> Any:
    """One verb over HTTP; SandboxError when there is no answer or a refusal."""
    body = json.dumps(given).encode()
    headers = {"Content-Type": "application/json", "X-Sandbox-Token": token}
    wanted = urllib.request.Request(f"{url}/_sandbox/{verb}", data=body, headers=headers, method="POST")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(wanted, timeout=timeout) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as refused:
        raise SandboxError(f"The sandbox refused {verb}: {refused.read().decode(errors='replace')}") from None
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as broken:
        raise SandboxError(f"No sandbox answers at {url} ({broken})") from broken


class RemoteBox(BoxClient):
    """The same methods as Box, over HTTP."""

    def __init__(self, url: str, token: str = "") -> None:
        super().__init__()
        self.url = url
        self._token = token

    def ask(self, verb: str, **given: Any) -> Any:
        return request(self.url, verb, self._token, **given)
