"""Forward, redirect and respond in the long form's words."""

from __future__ import annotations

from typing import Any

from ...core.address import Address
from ..short.listeners import ShortForward, ShortListener, ShortRedirect, ShortRespond, ShortRule
from ..yaml.tree import YamlPath

USUAL_PORT = {"HTTPS": "443", "HTTP": "80"}
USUAL_PROTOCOL = {443: "HTTPS", 80: "HTTP"}


def action_of(word: ShortForward | ShortRedirect | ShortRespond | None) -> dict[str, Any]:
    """The action in the long form's words."""
    if isinstance(word, ShortForward):
        groups = [{"group": Address("target_group", name), "weight": weight} for name, weight in word.groups.items()]
        return {"type": "forward", "groups": groups} | ({"sticky": word.sticky} if word.sticky else {})
    if isinstance(word, ShortRespond):
        return {"type": "fixed-response", "status": word.status, "content_type": word.type, "body": word.body}
    return _redirect(word or ShortRedirect())


def action_places(word: ShortListener | ShortRule, path: YamlPath) -> dict[YamlPath, YamlPath]:
    """Where the parts of an action stand in the document."""
    verb = "redirect" if word.redirect else "respond" if word.respond else "forward"
    names = list(word.forward.groups) if word.forward else []
    shares: dict[YamlPath, YamlPath] = {
        ("action", "groups", i): (*path, verb, "groups", n) for i, n in enumerate(names)
    }
    return {("action",): (*path, verb), **shares}


def _redirect(word: ShortRedirect) -> dict[str, Any]:
    door = word.to
    protocol = word.protocol or (door and (door.protocol or USUAL_PROTOCOL.get(door.port)))
    port = word.port or (str(door.port) if door else USUAL_PORT.get(word.protocol or ""))
    fields = {
        "protocol": protocol,
        "port": port,
        "host": word.host,
        "path": word.path,
        "query": word.query,
        "code": word.code,
    }
    return {"type": "redirect", **{key: value for key, value in fields.items() if value is not None}}
