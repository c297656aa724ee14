"""The verbs of controls.py over HTTP: POST /_sandbox/<verb> with a JSON object of arguments."""

import hmac
import json
import os
import threading

from ..account import Account
from ..server.protocol import HttpReply, HttpRequest
from .verbs import Controls

TOKEN = {"value": ""}
"""Set by the background process: then nobody without it is served."""

JSON = {"Content-Type": "application/json"}


def handle(account: Account, incoming: HttpRequest) -> HttpReply:
    if TOKEN["value"] and not hmac.compare_digest(incoming.headers.get("x-sandbox-token", ""), TOKEN["value"]):
        return _reply(403, {"error": "this is another sandbox's token"})
    verb = incoming.path.removeprefix("/_sandbox/").strip("/")
    if verb == "stop" and TOKEN["value"]:
        threading.Timer(0.05, os._exit, (0,)).start()
        return _reply(200, {"result": True})
    method = getattr(Controls(account), verb, None) if verb and not verb.startswith("_") else None
    if method is None or not callable(method):
        return _reply(404, {"error": f"no verb {verb!r}"})
    try:
        given = json.loads(incoming.body or b"{}")
        return _reply(200, {"result": method(**given)})
    except (KeyError, TypeError, ValueError) as wrong:
        return _reply(400, {"error": str(wrong)})


def _reply(status: int, content: object) -> HttpReply:
    return HttpReply(status, dict(JSON), json.dumps(content, default=str).encode())
