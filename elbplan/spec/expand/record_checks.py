"""Expands `health_check:` of a domain to a health check of Route 53."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.address import Address, AwsId, Ref
from ..short.domains import Domain
from ..short.health_checks import Route53Check
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext


def add_health_check(
    context: ExpandContext, domain: Domain, label: str, path: YamlPath, endpoint: Mapping[str, Any] | None = None
) -> Ref | None:
    """The health check of a domain's records; adds it if elbplan makes it.

    `endpoint` is the address to ask, with the domain as the name; by default the load balancer.
    """
    check = domain.health_check
    if check is None:
        return None
    if check.id:
        return AwsId(check.id)
    address = Address("route53_health_check", label)
    listeners = (draft for draft in context.drafts.values() if draft.address.kind == "listener")
    secure = any(draft.fields.get("protocol") in ("HTTPS", "TLS") for draft in listeners)
    protocol = check.protocol or ("HTTPS" if secure else "HTTP")
    fields: Mapping[str, Any] = {
        **_asked(domain, check, endpoint),
        "type": f"{protocol}_STR_MATCH" if check.match else protocol,
        "port": check.port,
        "resource_path": check.path if protocol != "TCP" else None,
        "search_string": check.match,
        "request_interval": check.interval,
        "failure_threshold": check.failures,
        "measure_latency": check.latency or None,
        "inverted": check.inverted or None,
        "disabled": check.disabled or None,
        "enable_sni": check.sni,
        "regions": check.regions,
    }
    context.add(address, fields, (*path, "health_check"))
    return address


def _asked(domain: Domain, check: Route53Check, endpoint: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Whom the checkers ask, and by what name. A wildcard is no name."""
    if endpoint:
        name = None if domain.name.startswith("*.") or check.protocol == "TCP" else domain.name
        return {**endpoint, "fully_qualified_domain_name": check.host or name}
    if check.host or check.address:
        return {"fully_qualified_domain_name": check.host, "ip_address": check.address}
    return {"load_balancer": BALANCER}
