"""Expands what stands before the load balancer: its web ACL."""

from __future__ import annotations

from ...core.address import Address
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext

WEB_ACL = Address("web_acl_association", "main")


def add_edge(context: ExpandContext) -> None:
    """Adds the association of the web ACL, if the spec names one."""
    if web_acl := context.short.web_acl:
        fields = {"load_balancer": BALANCER, "web_acl": web_acl.name, "take_over": web_acl.take_over or None}
        places: dict[YamlPath, YamlPath] = {(field,): ("web_acl",) for field in fields}
        context.add(WEB_ACL, fields, ("web_acl",), places)
