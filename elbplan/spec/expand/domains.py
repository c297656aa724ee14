"""Expands domains: their alias records."""

from __future__ import annotations

from ...core.address import Address
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext
from .zones import zone


def add_records(context: ExpandContext) -> None:
    """Adds a record for each domain and address family."""
    short = context.short
    if short.domain and short.type == "gateway":
        context.report.at(("domain",), "a gateway load balancer cannot have a domain", "remove domain:", key=True)
    if short.manage and not short.manage.dns:
        return
    seen: set[str] = set()
    for index, domain in enumerate(short.domain or ()):
        path: YamlPath = ("domain", index)
        if domain.name in seen:
            context.report.at((*path, "name"), f"the domain {domain.name} is listed twice", "keep one of them")
        seen.add(domain.name)
        take_over = domain.take_over if domain.take_over is not None else short.take_over
        words = {"take_over": take_over or None, "restore": domain.restore or None}
        fields = {"name": domain.name, "zone": zone(domain), "load_balancer": BALANCER, **words}
        context.add(Address("record", domain.name), {**fields, "type": "A"}, path)
        if short.ip.startswith("dualstack"):
            context.add(Address("record", f"{domain.name}-aaaa"), {**fields, "type": "AAAA"}, path)
