"""Expands domains: their records, and what the records need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...core.address import Address, AwsId, Ref
from ..short.domains import Domain
from ..short.routing import POLICIES
from ..yaml.tree import YamlPath
from .context import BALANCER, ExpandContext
from .routing import policy_fields
from .zones import add_zones, zone


def add_records(context: ExpandContext) -> None:
    """Adds a record for each domain and type, with the zones and health checks that they need."""
    short = context.short
    if short.domain and short.type == "gateway":
        context.report.at(("domain",), "a gateway load balancer cannot have a domain", "remove domain:", key=True)
    add_zones(context)
    if short.manage and not short.manage.dns:
        return
    seen: set[tuple[str, str]] = set()
    for index, domain in enumerate(short.domain or ()):
        path: YamlPath = ("domain", index)
        id = _identifier(domain, context) or ""
        first = not any(name == domain.name for name, _ in seen)
        if (domain.name, id) in seen or (not id and not first):
            context.report.at((*path, "name"), f"the domain {domain.name} is listed twice", "keep one of them")
            continue
        seen.add((domain.name, id))
        _add_records(context, domain, domain.name if first else f"{domain.name}-{id}", path)


def _add_records(context: ExpandContext, domain: Domain, label: str, path: YamlPath) -> None:
    take_over = domain.take_over if domain.take_over is not None else context.short.take_over
    fields = {
        "name": domain.name,
        "zone": zone(domain, context),
        "load_balancer": BALANCER,
        "take_over": take_over or None,
        "restore": domain.restore or None,
        "set_identifier": _identifier(domain, context),
        **policy_fields(domain, context, path),
        "health_check": _health_check(context, domain, label, path),
    }
    for type in _types(domain, context):
        suffix = "" if type in ("A", "CNAME") else f"-{type.lower()}"
        alias = {"evaluate_target_health": domain.evaluate_target_health}
        own = alias if type in ("A", "AAAA") else {"ttl": domain.ttl}
        context.add(Address("record", f"{label}{suffix}"), {**fields, **own, "type": type}, path)


def _identifier(domain: Domain, context: ExpandContext) -> str | None:
    """The identifier of a domain's records; None without a policy."""
    policy = domain.policy
    given = policy is not None and any(getattr(policy, name) is not None for name in POLICIES)
    return (domain.id or context.short.name) if given else None


def _types(domain: Domain, context: ExpandContext) -> Iterator[str]:
    """The types of a domain's records. HTTPS alone comes beside the addresses."""
    given = domain.type or []
    if not set(given) - {"HTTPS"}:
        yield "A"
        if context.short.ip.startswith("dualstack"):
            yield "AAAA"
    yield from dict.fromkeys(given)


def _health_check(context: ExpandContext, domain: Domain, label: str, path: YamlPath) -> Ref | None:
    """The health check of a domain's records; adds it if elbplan makes it."""
    check = domain.health_check
    if check is None:
        return None
    if check.id:
        return AwsId(check.id)
    address = Address("route53_health_check", label)
    listeners = (draft for draft in context.drafts.values() if draft.address.kind == "listener")
    secure = any(draft.fields.get("protocol") in ("HTTPS", "TLS") for draft in listeners)
    protocol = check.protocol or ("HTTPS" if secure else "HTTP")
    host = {"fully_qualified_domain_name": check.host, "ip_address": check.address}
    fields: Mapping[str, Any] = {
        **(host if check.host or check.address else {"load_balancer": BALANCER}),
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
