"""Expands forward, redirect and respond to actions of the long form."""

from __future__ import annotations

from typing import Any

from ...core.address import Address
from ..short.actions import ShortForward, ShortRedirect, ShortRespond
from ..short.listeners import ShortListener, ShortRule
from ..yaml.tree import YamlPath

DEFAULT_PORT = {"HTTPS": "443", "HTTP": "80"}
DEFAULT_PROTOCOL = {443: "HTTPS", 80: "HTTP"}


def action_of(short: ShortForward | ShortRedirect | ShortRespond | None) -> dict[str, Any]:
    """The action of the long form."""
    if isinstance(short, ShortForward):
        groups = [{"group": Address("target_group", name), "weight": weight} for name, weight in short.groups.items()]
        return {"type": "forward", "groups": groups} | ({"sticky": short.sticky} if short.sticky else {})
    if isinstance(short, ShortRespond):
        return {"type": "fixed-response", "status": short.status, "content_type": short.type, "body": short.body}
    return _redirect(short or ShortRedirect())


def action_places(short: ShortListener | ShortRule, path: YamlPath) -> dict[YamlPath, YamlPath]:
    """The document paths of an action's parts."""
    verb = "redirect" if short.redirect else "respond" if short.respond else "forward"
    names = list(short.forward.groups) if short.forward else []
    groups: dict[YamlPath, YamlPath] = {
        ("action", "groups", i): (*path, verb, "groups", n) for i, n in enumerate(names)
    }
    return {("action",): (*path, verb), **groups}


def _redirect(short: ShortRedirect) -> dict[str, Any]:
    to = short.to
    protocol = short.protocol or (to and (to.protocol or DEFAULT_PROTOCOL.get(to.port)))
    port = short.port or (str(to.port) if to else DEFAULT_PORT.get(short.protocol or ""))
    fields = {
        "protocol": protocol,
        "port": port,
        "host": short.host,
        "path": short.path,
        "query": short.query,
        "code": short.code,
    }
    return {"type": "redirect", **{key: value for key, value in fields.items() if value is not None}}
