"""Expands what stands before the load balancer: its web ACL."""

from __future__ import annotations

from ...core.address import Address
from .context import BALANCER, ExpandContext

WEB_ACL = Address("web_acl_association", "main")


def add_edge(context: ExpandContext) -> None:
    """Adds the association of the web ACL, if the spec names one."""
    if context.short.web_acl is not None:
        fields = {"load_balancer": BALANCER, "web_acl": context.short.web_acl}
        places = {("web_acl",): ("web_acl",), ("load_balancer",): ("web_acl",)}
        context.add(WEB_ACL, fields, ("web_acl",), places)
