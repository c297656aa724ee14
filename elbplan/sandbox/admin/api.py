"""The verbs of verbs.py over HTTP: POST /_sandbox/<verb> with a JSON object of arguments."""

import hmac
import json
import os
import threading

from ..account import Account
from ..server.protocol import HttpReply, HttpRequest
from .verbs import Controls

TOKEN = {"value": ""}
"""The background process sets it; then a request without it is refused."""

JSON = {"Content-Type": "application/json"}


def handle(account: Account, incoming: HttpRequest) -> HttpReply:
    if TOKEN["value"] and not hmac.compare_digest(incoming.headers.get("x-sandbox-token", ""), TOKEN["value"]):
        return _reply(403, {"error": "the token does not belong to this sandbox"})
    verb = incoming.path.removeprefix("/_sandbox/").strip("/")
    if verb == "stop" and TOKEN["value"]:
        threading.Timer(0.05, os._exit, (0,)).start()
        return _reply(200, {"result": True})
    if not verb or verb.startswith("_") or not callable(getattr(Controls, verb, None)):
        return _reply(404, {"error": f"no verb {verb!r}"})
    try:
        arguments = json.loads(incoming.body or b"{}")
        method = getattr(Controls(account.with_id(arguments.pop("account", ""))), verb)
        return _reply(200, {"result": method(**arguments)})
    except ImportError as missing:
        return _reply(501, {"error": f"{missing}. Run: pip install 'elbplan[sandbox]'"})
    except (KeyError, TypeError, ValueError) as error:
        return _reply(400, {"error": str(error)})


def _reply(status: int, content: object) -> HttpReply:
    return HttpReply(status, dict(JSON), json.dumps(content, default=str).encode())
