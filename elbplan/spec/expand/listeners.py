"""Listeners spelled out: port, protocol, certificates, action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.address import Address, Points, Ref
from ...kinds.listener import SECURE
from ..short.listeners import ShortForward, ShortListener
from ..suggest import did_you_mean
from ..yaml.tree import YamlPath
from .actions import action_of, action_places
from .context import BALANCER, ExpandContext, PlacedListener
from .domains import certificates_of
from .rules import add_rules

POLICIES = {
    "recommended": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "modern": "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "compatible": "ELBSecurityPolicy-TLS13-1-0-2021-06",
}


def add_listeners(scene: ExpandContext, listeners: Sequence[PlacedListener]) -> None:
    """Each listener with its rules."""
    if not listeners and scene.report.whole("listeners", "targets", "groups"):
        scene.report.at(
            ("listeners",) if scene.short.listeners is not None else ("name",),
            "there is nothing to forward requests to",
            "add targets:",
            key=True,
        )
    for listener in listeners:
        if listener.port is None and scene.short.type != "gateway":
            if scene.report.whole("listeners"):
                scene.report.at(listener.path, "listen is missing", "add listen: 80/http", key=True)
            continue
        address = Address("listener", listener.name)
        if address in scene.drafts:
            scene.report.at(
                (*listener.path, "listen"),
                f"port {listener.port} has a listener already",
                "one listener a port; put the differences into rules:",
            )
            continue
        action = _action(scene, listener)
        if action:
            scene.add(address, {**_secure(scene, listener), **_door(listener), "action": action}, *_origin(listener))
        add_rules(scene, listener, address, action)


def _origin(listener: PlacedListener) -> tuple[YamlPath, dict[YamlPath, YamlPath]]:
    word, path = listener.word, listener.path
    listen = (*path, "listen")
    return path, {
        **action_places(word, path),
        ("port",): listen,
        ("protocol",): listen,
        (): listen,
        ("certificate",): (*path, "certificate"),
        ("more_certificates",): (*path, "certificates"),
        ("ssl_policy",): (*path, "tls") if word.tls else ("tls",),
    }


def _door(listener: PlacedListener) -> dict[str, Any]:
    return {"load_balancer": BALANCER, "port": listener.port, "protocol": listener.protocol}


def _action(scene: ExpandContext, listener: PlacedListener) -> dict[str, Any] | None:
    word = listener.word
    if not (word.forward or word.redirect or word.respond):
        if scene.first_group is None:
            scene.report.at(
                listener.path, "this listener has nothing to do", "add forward:, redirect: or respond:", key=True
            )
            return None
        return action_of(ShortForward(groups={scene.first_group: 1}))
    return action_of(word.forward or word.redirect or word.respond)


def _secure(scene: ExpandContext, listener: PlacedListener) -> dict[str, Any]:
    """Certificates and policy of a listener that speaks TLS."""
    word = listener.word
    if listener.protocol not in SECURE:
        for key in ("certificate", "certificates", "tls"):
            if getattr(word, key) is not None:
                scene.report.at(
                    (*listener.path, key),
                    f"{key}: needs a listener that speaks HTTPS or TLS, not {listener.protocol}",
                    "write listen: 443/https",
                    key=True,
                )
        return {}
    first, *more = _certificates(scene, word) or (None,)
    return {"certificate": first, "more_certificates": more, "ssl_policy": _policy(scene, listener)}


def _certificates(scene: ExpandContext, word: ShortListener) -> list[Ref]:
    """The default one first: the domains' own unless another is named in its place; then the further ones."""
    usual = [Points("certificate").parse(word.certificate)] if word.certificate else certificates_of(scene)
    further = [Points("certificate").parse(text) for text in word.certificates or ()]
    return list(dict.fromkeys([*usual, *further]))


def _policy(scene: ExpandContext, listener: PlacedListener) -> str:
    text, path = listener.word.tls, (*listener.path, "tls")
    if text is None:
        text, path = scene.short.tls or "recommended", ("tls",)
    if text not in POLICIES and not text.startswith("ELBSecurityPolicy-"):
        scene.report.at(path, f'"{text}" is not a TLS policy', did_you_mean(text, [*POLICIES, "ELBSecurityPolicy-..."]))
    return POLICIES.get(text, text)
