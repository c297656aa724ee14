"""Expands listeners: port, protocol, certificates, action and rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.address import Address, Ref
from ...core.suggest import did_you_mean
from ...kinds.aws.tls_policies import RECOMMENDED
from ...kinds.listener import SECURE
from ..short.actions import ShortForward
from ..short.listeners import ShortListener
from ..yaml.tree import YamlPath
from .actions import action_of, action_places
from .certificates import certificate_ref, certificates_of
from .context import BALANCER, ExpandContext, PlacedListener
from .listener_settings import settings_of, settings_places
from .logins import leading_fields, leading_places
from .rules import add_rules

POLICIES = {
    "recommended": RECOMMENDED,
    "modern": "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "compatible": "ELBSecurityPolicy-TLS13-1-0-2021-06",
    "post-quantum": "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "fips": "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
}


def add_listeners(context: ExpandContext, listeners: Sequence[PlacedListener]) -> None:
    """Adds each listener with its rules."""
    if not listeners and context.report.complete("listeners", "targets", "groups"):
        context.report.at(
            ("listeners",) if context.short.listeners is not None else ("name",),
            "there is nothing to forward requests to",
            "add targets:",
            key=True,
        )
    for listener in listeners:
        if listener.port is None and context.short.type != "gateway":
            if context.report.complete("listeners"):
                context.report.at(listener.path, "listen is missing", "add listen: 80/http", key=True)
            continue
        address = Address("listener", listener.name)
        if address in context.drafts:
            context.report.at(
                (*listener.path, "listen"),
                f"port {listener.port} already has a listener",
                "keep one listener for each port, and put the differences into rules:",
            )
            continue
        action = _action(context, listener)
        if action:
            fields = {**_tls(context, listener), **_endpoint(listener), **settings_of(context, listener)}
            context.add(address, {**fields, **action}, *_origin(listener), listener.definition.tags)
        add_rules(context, listener, address, action)


def _origin(listener: PlacedListener) -> tuple[YamlPath, dict[YamlPath, YamlPath]]:
    short, path = listener.definition, listener.path
    listen = (*path, "listen")
    return path, {
        **action_places(short, path),
        **settings_places(short, path),
        **leading_places(short, path),
        ("port",): listen,
        ("protocol",): listen,
        (): listen,
        ("certificate",): (*path, "certificate"),
        ("more_certificates",): (*path, "certificates"),
        ("ssl_policy",): (*path, "tls") if short.tls else ("tls",),
    }


def _endpoint(listener: PlacedListener) -> dict[str, Any]:
    return {"load_balancer": BALANCER, "port": listener.port, "protocol": listener.protocol}


def _action(context: ExpandContext, listener: PlacedListener) -> dict[str, Any] | None:
    """The action of a listener with what comes before it, as fields of the long form."""
    short = listener.definition
    action = short.forward or short.redirect or short.respond
    if action is None and context.first_group is not None:
        action = ShortForward(groups={context.first_group: 1})
    if action is None:
        hint = "add forward:, redirect: or respond:"
        context.report.at(listener.path, "this listener has no action", hint, key=True)
        return None
    return {"action": action_of(action), **leading_fields(short)}


def _tls(context: ExpandContext, listener: PlacedListener) -> dict[str, Any]:
    """The certificates and the TLS policy of a listener with protocol HTTPS or TLS."""
    short = listener.definition
    if listener.protocol not in SECURE:
        for key in ("certificate", "certificates", "tls"):
            if getattr(short, key) is not None:
                context.report.at(
                    (*listener.path, key),
                    f"{key}: needs a listener with protocol HTTPS or TLS, not {listener.protocol}",
                    "write listen: 443/https",
                    key=True,
                )
        return {}
    first, *more = _certificates(context, short) or (None,)
    return {"certificate": first, "more_certificates": more, "ssl_policy": _policy(context, listener)}


def _certificates(context: ExpandContext, short: ShortListener) -> list[Ref]:
    """First the default certificates: those of the domains unless the listener names one. Then the others."""
    default = [certificate_ref(short.certificate)] if short.certificate else certificates_of(context)
    others = [certificate_ref(text) for text in short.certificates or ()]
    return list(dict.fromkeys([*default, *others]))


def _policy(context: ExpandContext, listener: PlacedListener) -> str:
    text, path = listener.definition.tls, (*listener.path, "tls")
    if text is None:
        text, path = context.short.tls or "recommended", ("tls",)
    if text not in POLICIES and not text.startswith("ELBSecurityPolicy-"):
        context.report.at(
            path, f'"{text}" is not a TLS policy', did_you_mean(text, [*POLICIES, "ELBSecurityPolicy-..."])
        )
    return POLICIES.get(text, text)
