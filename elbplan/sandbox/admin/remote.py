"""A sandbox in another process. Imports no moto."""

import http.client
import json
import urllib.error
import urllib.request
from typing import Any

from ..errors import SandboxError
from .client import BoxClient


def request(url: str, verb: str, token: str = "", timeout: float = 10.0, **arguments: Any) -> Any:
    """Calls one verb over HTTP. Raises SandboxError if the sandbox refuses or does not answer."""
    body = json.dumps(arguments).encode()
    headers = {"Content-Type": "application/json", "X-Sandbox-Token": token}
    verb_request = urllib.request.Request(f"{url}/_sandbox/{verb}", data=body, headers=headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(verb_request, timeout=timeout) as answer:
            return json.load(answer)["result"]
    except urllib.error.HTTPError as refusal:
        raise SandboxError(f"The sandbox refused {verb}: {refusal.read().decode(errors='replace')}") from None
    except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
        raise SandboxError(f"No sandbox answers at {url} ({error})") from error


class RemoteBox(BoxClient):
    """The same methods as Box, over HTTP."""

    def __init__(self, url: str, token: str = "") -> None:
        super().__init__()
        self.url = url
        self._token = token

    def ask(self, verb: str, **arguments: Any) -> Any:
        return request(self.url, verb, self._token, **arguments)
