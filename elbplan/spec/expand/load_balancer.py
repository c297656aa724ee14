"""Expands the load balancer and its security group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...core.address import AwsId
from ..short.document import SOURCE
from ..yaml.tree import YamlPath
from .balancer_settings import attributes_of, settings_of
from .context import BALANCER, SECURITY_GROUP, ExpandContext, PlacedListener
from .edge import log_bucket, log_settings

TRANSPORT = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}


def add_balancer(context: ExpandContext, listeners: Sequence[PlacedListener]) -> None:
    """Adds the load balancer `main`, and the security group `lb` unless the type cannot have one."""
    short = context.short
    settings, setting_places = settings_of(context, listeners)
    attributes, attribute_places = attributes_of(context)
    subnets: YamlPath = ("network", "subnets") if short.network and short.network.subnets else ("zones",)
    fields = {
        "type": short.type,
        "scheme": "internet-facing" if short.access == "public" else "internal",
        "ip_address_type": short.ip,
        "subnets": context.subnets,
        "security_groups": context.security_groups,
        "attributes": {**_attributes(context), **attributes} or None,
        **settings,
        "log_bucket": log_bucket(context),
    }
    places: dict[YamlPath, YamlPath] = {
        ("subnets",): subnets,
        ("security_groups",): ("network", "security_groups"),
        ("type",): ("type",),
        ("scheme",): ("access",),
        ("ip_address_type",): ("ip",),
        ("attributes",): ("logs",),
        ("attributes", "deletion_protection.enabled"): ("protect",),
        **attribute_places,
        **setting_places,
    }
    context.add(BALANCER, fields, ("name",), places)
    _check_named_groups(context)
    if context.has_security_group:
        ingress = [rule for listener in listeners if listener.port for rule in _ingress_rules(context, listener)]
        places = {("vpc",): ("network", "vpc"), ("ingress",): ("allow",)}
        context.add(SECURITY_GROUP, {"vpc": context.vpc, "ingress": ingress}, ("name",), places)


def _check_named_groups(context: ExpandContext) -> None:
    """Reports `allow:` beside named security groups, whose rules are not the stack's; and an empty list of them."""
    _check_extra_groups(context)
    if context.named_security_groups is None:
        return
    if context.short.allow is not None:
        what = "allow: is for the load balancer's own security group, and network: names others"
        context.report.at(("allow",), what, "remove allow:, and open those groups yourself", key=True)
    if context.short.type != "network" and not context.named_security_groups:
        what = f"a load balancer of type {context.short.type} cannot be without a security group"
        context.report.at(("network", "security_groups"), what, "write at least one, or remove the key")


def _check_extra_groups(context: ExpandContext) -> None:
    """Reports extra security groups where there is no own one."""
    if not context.short.network or not context.short.network.extra_security_groups:
        return
    path = ("network", "extra_security_groups")
    if context.short.type == "gateway":
        context.report.at(path, "a gateway load balancer cannot have security groups", "remove the key", key=True)
    elif context.named_security_groups is not None:
        what = "extra_security_groups are beside the own group, which this spec replaces"
        context.report.at(path, what, "write all groups under security_groups:, or leave that key out", key=True)


def _attributes(context: ExpandContext) -> dict[str, str]:
    attributes: dict[str, str] = {}
    if context.short.protect and context.short.protect.deletion:
        attributes["deletion_protection.enabled"] = "true"
    return attributes | (log_settings(context))


def _ingress_rules(context: ExpandContext, listener: PlacedListener) -> Iterator[dict[str, Any]]:
    """The ingress rules that let the allowed sources reach a listener."""
    everyone = ["0.0.0.0/0", "::/0"] if context.short.ip.startswith("dualstack") else ["0.0.0.0/0"]
    for source in context.short.allow if context.short.allow is not None else everyone:
        for protocol in TRANSPORT.get(listener.protocol or "", ("tcp",)):
            yield {"protocol": protocol, "from_port": listener.port, "to_port": listener.port, **_source(source)}


def _source(text: str) -> dict[str, Any]:
    if not SOURCE.fullmatch(text):
        return {"cidr": text}
    return {"group": AwsId(text)} if text.startswith("sg-") else {"prefix_list": text}
